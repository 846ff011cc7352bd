"""Every handler that the websocket can reach has said who may call it."""

import pytest
from reflex_base.registry import RegistrationContext

import app.app  # noqa: F401  (registers every state of the product)
from app.state import reflex_names
from app.state.policy import policy, policy_of

OURS = "app."


def _handlers() -> dict[str, object]:
    return {name: found.handler.fn for name, found in RegistrationContext.get().event_handlers.items()}


def test_every_handler_of_ours_declares_a_policy() -> None:
    undeclared = [
        name
        for name, handler in _handlers().items()
        if getattr(handler, "__module__", "").startswith(OURS) and policy_of(handler) is None
    ]
    assert undeclared == []


def test_framework_handlers_pass_only_when_named_and_all_named_exist() -> None:
    passing = {name for name, handler in _handlers().items() if policy_of(handler) or name in reflex_names.FRAMEWORK}
    framework = {name for name in passing if policy_of(_handlers()[name]) is None}
    assert framework == set(reflex_names.FRAMEWORK)


def test_setters_of_any_var_are_reachable_but_never_allowed() -> None:
    setters = [name for name in _handlers() if name.endswith((".setvar", ".update_vars_internal"))]
    assert setters, "the framework registers them on every state"
    assert not reflex_names.FRAMEWORK.intersection(setters)


@pytest.mark.parametrize("given", [{}, {"public": True, "signed_in": True}, {"permission": "a:b", "public": True}])
def test_a_policy_is_exactly_one_demand(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        policy(**given)  # type: ignore[arg-type]

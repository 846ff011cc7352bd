"""What we take from inside Reflex 0.10.1 by name, in one place; tests/state/test_reflex_contract.py pins it."""

from collections.abc import Mapping

from reflex.state import BaseState, State

_ROOT = State.get_full_name()
_ON_LOAD = f"{_ROOT}.reflex___state____on_load_internal_state"

# Sent with the connection: the whole state goes to the browser after it.
BOOT = frozenset({f"{_ROOT}.hydrate", f"{_ROOT}.hydrate_and_load"})
# Sent at each navigation inside the page.
NAVIGATION = frozenset({f"{_ON_LOAD}.on_load_internal"})
# Framework handlers that may be called without a policy. Not among them: setvar, which every state has and
# which calls any `set_...` handler past that handler's own policy; update_vars_internal, which takes what another
# tab has put into the browser's storage (ours comes with BOOT); set_is_hydrated of the root;
# handle_frontend_exception, which logs any text.
FRAMEWORK = BOOT | NAVIGATION | {f"{_ON_LOAD}.set_is_hydrated"}


def headers_of(state: BaseState) -> Mapping[str, str]:
    """Return the websocket handshake's headers by lower-case name; they never go to the browser."""
    return state._get_root_state().router_data.get("headers", {})


def address_of(state: BaseState) -> str:
    """Return the address that the websocket came from."""
    return str(state._get_root_state().router_data.get("ip", ""))


def path_of(state: BaseState) -> str:
    """Return the path of the page, as the route that Reflex matched."""
    return str(state._get_root_state().router_data.get("pathname", "/"))

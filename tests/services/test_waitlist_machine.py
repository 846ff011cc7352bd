"""Whatever order waiting, freeing and answering come in, nobody is asked twice, nothing is lost and all is fair.

The controls take one guard away each and expect the machine to notice.
"""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis.stateful import run_state_machine_as_test

from app.services.waitlist import matching, offer, places, queue, rounds, settle
from app.services.waitlist.places import PassedOver
from app.settings import settings
from tests.services.orders import run_until_seen
from tests.services.waitlist_machine import OFFERS_A_DAY, WaitlistMachine

pytestmark = pytest.mark.usefixtures("database")
Patch = pytest.MonkeyPatch

STEPS = examples(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# A control only has to fail: the smallest example is of no use to anybody.
CONTROL = examples(STEPS, max_examples=250, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(autouse=True)
def two_offers_a_day(monkeypatch: Patch) -> None:
    """One refusal must not end everything; and nobody watches a board here."""
    monkeypatch.setattr(settings(), "waitlist_offers_a_day", OFFERS_A_DAY)
    monkeypatch.setattr(settings(), "redis_url", "")


def test_the_waitlist_keeps_every_promise_in_any_order() -> None:
    run_until_seen(WaitlistMachine, STEPS, seen=WaitlistMachine.seen, wanted={"accepted", "declined", "expired"})


@pytest.mark.long
def test_the_waitlist_keeps_every_promise_in_many_more_orders() -> None:
    run_state_machine_as_test(WaitlistMachine, settings=examples(STEPS, max_examples=40, stateful_step_count=40))


def _blind_to(reason: PassedOver) -> Callable[[Patch], None]:
    """Have the matching overlook one reason to pass somebody over."""

    def take(patch: Patch) -> None:
        real = places.passed_over

        def blind(waiting: Any, place: Any, *, now: Any) -> PassedOver | None:
            found = real(waiting, place, now=now)
            return None if found is reason else found

        patch.setattr(matching, "passed_over", blind)
        patch.setattr(offer, "_require_within_limit", lambda *_, **__: None)

    return take


def _sql(module: Any, name: str, old: str, new: str) -> Callable[[Patch], None]:
    def take(patch: Patch) -> None:
        statement = getattr(module, name)
        assert old in statement
        patch.setattr(module, name, statement.replace(old, new))

    return take


def _off(module: Any, name: str, answer: Any = None) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(module, name, lambda *_, **__: answer)


WITHOUT: dict[str, Callable[[Patch], None]] = {
    "the day's limit": _blind_to(PassedOver.DAILY_LIMIT),
    "quiet hours": _off(matching, "is_quiet", False),
    "the fair order": _sql(queue, "WAITING", "ORDER BY NOT e.is_urgent, e.created_at", "ORDER BY e.created_at DESC"),
    "that offers run out": _off(rounds, "end_run_out_offers", []),
    "that other hands settle offers": _sql(settle, "SETTLE", "a.status <> 'pending'", "false"),
    "that wishes lapse": _sql(settle, "LAPSE", "e.status = 'waiting'", "false"),
    "that what the desk books ends a wish": _sql(settle, "FULFIL", "e.status = 'waiting'", "false"),
    "every free place": lambda patch: patch.setattr(matching, "free_places", lambda *_, **__: iter(())),
    "the audit row of an end": _sql(settle, "SETTLE", "FROM stands s\n", "FROM stands s LIMIT 0\n"),
}


@pytest.mark.long
@pytest.mark.parametrize("guard", WITHOUT)
def test_without_any_one_guard_the_machine_fails(guard: str, monkeypatch: Patch) -> None:
    WITHOUT[guard](monkeypatch)
    with pytest.raises((AssertionError, psycopg.Error)):
        run_state_machine_as_test(WaitlistMachine, settings=CONTROL)

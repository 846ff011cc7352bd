"""In whatever order schedules change and people book: slots equal the plan, previews tell the truth, nobody is lost.

Each control takes one thing away and expects the steps to notice.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app.infra.embedded.roles import DatabaseUrls
from app.services.schedules import arrange, displacing, edit, reconcile, slot_changes, span
from app.settings import settings as app_settings
from tests.services.schedule_steps import STEPS, Steps

pytestmark = pytest.mark.database
# That somebody fits again is rare here; tests/services/test_reconcile.py shows it by itself.
MUST_BE_SEEN = {*STEPS, "booked", "displaced", "added", "removed", "a new slot across an old one"}
SOME = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A control only has to fail: the smallest example is of no use to anybody.
CONTROL = settings(SOME, max_examples=100, report_multiple_bugs=False)
MANY = settings(SOME, max_examples=35, phases=[Phase.generate, Phase.shrink])
ORDERS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 10_000)), min_size=24, max_size=32)


@pytest.fixture(autouse=True)
def _quiet(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watches a board here."""
    monkeypatch.setattr(app_settings(), "redis_url", "")


def run(plan: settings) -> Counter[str]:
    """Take many orders of steps and return what was met on the way."""
    seen: Counter[str] = Counter()

    @plan
    @given(seed=st.integers(0, 1_000), order=ORDERS)
    def in_any_order(seed: int, order: list[tuple[str, int]]) -> None:
        steps = Steps(seed)
        for kind, number in order:
            steps.take(kind, number)
        seen.update(steps.seen)

    in_any_order()
    return seen


def test_slots_previews_and_appointments_are_right_after_every_change() -> None:
    seen = run(SOME)
    assert {name for name in MUST_BE_SEEN if not seen[name]} == set(), seen


@pytest.mark.long
def test_slots_previews_and_appointments_are_right_in_many_more_orders() -> None:
    run(MANY)


Patch = pytest.MonkeyPatch
Taken = Callable[[Patch], None]


def _sql(module: Any, name: str, old: str, new: str) -> Taken:
    def take(patch: Patch) -> None:
        statement = getattr(module, name)
        assert old in statement
        patch.setattr(module, name, statement.replace(old, new))

    return take


def _narrow(patch: Patch) -> None:
    patch.setattr(span, "DAY", span.DAY * 0)


def _make_previews_real(patch: Patch) -> None:
    patch.setattr(edit.Session, "begin_nested", lambda self: _NoSavepoint())


class _NoSavepoint(nullcontext[None]):
    def rollback(self) -> None:
        """Undo nothing."""


TAKEN_OUT: dict[str, Taken] = {
    "that what has a history is not deleted": _sql(
        slot_changes, "DELETE_WITHOUT_HISTORY", "AND NOT EXISTS", "OR EXISTS"
    ),
    "blocking": _sql(slot_changes, "BLOCK", "status = 'blocked', ", ""),
    "opening again": _sql(slot_changes, "FIT", "status = 'open', ", ""),
    "the worklist's rows": _sql(displacing, "INSERT", "ON CONFLICT", "WHERE false ON CONFLICT"),
    "settling what fits again": _sql(displacing, "SETTLE_FITTING", "d.settled_at IS NULL", "false"),
    "one practitioner in one place": lambda patch: patch.setattr(arrange, "_meets", lambda *_: False),
    "the days around a change": _narrow,
    "undoing a preview": _make_previews_real,
    "slots that are missing": lambda patch: patch.setattr(reconcile, "add", lambda *_: None),
}


# Found at once; the others take some steps.
AT_ONCE = ("undoing a preview", "slots that are missing")


@pytest.mark.parametrize(
    "guard", [g if g in AT_ONCE else pytest.param(g, marks=pytest.mark.long) for g in TAKEN_OUT], ids=list(TAKEN_OUT)
)
def test_without_any_one_guard_the_steps_notice(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    TAKEN_OUT[guard](monkeypatch)
    with pytest.raises((AssertionError, psycopg.Error, DBAPIError)):
        run(CONTROL)

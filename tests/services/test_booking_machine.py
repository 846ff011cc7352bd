"""Whatever order the booking verbs come in, counters, overlaps, history, audit and outbox are right after each step.

The controls take one guard away each and expect the machine to notice.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import claim, confirm, hold, locks, place, plan, release, status, step, undo
from models.appointments import AppointmentStatus as S
from models.db import driver
from tests.builders import building
from tests.services.booking_machine import BookingMachine
from tests.services.orders import run_until_seen
from tests.services.visit_machine import MUST_BE_SEEN, VisitMachine

pytestmark = pytest.mark.database

STEPS = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# Each begins with some visits that have had their story.
VISITS = settings(STEPS, max_examples=20, stateful_step_count=12)
# A control only has to fail: the smallest example is of no use to anybody.
CONTROL = settings(STEPS, max_examples=250, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def test_the_verbs_keep_every_promise_in_any_order() -> None:
    run_state_machine_as_test(BookingMachine, settings=STEPS)


def test_the_verbs_of_a_visit_keep_every_promise_in_any_order() -> None:
    run_until_seen(VisitMachine, VISITS, seen=VisitMachine.seen, wanted=MUST_BE_SEEN)


@pytest.mark.long
def test_the_verbs_keep_every_promise_in_many_more_orders() -> None:
    run_state_machine_as_test(VisitMachine, settings=settings(STEPS, max_examples=50, stateful_step_count=50))


Patch = pytest.MonkeyPatch


def _sql(module: Any, name: str, old: str, new: str) -> Callable[[Patch], None]:
    def take(patch: Patch) -> None:
        statement = getattr(module, name)
        assert old in statement
        patch.setattr(module, name, statement.replace(old, new))

    return take


def _confirm_too_late(patch: Patch) -> None:
    _sql(confirm, "CONFIRM", "hold_expires_at > %(now)s::timestamptz", "true")(patch)
    patch.setattr(confirm, "_require_live_hold", lambda row, *, now: None)


def _cancel_anything(patch: Patch) -> None:
    patch.setitem(status.ALLOWED, S.CANCELLED, frozenset({S.CANCELLED}))


def _take_only_the_first_slot(patch: Patch) -> None:
    real = hold._claim_parameters
    patch.setattr(
        hold,
        "_claim_parameters",
        lambda *a, **k: {**(made := real(*a, **k)), "slot_ids": made["slot_ids"][:1]},
    )


def _sweep_paying_holds(patch: Patch) -> None:
    for module, name in ((locks, "LOCK_DUE_HOLDS"), (release, "RELEASE")):
        _sql(module, name, "AND pay_deadline_at IS NULL", "")(patch)


WITHOUT: dict[str, Callable[[Patch], None]] = {
    "places given back": _sql(release, "RELEASE", "s.current_bookings - f.places", "s.current_bookings"),
    "one place for each hold of a slot": _sql(
        release, "RELEASE", "s.current_bookings - f.places", "s.current_bookings - 1"
    ),
    "the count taken": _sql(claim, "CLAIM", "SET current_bookings = current_bookings + 1,", "SET"),
    "all slots of a visit": _take_only_the_first_slot,
    "the audit row of a hold": _sql(
        claim, "CLAIM", "%(request_id)s::text FROM made", "%(request_id)s::text FROM made LIMIT 0"
    ),
    "the outbox row of a confirmation": _sql(
        confirm, "CONFIRM", "%(now)s::timestamptz FROM booked", "%(now)s::timestamptz FROM booked LIMIT 0"
    ),
    "the outbox row of an end": _sql(
        release, "RELEASE", "    FROM ended e\n)\nSELECT", "    FROM ended e LIMIT 0\n)\nSELECT"
    ),
    "the end of a hold at its confirmation": _confirm_too_late,
    "the status table": _cancel_anything,
    "that a paying hold is not swept": _sweep_paying_holds,
}


WITHOUT_ON_A_VISIT: dict[str, Callable[[Patch], None]] = {
    "the place given back by a move": _sql(place, "LIFT", "s.current_bookings - f.places", "s.current_bookings"),
    "the slots that a move leaves": _sql(place, "PUT", "t.slot_id <> ALL(%(slot_ids)s::uuid[])", "false"),
    "the count of a place taken again": _sql(place, "PUT", "SET current_bookings = current_bookings + 1,", "SET"),
    "the count of an overbooked place": _sql(claim, "OVERBOOK", "SET overbooked = overbooked + 1,", "SET"),
    "the audit row of a step": _sql(
        step, "STEP", "%(request_id)s::text FROM stepped", "%(request_id)s::text FROM stepped LIMIT 0"
    ),
    "the event of a step": _sql(step, "STEP", "WHERE %(event)s::text IS NOT NULL", "WHERE false"),
    "that steps back are undo's": lambda patch: patch.setattr(status, "BACK", {}),
    "the day of an end": lambda patch: patch.setattr(undo, "require_same_day", lambda *a, **k: None),
    "the place given back by a no-show": _sql(
        release, "RELEASE", "s.current_bookings - f.places", "s.current_bookings"
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("guard", WITHOUT_ON_A_VISIT)
def test_without_any_one_guard_of_a_visit_the_machine_fails(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    WITHOUT_ON_A_VISIT[guard](monkeypatch)
    with pytest.raises((AssertionError, psycopg.Error)):
        run_state_machine_as_test(VisitMachine, settings=CONTROL)


@pytest.mark.long
@pytest.mark.parametrize("guard", WITHOUT)
def test_without_any_one_guard_the_machine_fails(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    WITHOUT[guard](monkeypatch)
    with pytest.raises((AssertionError, psycopg.Error)):
        run_state_machine_as_test(BookingMachine, settings=CONTROL)


BLIND = "%(clinic_id)s::uuid IS NULL AND a.live"
CONSTRAINTS: dict[str, tuple[list[str], Callable[[Patch], None]]] = {
    "patient": (["ex_appointments_patient", "uq_appointments_patient_start"], lambda patch: None),
    "practitioner": (["ex_appointments_practitioner"], lambda patch: None),
    # The plan looks for a free one itself; the constraint is for those who look at the same time.
    "room": (
        ["ex_appointments_room"],
        _sql(plan, "PLAN", "a.room_id = r.id AND a.live", f"a.room_id = r.id AND {BLIND}"),
    ),
    "device": (
        ["ex_appointments_device"],
        _sql(plan, "PLAN", "a.device_id = d.id AND a.live", f"a.device_id = d.id AND {BLIND}"),
    ),
}


@pytest.mark.parametrize("overlap", CONSTRAINTS)
def test_without_its_constraint_the_machine_sees_the_overlap(overlap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names, blind = CONSTRAINTS[overlap]
    blind(monkeypatch)
    with without(names), pytest.raises(AssertionError, match="overlap"):
        run_state_machine_as_test(BookingMachine, settings=CONTROL)


@contextmanager
def without(names: list[str]) -> Iterator[None]:
    """Take constraints or indexes of appointments away, then delete the machine's rows and put them back."""
    with building() as session:
        run = driver(session).execute
        found = run("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ANY(%s)", [names])
        back = [f"ALTER TABLE appointments ADD CONSTRAINT {name} {definition}" for name, definition in found]
        found = run(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid::regclass::text = ANY(%s)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
            [names],
        )
        back += [definition for (definition,) in found]
        assert len(back) == len(names)
        for name in names:
            run(f"ALTER TABLE appointments DROP CONSTRAINT IF EXISTS {name}")
            run(f"DROP INDEX IF EXISTS {name}")
    try:
        yield
    finally:
        with building() as session:
            clinics = list(BookingMachine.clinics)
            for table in ("queue_tickets", "appointments"):
                driver(session).execute(f"DELETE FROM {table} WHERE clinic_id = ANY(%s)", [clinics])
            for statement in back:
                driver(session).execute(statement)

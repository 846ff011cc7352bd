"""One patient, one room: what overlaps is refused whoever comes first, and nobody deadlocks."""

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest
from sqlmodel import Session

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import hold as holding
from app.services.booking.locks import LOCK_NAMES
from models.clinics import Clinic
from models.db import rows
from tests.builders import (
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slot,
)
from tests.calls import hold
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import Meeting, crowd, tally
from tests.invariants import assert_sound, overlaps

PRACTITIONERS = 8


def run_at_once(
    *, one_patient: bool = False, rooms: int = 0, practitioners: int = PRACTITIONERS
) -> tuple[Clinic, dict[object, int]]:
    """Hold the same time with several practitioners of one site at once."""
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic)
        schedules = [make_schedule(session, clinic=clinic, location=location) for _ in range(practitioners)]
        for _ in range(rooms):
            make_room(session, location=location)
        offered_by = [schedule.practitioner_id for schedule in schedules]
        kind = {"room_kind": "exam"} if rooms else {}
        service = make_service(session, clinic=clinic, practitioners=offered_by, **kind)
        slots = [make_slot(session, schedule=schedule) for schedule in schedules]
        people = 1 if one_patient else practitioners
        patients = [make_patient(session, clinic=clinic) for _ in range(people)] * (practitioners // people)
    clerk = clerk_of(clinic)
    calls = [partial(hold, clerk, slot, service, patient) for slot, patient in zip(slots, patients, strict=True)]
    return clinic, tally(crowd(calls))


def test_one_patient_at_eight_practitioners_at_once_gets_one(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        clinic, heard = run_at_once(one_patient=True)
    assert heard == {201: 1, "patient-overlap": 7}
    assert deadlocks() == 0
    assert_sound(clinic.id)


def test_eight_visits_to_one_room_at_once_give_one(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        clinic, heard = run_at_once(rooms=1)
    assert heard == {201: 1, "room-unavailable": 7}
    assert deadlocks() == 0
    assert_sound(clinic.id)


def test_nobody_is_refused_while_a_room_is_free() -> None:
    clinic, heard = run_at_once(rooms=PRACTITIONERS)
    assert heard == {201: PRACTITIONERS}
    assert_sound(clinic.id)


def test_five_rooms_serve_exactly_five_of_eight() -> None:
    clinic, heard = run_at_once(rooms=5)
    assert heard == {201: 5, "room-unavailable": 3}
    assert_sound(clinic.id)


def test_control_without_the_patients_constraints_the_patient_is_in_many_places(without: Callable[..., None]) -> None:
    without("ex_appointments_patient", "uq_appointments_patient_start")
    clinic, heard = run_at_once(one_patient=True)
    assert heard == {201: PRACTITIONERS}
    assert overlaps(clinic.id)


def test_control_without_the_rooms_constraint_a_room_is_given_twice(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without("ex_appointments_room")
    monkeypatch.setattr(holding, "lock_names", lambda *_: None)
    for _ in range(10):
        clinic, heard = run_at_once(rooms=1)
        if heard[201] > 1:
            break
    assert heard[201] > 1
    assert overlaps(clinic.id)


def test_control_with_locks_in_the_order_in_which_they_come_callers_deadlock(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    met, turn = Meeting(), count()

    def unsorted(session: Session, names: list[str]) -> None:
        names = [name for name in names if name.startswith(("patient", "room"))]
        first, second = names if next(turn) % 2 else reversed(names)
        rows(session, LOCK_NAMES, {"names": [first]})
        met.wait()
        rows(session, LOCK_NAMES, {"names": [second]})

    monkeypatch.setattr(holding, "lock_names", unsorted)
    with counted_deadlocks(database) as deadlocks:
        run_at_once(one_patient=True, rooms=1, practitioners=2)
    assert deadlocks() > 0

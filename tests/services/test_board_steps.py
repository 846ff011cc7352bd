"""The board offers the steps of a visit that make sense now, takes one, and knows the rooms to go to."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.errors import ClinicError, InvalidTransition, NotPermitted, StaleVersion
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.desk import book, cancel_at_desk
from app.services.board.details import AppointmentDetails, appointment_details
from app.services.board.steps import Step, steps_of, take
from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus
from models.db import transaction
from models.principal import ActorKind, Principal
from tests.builders import NOW, TOMORROW, building, make_appointment, make_patient, make_room, staff_of
from tests.services.board_day import BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database
START = TOMORROW
LATE = START + timedelta(minutes=20)


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def booked(day: BoardDay, *, name: str = "Ana Silva", at: int = 0) -> UUID:
    patient = make_named_patient(day.clinic, name)
    place = {"slot_id": day.anna_slots[at].id, "service_id": day.service.id, "patient_id": patient.id}
    return UUID(book(day.clerk, **place, now=NOW).body["id"])


def seen(
    day: BoardDay, appointment_id: UUID, *, now: datetime = START, by: Principal | None = None
) -> AppointmentDetails:
    principal = by or day.clerk
    with transaction(principal) as session:
        return appointment_details(session, principal, appointment_id=appointment_id, now=now)


def step(day: BoardDay, appointment_id: UUID, name: Step, *, by: Principal | None = None, **more: object) -> None:
    version = seen(day, appointment_id).version
    take(by or day.clerk, step=name, appointment_id=appointment_id, version=version, now=START, **more)  # type: ignore[arg-type]


def test_a_visit_goes_through_the_clinic_by_the_first_step_each_time(day: BoardDay) -> None:
    visit = booked(day)
    shown = []
    for _ in range(4):
        offered = seen(day, visit).steps
        shown.append(offered[0])
        step(day, visit, offered[0])
    assert shown == [Step.ARRIVE, Step.CHECK_IN, Step.ENTER_ROOM, Step.COMPLETE]
    assert seen(day, visit).status == "fulfilled"


def test_each_step_is_taken_back_one_by_one(day: BoardDay) -> None:
    lead = staff_of(day.clinic, role=Role.MANAGER)
    visit = booked(day)
    for name in (Step.ARRIVE, Step.CHECK_IN, Step.ENTER_ROOM, Step.COMPLETE):
        step(day, visit, name)
    passed = []
    while Step.UNDO in seen(day, visit, by=lead).steps:
        step(day, visit, Step.UNDO, by=lead)
        passed.append(seen(day, visit).status)
    assert passed == ["in-room", "checked-in", "arrived", "booked"]


def test_only_who_may_reopen_is_offered_to_undo_what_is_done(day: BoardDay) -> None:
    visit = booked(day)
    for name in (Step.ARRIVE, Step.CHECK_IN, Step.COMPLETE):
        step(day, visit, name)
    assert seen(day, visit).steps == []
    with pytest.raises(NotPermitted):
        step(day, visit, Step.UNDO, by=staff_of(day.clinic))
    assert seen(day, visit, by=staff_of(day.clinic, role=Role.MANAGER)).steps == [Step.UNDO]


def test_who_did_not_come_may_still_come_late_or_be_put_back(day: BoardDay) -> None:
    visit = booked(day)
    take(day.clerk, step=Step.NO_SHOW, appointment_id=visit, version=seen(day, visit).version, now=LATE)
    assert seen(day, visit, now=LATE).steps == [Step.ARRIVE, Step.UNDO]
    # On the next day neither makes sense any more.
    assert seen(day, visit, now=LATE + timedelta(days=1)).steps == []


def test_an_undo_is_refused_when_the_place_is_taken_again(day: BoardDay) -> None:
    visit = booked(day)
    cancel_at_desk(day.clerk, appointment_id=visit, version=seen(day, visit).version, now=START - timedelta(hours=2))
    booked(day, name="Bo Lima")
    assert seen(day, visit).steps == [Step.UNDO]
    with pytest.raises(ClinicError, match=r"no longer free|already has"):
        step(day, visit, Step.UNDO)
    assert seen(day, visit).status == "cancelled"


def test_arriving_is_offered_on_the_day_only(day: BoardDay) -> None:
    visit = booked(day)
    assert Step.ARRIVE not in seen(day, visit, now=NOW).steps
    assert Step.ARRIVE in seen(day, visit, now=START).steps
    # What was forgotten yesterday can still be said: nobody came.
    assert seen(day, visit, now=START + timedelta(days=1)).steps == [Step.NO_SHOW]


def test_nobody_is_marked_as_missing_before_the_start(day: BoardDay) -> None:
    visit = booked(day)
    with pytest.raises(InvalidTransition):
        take(day.clerk, step=Step.NO_SHOW, appointment_id=visit, version=seen(day, visit).version, now=NOW)


def test_readers_are_offered_no_step() -> None:
    reader = Principal(UUID(int=1), ActorKind.USER, "x", frozenset({"appointments:read"}))
    place = {"starts_at": START, "ended_at": None, "cancel_reason": None, "timezone": "Europe/Berlin"}
    assert steps_of(reader, status="booked", **place, now=START) == []  # type: ignore[arg-type]


def test_a_step_on_what_somebody_else_has_changed_is_refused(day: BoardDay) -> None:
    visit = booked(day)
    stale = seen(day, visit).version
    step(day, visit, Step.ARRIVE)
    with pytest.raises(StaleVersion):
        take(day.clerk, step=Step.CHECK_IN, appointment_id=visit, version=stale, now=START)


def in_room(day: BoardDay, *, roomed: bool, late: bool) -> tuple[UUID, UUID]:
    """Somebody else in or planned for a room, now or an hour earlier; return a checked-in visit and the room."""
    visit = booked(day)
    for name in (Step.ARRIVE, Step.CHECK_IN):
        step(day, visit, name)
    with building() as session:
        room = make_room(session, location=day.location, name="Room 1")
        slots = [session.merge(slot) for slot in day.boris_slots[2 if late else 0 : 4 if late else 2]]
        status = AppointmentStatus.CHECKED_IN
        other = make_appointment(
            session, slots=slots, service=day.service, patient=make_patient(session, clinic=day.clinic), status=status
        )
        other.room_id, other.roomed_at = room.id, START if roomed else None
    return visit, room.id


@pytest.mark.parametrize(
    ("roomed", "late", "is_free"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_rooms_are_offered_where_nobody_is_or_is_expected(
    day: BoardDay, roomed: bool, late: bool, is_free: bool
) -> None:
    visit, room_id = in_room(day, roomed=roomed, late=late)
    assert [room.id for room in seen(day, visit).rooms] == ([room_id] if is_free else [])


def test_every_offered_room_is_accepted(day: BoardDay) -> None:
    visit, _ = in_room(day, roomed=False, late=True)
    step(day, visit, Step.ENTER_ROOM, room_id=seen(day, visit).rooms[0].id)
    assert (seen(day, visit).status, seen(day, visit).room) == ("in-room", "Room 1")
    with building() as session:
        assert session.get_one(Appointment, (day.clinic.id, visit)).roomed_at == START

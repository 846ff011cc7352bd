"""A hold whose time has run out is over, also before the sweeper has come: nothing makes it live again."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import HoldExpired, Overloaded
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.moves import change_room
from app.services.booking import assign_room, enter_room
from app.services.booking.answer import Answer
from app.services.booking.expire import sweep
from app.services.booking.locks import Overtaken
from app.services.booking.read import read_row
from app.services.booking.step import Step, take_step
from models.appointments import Appointment, AppointmentStatus, CancelReason
from models.db import DatabaseRole, transaction
from tests import calls
from tests.builders import NOW, building, job_of, make_room
from tests.invariants import assert_sound
from tests.services.house import House

pytestmark = pytest.mark.database
LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def house(database: DatabaseUrls) -> House:
    return House()


def held(house: House) -> Answer:
    return calls.hold(house.clerk, house.slots[0], house.service, house.patients[0])


def plan_room(house: House, answer: Answer, room_id: UUID | None) -> Answer:
    version = house.row(answer).version
    return change_room(house.clerk, appointment_id=UUID(answer.body["id"]), version=version, room_id=room_id, now=LATER)


def swept(house: House) -> int:
    job = job_of(house.clinic)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        return len(sweep(session, job, batch=100, now=LATER))


def test_a_run_out_hold_cannot_be_planned_into_the_room_that_it_has(house: House) -> None:
    hold = held(house)
    room_id = house.row(hold).room_id
    assert room_id is not None
    with pytest.raises(HoldExpired):
        plan_room(house, hold, room_id)
    row = house.row(hold)
    assert (row.status, row.version, house.counted(house.slots[0])) == (AppointmentStatus.PENDING, 1, 1)
    # Somebody else has the time now, and the sweeper finds everything in order.
    other = calls.hold(house.clerk, house.slots[0], house.service, house.patients[1], now=LATER)
    assert house.row(hold).cancel_reason == CancelReason.HOLD_EXPIRED
    assert swept(house) == 0
    assert house.counted(house.slots[0]) == 1
    assert_sound(house.clinic.id)
    calls.confirm(house.clerk, other, now=LATER)


def test_nor_into_another_room_or_none_and_neither_once_the_sweeper_has_come(house: House) -> None:
    with building() as session:
        ward = make_room(session, location=house.location, kind="ward")
    hold = held(house)
    for room_id in (ward.id, None):
        with pytest.raises(HoldExpired):
            plan_room(house, hold, room_id)
    assert swept(house) == 1
    for room_id in (ward.id, house.row(hold).room_id, None):
        with pytest.raises(HoldExpired):
            plan_room(house, hold, room_id)
    assert house.counted(house.slots[0]) == 0
    assert_sound(house.clinic.id)


@pytest.mark.parametrize("minutes", [10, 30])
def test_a_run_out_hold_gets_no_other_length(house: House, minutes: int) -> None:
    hold = held(house)
    with pytest.raises(HoldExpired):
        calls.resize(house.clerk, hold, minutes, now=LATER)
    row = house.row(hold)
    assert (row.status, row.version) == (AppointmentStatus.PENDING, 1)
    assert swept(house) == 1
    with pytest.raises(HoldExpired):
        calls.resize(house.clerk, hold, minutes, now=LATER)
    assert house.counted(house.slots[0]) == 0
    assert_sound(house.clinic.id)


def test_a_hold_that_is_being_paid_is_not_over(house: House) -> None:
    hold = held(house)
    with building() as session:
        row = session.get_one(Appointment, (house.clinic.id, UUID(hold.body["id"])))
        row.pay_deadline_at = LATER + timedelta(minutes=9)
    plan_room(house, hold, None)
    calls.resize(house.clerk, hold, 10, now=LATER)
    row = house.row(hold)
    assert (row.status, row.ends_at - row.starts_at) == (AppointmentStatus.PENDING, timedelta(minutes=10))
    assert_sound(house.clinic.id)


def test_the_other_run_out_holds_of_a_room_still_give_way(house: House) -> None:
    hold = held(house)
    room_id = house.row(hold).room_id
    booked = house.book(house.others[0], patient=1)
    plan_room(house, booked, room_id)
    assert house.row(hold).cancel_reason == CancelReason.HOLD_EXPIRED
    assert house.row(booked).room_id == room_id
    assert_sound(house.clinic.id)


def test_control_without_these_refusals_the_step_itself_finds_that_the_hold_was_ended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assign_room, "require_time_left", lambda row, *, now: None)
    assert "AND a.id <> m.id\n" in enter_room.RUN_OUT
    monkeypatch.setattr(enter_room, "RUN_OUT", enter_room.RUN_OUT.replace("AND a.id <> m.id\n", "\n"))
    hold = held(house)
    with pytest.raises(Overloaded):
        plan_room(house, hold, house.row(hold).room_id)
    assert (house.row(hold).version, house.counted(house.slots[0])) == (1, 1)
    assert_sound(house.clinic.id)


def test_a_step_is_taken_only_of_the_version_that_was_decided_on(house: House) -> None:
    booked = house.book()
    with transaction(house.clerk) as session:
        seen = read_row(session, house.clerk, appointment_id=UUID(booked.body["id"]))
    assert seen is not None
    calls.cancel(house.clerk, booked)
    events = house.events(booked)
    step = Step(action="arrive", to_status=AppointmentStatus.ARRIVED, stamp="arrived_at", event="appointment.arrived")
    with pytest.raises(Overtaken), transaction(house.clerk) as session:
        take_step(session, house.clerk, seen, step, now=NOW)
    assert (house.row(booked).status, house.events(booked)) == (AppointmentStatus.CANCELLED, events)
    assert_sound(house.clinic.id)

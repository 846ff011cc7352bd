"""From the board: another length, another room, another place for a hold, and an entry taken out as a mistake."""

from uuid import UUID

import pytest

from app.errors import InvalidField, InvalidTransition, NotPermitted, RoomUnavailable, SlotUnavailable, StaleVersion
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.desk import book, confirm_held, hold_start
from app.services.board.moves import change_length, change_room, correct, hold_again, move_held
from models.accounts import Role
from models.appointments import AppointmentStatus, CancelReason
from models.practitioners import HealthcareService
from tests.builders import NOW, building, make_room, staff_of
from tests.invariants import assert_sound
from tests.services.board_day import BoardDay, make_board_day, make_named_patient
from tests.services.test_board_desk import appointments, taken

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def booked(day: BoardDay, slot: int = 0, *, name: str = "Ana Silva", boris: bool = False) -> tuple[UUID, int]:
    patient = make_named_patient(day.clinic, name)
    slots = day.boris_slots if boris else day.anna_slots
    answer = book(day.clerk, slot_id=slots[slot].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    return UUID(answer.body["id"]), answer.body["version"]


def held(day: BoardDay, slot: int = 0) -> tuple[UUID, int]:
    patient = make_named_patient(day.clinic, "Bo Lima")
    answer = hold_start(
        day.clerk, slot_id=day.anna_slots[slot].id, service_id=day.service.id, patient_id=patient.id, now=NOW
    )
    return UUID(answer.body["id"]), answer.body["version"]


def test_the_desk_changes_a_length_if_it_is_still_what_it_saw(day: BoardDay) -> None:
    appointment_id, version = booked(day)
    with pytest.raises(StaleVersion):
        change_length(day.clerk, appointment_id=appointment_id, version=version - 1, minutes=45, now=NOW)
    change_length(day.clerk, appointment_id=appointment_id, version=version, minutes=45, now=NOW)
    assert taken(day) == ["A0", "A1", "A2"]


def test_a_room_that_is_free_is_planned_and_a_taken_one_refused(day: BoardDay) -> None:
    with building() as session:
        room = make_room(session, location=day.location)
    one, version = booked(day)
    other, other_version = booked(day, name="Bo Lima", boris=True)
    change_room(day.clerk, appointment_id=one, version=version, room_id=room.id, now=NOW)
    assert appointments(day)[str(one)].room_id == room.id
    with pytest.raises(RoomUnavailable):
        change_room(day.clerk, appointment_id=other, version=other_version, room_id=room.id, now=NOW)
    assert appointments(day)[str(other)].room_id is None
    card = day.cards()["Ana Silva"]
    assert (day.read().frame["rooms"][card[15]], appointments(day)[str(one)].version) == (
        [str(room.id), room.name],
        version + 1,
    )
    assert_sound(day.clinic.id)


def test_what_is_over_keeps_its_room(day: BoardDay) -> None:
    with building() as session:
        room = make_room(session, location=day.location)
    admin = staff_of(day.clinic, role=Role.ADMINISTRATOR)
    appointment_id, version = booked(day)
    answer = correct(admin, appointment_id=appointment_id, version=version, reason="Wrong patient", now=NOW)
    with pytest.raises(InvalidTransition):
        change_room(day.clerk, appointment_id=appointment_id, version=answer.body["version"], room_id=room.id, now=NOW)


def test_a_hold_takes_another_place_over_its_own_time_and_keeps_its_length(day: BoardDay) -> None:
    appointment_id, version = held(day)
    longer = change_length(day.clerk, appointment_id=appointment_id, version=version, minutes=45, now=NOW)
    answer = move_held(
        day.clerk,
        appointment_id=appointment_id,
        version=longer.body["version"],
        slot_id=day.anna_slots[1].id,
        now=NOW,
    )
    assert taken(day) == ["A1", "A2", "A3"]
    assert answer.body["status"] == "pending"
    left = appointments(day)[str(appointment_id)]
    assert (left.status, left.cancel_reason) == (AppointmentStatus.CANCELLED, CancelReason.MOVED)
    # The one that was left is no card any more.
    assert [card[0] for card in day.read().cards if card[6] != "session"] == [answer.body["id"]]
    assert_sound(day.clinic.id)


def test_a_hold_that_finds_no_place_stays_where_it_is(day: BoardDay) -> None:
    appointment_id, version = held(day)
    booked(day, 2)
    with pytest.raises(SlotUnavailable):
        move_held(day.clerk, appointment_id=appointment_id, version=version, slot_id=day.anna_slots[1].id, now=NOW)
    assert taken(day) == ["A0", "A1", "A2", "A3"]
    assert appointments(day)[str(appointment_id)].status is AppointmentStatus.PENDING
    assert_sound(day.clinic.id)


def test_what_was_confirmed_is_held_again_in_one_step_and_keeps_its_length(day: BoardDay) -> None:
    appointment_id, version = held(day)
    longer = change_length(day.clerk, appointment_id=appointment_id, version=version, minutes=45, now=NOW)
    asked = {"appointment_id": appointment_id, "now": NOW}
    version = confirm_held(day.clerk, version=longer.body["version"], **asked).body["version"]
    with pytest.raises(StaleVersion):
        hold_again(day.clerk, version=version - 1, **asked)
    answer = hold_again(day.clerk, version=version, **asked)
    assert (answer.body["status"], taken(day)) == ("pending", ["A0", "A1", "A2"])
    left = appointments(day)[str(appointment_id)]
    assert (left.status, left.cancel_reason) == (AppointmentStatus.CANCELLED, CancelReason.CLINIC)
    assert [card[0] for card in day.read().cards if card[6] == "pending"] == [answer.body["id"]]
    assert_sound(day.clinic.id)


def test_what_cannot_be_held_again_stays_confirmed(day: BoardDay) -> None:
    appointment_id, version = booked(day)
    with building() as session:
        session.get_one(HealthcareService, (day.clinic.id, day.service.id)).is_active = False
    with pytest.raises(InvalidField):
        hold_again(day.clerk, appointment_id=appointment_id, version=version, now=NOW)
    assert (appointments(day)[str(appointment_id)].status, taken(day)) == (AppointmentStatus.BOOKED, ["A0", "A1"])
    assert_sound(day.clinic.id)


def test_only_an_administrator_takes_out_a_mistake(day: BoardDay) -> None:
    appointment_id, version = booked(day)
    with pytest.raises(NotPermitted):
        correct(day.clerk, appointment_id=appointment_id, version=version, reason="Wrong patient", now=NOW)
    admin = staff_of(day.clinic, role=Role.ADMINISTRATOR)
    correct(admin, appointment_id=appointment_id, version=version, reason="Wrong patient", now=NOW)
    assert appointments(day)[str(appointment_id)].status is AppointmentStatus.ENTERED_IN_ERROR
    assert taken(day) == []

"""Who was moved from room to room: one step back is the room before, and the waiting room is reached at once too."""

from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import InvalidTransition, RoomUnavailable
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.moves import change_room
from app.services.booking.answer import Answer
from models.appointments import Appointment
from models.clinics import Room
from models.queue import QueueTicket
from models.queue import TicketState as T
from tests import calls
from tests.builders import NOW, TOMORROW, building, make_room
from tests.calls import visit
from tests.invariants import assert_sound
from tests.services.house import MINUTE, House
from tests.services.queue_world import open_waiting_room

pytestmark = pytest.mark.database


@pytest.fixture
def house(database: DatabaseUrls) -> House:
    return House()


@pytest.fixture
def wards(house: House) -> list[Room]:
    """Two rooms that nobody is planned into."""
    with building() as session:
        return [make_room(session, location=house.location, kind="ward") for _ in range(2)]


def roomed(house: House, *rooms: Room) -> Answer:
    """Bring somebody into the planned room, then into these, one after the other."""
    booked = house.book()
    house.walk(booked, "arrive", "check_in", "enter_room")
    for minutes, room in enumerate(rooms, 3):
        visit(house.clerk, "enter_room", booked, room_id=room.id, now=TOMORROW + minutes * MINUTE)
    return booked


def ticket(answer: Answer) -> QueueTicket:
    with building() as session:
        of = QueueTicket.appointment_id == UUID(answer.body["id"])
        return session.exec(select(QueueTicket).where(of)).one()


def test_each_move_is_taken_back_to_the_room_before_it(house: House, wards: list[Room]) -> None:
    moved = roomed(house)
    first, since = house.row(moved).room_id, house.row(moved).roomed_at
    for room in wards:
        visit(house.clerk, "enter_room", moved, room_id=room.id, now=TOMORROW + 3 * MINUTE)
    for room_id in (wards[0].id, first):
        visit(house.clerk, "undo", moved, now=TOMORROW + 9 * MINUTE)
        row, number = house.row(moved), ticket(moved)
        assert (row.room_id, row.roomed_at) == (room_id, since)
        assert (number.room_id, number.state) == (room_id, T.IN_ROOM)
    visit(house.clerk, "undo", moved, now=TOMORROW + 9 * MINUTE)
    assert (house.row(moved).roomed_at, ticket(moved).state) == (None, T.WAITING)
    assert_sound(house.clinic.id)


def test_after_a_step_back_the_next_move_is_taken_back_to_where_it_began(house: House, wards: list[Room]) -> None:
    moved = roomed(house, wards[0])
    before = house.row(moved).room_id
    assert before == wards[0].id
    for at, (verb, more) in enumerate((("undo", {}), ("enter_room", {"room_id": wards[1].id}), ("undo", {})), 5):
        visit(house.clerk, verb, moved, now=TOMORROW + at * MINUTE, **more)
    row = house.row(moved)
    assert (row.room_id not in {ward.id for ward in wards}, row.roomed_at is not None) == (True, True)


def test_a_completed_visit_that_goes_on_is_in_its_last_room_and_can_still_go_back(
    house: House, wards: list[Room]
) -> None:
    moved = roomed(house, *wards)
    visit(house.clerk, "complete", moved, now=TOMORROW + 6 * MINUTE)
    for room in (wards[1], wards[0]):
        visit(house.clerk, "undo", moved, now=TOMORROW + 7 * MINUTE)
        assert house.row(moved).room_id == room.id


def test_a_former_room_that_somebody_else_has_by_now_is_not_given_back(house: House, wards: list[Room]) -> None:
    moved = roomed(house)
    former = house.row(moved).room_id
    visit(house.clerk, "enter_room", moved, room_id=wards[0].id, now=TOMORROW + 3 * MINUTE)
    other = house.book(house.others[0], patient=1)
    house.walk(other, "arrive", "check_in")
    visit(house.clerk, "enter_room", other, room_id=former, now=TOMORROW + 4 * MINUTE)
    with pytest.raises(RoomUnavailable, match="The former room is no longer free"):
        visit(house.clerk, "undo", moved, now=TOMORROW + 5 * MINUTE)
    row = house.row(moved)
    assert (row.room_id, row.roomed_at is not None) == (wards[0].id, True)
    assert_sound(house.clinic.id)


def test_who_was_first_brought_into_another_room_than_the_planned_one_is_planned_into_theirs_again(
    house: House, wards: list[Room]
) -> None:
    booked = house.book()
    house.walk(booked, "arrive", "check_in")
    planned = house.row(booked).room_id
    for minutes in (3, 5):
        visit(house.clerk, "enter_room", booked, room_id=wards[0].id, now=TOMORROW + minutes * MINUTE)
        assert house.row(booked).room_id == wards[0].id
        visit(house.clerk, "undo", booked, now=TOMORROW + (minutes + 1) * MINUTE)
        row = house.row(booked)
        assert (row.room_id, row.roomed_at, ticket(booked).state) == (planned, None, T.WAITING)
    # Over another room, too.
    for room in wards:
        visit(house.clerk, "enter_room", booked, room_id=room.id, now=TOMORROW + 7 * MINUTE)
    for room_id in (wards[0].id, planned):
        visit(house.clerk, "undo", booked, now=TOMORROW + 8 * MINUTE)
        assert house.row(booked).room_id == room_id
    assert house.row(booked).roomed_at is None
    assert_sound(house.clinic.id)


def test_a_planned_room_that_somebody_else_has_by_now_keeps_nobody_from_waiting_again(
    house: House, wards: list[Room]
) -> None:
    booked, other = house.book(), house.book(house.others[0], patient=1)
    house.walk(booked, "arrive", "check_in")
    planned = house.row(booked).room_id
    visit(house.clerk, "enter_room", booked, room_id=wards[0].id, now=TOMORROW + 3 * MINUTE)
    house.walk(other, "arrive", "check_in")
    visit(house.clerk, "enter_room", other, room_id=planned, now=TOMORROW + 4 * MINUTE)
    visit(house.clerk, "undo", booked, now=TOMORROW + 5 * MINUTE)
    row = house.row(booked)
    assert (row.room_id, row.roomed_at, ticket(booked).state) == (wards[0].id, None, T.WAITING)
    assert house.row(other).room_id == planned
    assert_sound(house.clinic.id)


@pytest.mark.usefixtures("database")
def test_who_was_planned_into_no_room_is_in_none_again() -> None:
    room = open_waiting_room()
    room.arrive(0)
    of = room.booked[0]
    calls.visit(room.desk, "check_in", of)
    calls.visit(room.desk, "enter_room", of, room_id=room.room.id)
    assert stored(of).room_id == room.room.id
    calls.visit(room.desk, "undo", of)
    assert (stored(of).room_id, stored(of).roomed_at, room.ticket(of).state) == (None, None, T.WAITING)
    assert_sound(room.clinic.id)


def stored(of: Appointment) -> Appointment:
    with building() as session:
        return session.get_one(Appointment, (of.clinic_id, of.id))


def test_a_former_room_that_was_closed_is_not_given_back(house: House, wards: list[Room]) -> None:
    moved = roomed(house, *wards)
    with building() as session:
        session.get_one(Room, (house.clinic.id, wards[0].id)).is_active = False
    with pytest.raises(RoomUnavailable, match="The former room is no longer free"):
        visit(house.clerk, "undo", moved, now=TOMORROW + 5 * MINUTE)


def test_the_waiting_room_is_one_step_away_from_every_room(house: House, wards: list[Room]) -> None:
    moved = roomed(house, *wards)
    visit(house.clerk, "leave_room", moved, now=TOMORROW + 5 * MINUTE)
    assert (house.row(moved).roomed_at, ticket(moved).state) == (None, T.WAITING)
    with pytest.raises(InvalidTransition):
        visit(house.clerk, "leave_room", moved, now=TOMORROW + 6 * MINUTE)
    # The rooms of before are forgotten.
    visit(house.clerk, "enter_room", moved, now=TOMORROW + 7 * MINUTE)
    visit(house.clerk, "undo", moved, now=TOMORROW + 8 * MINUTE)
    assert house.row(moved).roomed_at is None
    assert_sound(house.clinic.id)


@pytest.mark.usefixtures("database")
def test_who_was_in_a_room_without_a_name_is_in_none_with_a_name_again() -> None:
    room = open_waiting_room()
    room.arrive(0)
    of = room.booked[0]
    for verb in ("check_in", "enter_room"):
        calls.visit(room.desk, verb, of)
    calls.visit(room.desk, "enter_room", of, room_id=room.room.id)
    assert room.ticket(of).room_id == room.room.id
    calls.visit(room.desk, "undo", of)
    assert (room.ticket(of).room_id, room.ticket(of).state) == (None, T.IN_ROOM)
    assert_sound(room.clinic.id)


def test_a_room_that_was_planned_since_is_left_for_the_waiting_room_and_not_for_one_of_before(
    house: House, wards: list[Room]
) -> None:
    with building() as session:
        planned = make_room(session, location=house.location, kind="ward")
    moved = roomed(house, wards[0])
    row, at = house.row(moved), TOMORROW + 4 * MINUTE
    change_room(house.clerk, appointment_id=row.id, version=row.version, room_id=planned.id, now=at)
    assert (house.row(moved).room_id, ticket(moved).room_id, ticket(moved).state) == (planned.id, planned.id, T.IN_ROOM)
    visit(house.clerk, "undo", moved, now=TOMORROW + 5 * MINUTE)
    row = house.row(moved)
    assert (row.roomed_at, row.room_id, ticket(moved).state) == (None, planned.id, T.WAITING)
    assert_sound(house.clinic.id)


def test_who_waits_is_in_no_room_by_another_length_or_another_planned_room(house: House, wards: list[Room]) -> None:
    booked = house.book()
    house.walk(booked, "arrive", "check_in")
    at = TOMORROW + 3 * MINUTE
    calls.resize(house.clerk, booked, 30, now=at)
    for room_id in (wards[0].id, None, wards[1].id):
        row = house.row(booked)
        change_room(house.clerk, appointment_id=row.id, version=row.version, room_id=room_id, now=at)
        assert (house.row(booked).room_id, house.row(booked).roomed_at) == (room_id, None)
        assert ticket(booked).state is T.WAITING
        assert_sound(house.clinic.id)


@pytest.mark.usefixtures("database")
def test_who_waits_still_waits_after_a_room_was_planned() -> None:
    room = open_waiting_room()
    room.arrive(0)
    checked = calls.visit(room.desk, "check_in", room.booked[0])
    version = checked.body["version"]
    change_room(room.desk, appointment_id=room.booked[0].id, version=version, room_id=room.room.id, now=NOW)
    assert room.ticket(room.booked[0]).state is T.WAITING
    assert_sound(room.clinic.id)

"""Length, blocked time, parking and corrections at the websocket, with what the page would not send."""

from collections.abc import Callable, Iterator

import pytest
from sqlmodel import select

from app.state.board_block import BlockState
from app.state.board_park import ParkState
from app.state.board_place import PlaceState
from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus
from models.clinics import Clinic
from models.practitioners import HealthcareService
from models.schedules import ScheduleException
from tests.builders import NOW, building
from tests.state.board_desk import BOARD, BOOKING, MOVING, PANE, VISIT, Place, make_place, open_card, show
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value
from tests.state.test_board_visit import tab

BLOCK, PARK, PLACE = (state.get_full_name() for state in (BlockState, ParkState, PlaceState))
SessionOf = Callable[[Role], str]


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def desk(worker: Worker, place: Place, session_of: SessionOf) -> Iterator[RawSocket]:
    with tab(worker, session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate("/board")
        show(socket, place, place.tomorrow[0].starts_at)
        yield socket


def reasons(place: Place) -> list[str]:
    """Return why time is closed."""
    with building() as session:
        found = session.exec(select(ScheduleException).where(ScheduleException.clinic_id == place.clinic.id))
        return [one.reason for one in found]


def block_of(place: Place) -> ScheduleException:
    """Return the only one."""
    with building() as session:
        asked = select(ScheduleException).where(ScheduleException.clinic_id == place.clinic.id)
        return session.exec(asked).one()


def draw(desk: RawSocket, place: Place, first: int, last: int) -> dict[str, object]:
    slots = place.tomorrow
    times = {"starts_at": slots[first].starts_at.isoformat(), "ends_at": slots[last].ends_at.isoformat()}
    return desk.call(f"{BLOCK}.draw", practitioner_id=str(place.practitioner.id), **times)


def test_a_length_is_changed_and_taken_back_step_by_step(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    answer = desk.call(f"{PLACE}.resize", card_id=str(visit.id), minutes=60)
    assert value(answer, "visit")["minutes"] == 60
    assert value(desk.call(f"{PLACE}.lengthen", steps=-1), "visit")["minutes"] == 45
    for minutes in (60, 30):
        assert value(desk.call(f"{PANE}.undo_last"), "visit")["minutes"] == minutes
    assert "There is nothing to undo here." in scripts(desk.call(f"{PANE}.undo_last"))


def test_booking_holding_confirming_and_releasing_are_taken_back(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2], status=AppointmentStatus.PENDING)
    open_card(desk, visit)
    assert value(desk.call(f"{BOOKING}.cancel"), "visit")["status"] == "cancelled"
    held = value(desk.call(f"{PANE}.undo_last"), "visit")
    assert (held["status"], held["slot_id"]) == ("pending", str(place.tomorrow[0].id))
    assert value(desk.call(f"{BOOKING}.confirm"), "visit")["status"] == "booked"
    again = value(desk.call(f"{PANE}.undo_last"), "visit")
    assert (again["status"], again["slot_id"]) == ("pending", str(place.tomorrow[0].id))


def test_what_can_be_held_no_more_stays_confirmed_when_that_is_undone(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2], status=AppointmentStatus.PENDING)
    open_card(desk, visit)
    desk.call(f"{BOOKING}.confirm")
    with building() as session:
        session.get_one(HealthcareService, (place.clinic.id, place.service.id)).is_active = False
    assert "Undone" not in scripts(desk.call(f"{PANE}.undo_last"))
    assert [(one.id, one.status) for one in place.all_stored()] == [(visit.id, AppointmentStatus.BOOKED)]


def test_time_is_blocked_with_a_reason_and_opened_by_undo(desk: RawSocket, place: Place) -> None:
    place.booked(*place.tomorrow[:2])
    answer = draw(desk, place, 1, 2)
    assert [one["patient"] for one in value(answer, "displaced")] == ["Ana Silva"]
    assert value(desk.call(f"{BLOCK}.block", form={"reason": " "}), "wrong_reason")
    assert reasons(place) == []
    for is_offered in (True, False):
        # Blocked once more it is the block that was there: nothing is new, and nothing more to take back.
        blocked = desk.call(f"{BLOCK}.block", form={"reason": "Staff meeting"})
        assert ("Undo" in scripts(blocked)) == is_offered
        assert reasons(place) == ["Staff meeting"]
    desk.call(f"{PANE}.undo_last")
    assert reasons(place) == []
    assert "There is nothing to undo" in scripts(desk.call(f"{PANE}.undo_last"))


def test_time_that_was_blocked_and_opened_again_is_taken_back_to_the_beginning(desk: RawSocket, place: Place) -> None:
    draw(desk, place, 1, 2)
    desk.call(f"{BLOCK}.block", form={"reason": "Staff meeting"})
    desk.call(f"{BLOCK}.unblock", block_id=str(block_of(place).id))
    desk.call(f"{PANE}.undo_last")
    assert reasons(place) == ["Staff meeting"]
    assert "Undone." in scripts(desk.call(f"{PANE}.undo_last"))
    assert reasons(place) == []


def test_somebody_elses_block_is_not_taken_back(
    desk: RawSocket, worker: Worker, place: Place, session_of: SessionOf
) -> None:
    draw(desk, place, 1, 2)
    desk.call(f"{BLOCK}.block", form={"reason": "Staff meeting"})
    desk.call(f"{BLOCK}.unblock", block_id=str(block_of(place).id))
    with tab(worker, session_of(Role.MANAGER)) as other:
        other.hydrate("/board")
        show(other, place, place.tomorrow[0].starts_at)
        draw(other, place, 1, 2)
        other.call(f"{BLOCK}.block", form={"reason": "Training"})
    for _ in range(2):
        desk.call(f"{PANE}.undo_last")
    assert reasons(place) == ["Training"]
    desk.call(f"{BLOCK}.unblock", block_id=str(block_of(place).id))


def test_a_nurse_is_not_offered_to_block_and_is_refused(worker: Worker, place: Place, session_of: SessionOf) -> None:
    with tab(worker, session_of(Role.NURSE)) as nurse:
        nurse.hydrate("/board")
        show(nurse, place, place.tomorrow[0].starts_at)
        assert value(draw(nurse, place, 0, 1), "pane") == "stretch"
        assert "does not permit" in scripts(nurse.call(f"{BLOCK}.block", form={"reason": "Tea"}))
    assert reasons(place) == []


def test_what_is_parked_stays_for_this_user_until_it_is_taken_off(
    desk: RawSocket, worker: Worker, place: Place, session_of: SessionOf
) -> None:
    visit = place.booked(*place.tomorrow[:2])
    answer = desk.call(f"{VISIT}.press", action="park", card_id=str(visit.id))
    assert [one["patient"] for one in value(answer, "cards")] == ["Ana Silva"]
    with tab(worker, session_of(Role.MANAGER)) as other:
        other.hydrate("/board")
        assert "Ana Silva" not in str(show(other, place, place.tomorrow[0].starts_at).get("cards", ""))
    off = desk.call(f"{PARK}.unpark", card_id=str(visit.id))
    assert (value(off, "cards"), "Undo" in scripts(off)) == ([], True)
    assert [one["patient"] for one in value(desk.call(f"{PANE}.undo_last"), "cards")] == ["Ana Silva"]
    # Pressed twice, it is one act.
    for is_told in (True, False):
        assert ("off the strip" in scripts(desk.call(f"{PARK}.unpark", card_id=str(visit.id)))) == is_told
    assert place.stored(visit).version == visit.version
    # A slip of the key is taken back, and what was done before it still can be.
    desk.call(f"{PLACE}.resize", card_id=str(visit.id), minutes=60)
    assert "Undo" in scripts(desk.call(f"{VISIT}.press", action="park", card_id=str(visit.id)))
    assert value(desk.call(f"{PANE}.undo_last"), "cards") == []
    assert value(desk.call(f"{PANE}.undo_last"), "visit")["minutes"] == 30


def test_what_can_be_parked_no_more_is_not_said_to_be_on_the_strip_again(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    desk.call(f"{VISIT}.press", action="park", card_id=str(visit.id))
    desk.call(f"{PARK}.unpark", card_id=str(visit.id))
    with building() as session:
        stored = session.get_one(Appointment, (place.clinic.id, visit.id))
        stored.status, stored.cancelled_at, stored.cancel_reason = AppointmentStatus.CANCELLED, NOW, "clinic"
        session.add(stored)
    assert "can be parked" in scripts(desk.call(f"{PANE}.undo_last"))


def test_only_an_administrator_marks_an_entry_as_a_mistake(
    desk: RawSocket, worker: Worker, place: Place, session_of: SessionOf
) -> None:
    visit = place.booked(*place.tomorrow[:2])
    open_card(desk, visit)
    desk.call(f"{PLACE}.ask_to_correct", is_correcting=True)
    desk.call(f"{PLACE}.correct", form={"reason": "Wrong patient"})
    assert place.stored(visit).status == AppointmentStatus.BOOKED
    with tab(worker, session_of(Role.ADMINISTRATOR)) as admin:
        admin.hydrate("/board")
        show(admin, place, place.tomorrow[0].starts_at)
        open_card(admin, visit)
        admin.call(f"{PLACE}.ask_to_correct", is_correcting=True)
        admin.call(f"{PLACE}.correct", form={"reason": "Wrong patient"})
    assert place.stored(visit).status == AppointmentStatus.ENTERED_IN_ERROR


@pytest.mark.long
def test_what_a_page_would_not_send_changes_nothing_and_breaks_nothing(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    card = {"card_id": str(visit.id)}
    for call, payload in (
        (f"{PLACE}.resize", {"card_id": "x", "minutes": 30}),
        (f"{PLACE}.resize", {**card, "minutes": "many"}),
        (f"{PLACE}.resize", {**card, "minutes": 10_000}),
        (f"{PLACE}.resize", {**card, "minutes": -15}),
        (f"{PLACE}.change_room", {**card, "room_id": "x"}),
        (f"{PLACE}.change_room", {**card, "room_id": str(visit.id)}),
        (f"{PLACE}.look", {"card_id": "x"}),
        (f"{BLOCK}.draw", {"practitioner_id": "x", "starts_at": "now", "ends_at": "then"}),
        (f"{BLOCK}.block", {"form": {"reason": {"a": 1}}}),
        (f"{BLOCK}.unblock", {"block_id": "x"}),
        (f"{BLOCK}.unblock", {"block_id": str(visit.id)}),
        (f"{PARK}.unpark", {"card_id": "x"}),
        (f"{VISIT}.press", {"action": "park", "card_id": "x"}),
        (f"{MOVING}.explain", {"practitioner_id": "x", "starts_at": "now"}),
        (f"{BOARD}.choose_mode", {"mode": "x"}),
    ):
        assert "Something went wrong" not in scripts(desk.call(call, **payload)), call
    assert place.stored(visit).version == visit.version
    assert reasons(place) == []

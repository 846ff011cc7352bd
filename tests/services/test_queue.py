"""The queue at the desk: tickets that follow their appointments, and what is done to a number."""

from typing import Any

import pytest
from sqlmodel import select

from app.errors import NobodyWaiting, NotPermitted, StaleVersion, TicketMoved, TicketNotFound
from app.services.queue.call import call
from app.services.queue.call_next import call_next
from app.services.queue.calling import Target
from app.services.queue.hand_over import hand_over
from app.services.queue.mark_missed import mark_missed
from app.services.queue.park import park
from app.services.queue.prioritise import prioritise
from app.services.queue.recall import recall
from app.services.queue.resume import resume
from app.services.queue.undo import undo_queue
from models.appointments import CancelReason
from models.base import new_id
from models.principal import ActorKind, Principal
from models.queue import QueueTicket
from models.queue import TicketState as T
from models.records import AuditEvent
from tests import calls
from tests.builders import NOW, building, clerk_of, make_clinic, make_schedule, offer, staff_of
from tests.invariants import assert_sound
from tests.services.queue_world import WaitingRoom, id_of, minutes, open_waiting_room

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def room() -> WaitingRoom:
    return open_waiting_room()


def test_arrivals_are_numbered_from_one_at_each_location_and_day(room: WaitingRoom) -> None:
    tickets = [room.arrive(place) for place in (2, 0, 1)]
    assert [ticket.number for ticket in tickets] == [1, 2, 3]
    tomorrow = room.arrive(3, now=NOW + minutes(24 * 60))
    assert tomorrow.number == 1
    elsewhere = open_waiting_room()
    assert elsewhere.arrive(0).number == 1


def test_the_ticket_follows_its_appointment_through_the_visit(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    of = room.booked[0]
    for verb, state in (
        ("check_in", T.WAITING),
        ("enter_room", T.IN_ROOM),
        ("undo", T.WAITING),
        ("enter_room", T.IN_ROOM),
        ("complete", T.ENDED),
        ("undo", T.IN_ROOM),
        ("undo", T.WAITING),
        ("undo", T.WAITING),
        ("undo", T.ENDED),
    ):
        who = staff_of(room.clinic, role="administrator") if verb == "undo" else room.desk
        calls.visit(who, verb, of)
        assert room.ticket(of).state is state, verb
        assert_sound(room.clinic.id)
    again = calls.visit(room.desk, "arrive", of)
    assert again.status == 200
    assert (room.ticket(of).number, room.ticket(of).state) == (ticket.number, T.WAITING)


def test_who_leaves_has_no_number_any_more(room: WaitingRoom) -> None:
    room.arrive(0)
    calls.cancel(room.desk, room.booked[0], reason=CancelReason.LEFT)
    assert room.ticket(room.booked[0]).state is T.ENDED
    assert_sound(room.clinic.id)


def test_a_late_arrival_after_a_no_show_gets_a_number(room: WaitingRoom) -> None:
    made = room.book(0)
    calls.visit(room.desk, "mark_no_show", made, now=NOW + minutes(20))
    calls.visit(room.desk, "arrive", made, now=NOW + minutes(25))
    assert room.ticket(made).state is T.WAITING
    assert_sound(room.clinic.id)


def test_next_is_whose_turn_the_rule_says(room: WaitingRoom) -> None:
    early, booked = room.arrive(4), room.arrive(0)
    walked_in = room.walk_in(2)
    urgent = room.arrive(5)
    room.do(prioritise, urgent, is_urgent=True)
    order = [id_of(room.act(call_next, location_id=room.location.id)) for _ in range(4)]
    assert order == [urgent.id, booked.id, walked_in.id, early.id]
    with pytest.raises(NobodyWaiting):
        room.act(call_next, location_id=room.location.id)


def test_next_of_one_practitioner_passes_over_the_others(room: WaitingRoom) -> None:
    room.arrive(0)
    with pytest.raises(NobodyWaiting):
        room.act(call_next, location_id=room.location.id, practitioner_ids=(new_id(),))
    found = room.act(call_next, location_id=room.location.id, practitioner_ids=(room.schedule.practitioner_id,))
    assert found.body["number"] == 1


def test_the_same_press_calls_only_one(room: WaitingRoom) -> None:
    room.arrive(0)
    room.arrive(1)
    first = room.act(call_next, location_id=room.location.id, key="press")
    second = room.act(call_next, location_id=room.location.id, key="press")
    assert first.body == second.body
    assert room.act(call_next, location_id=room.location.id, key="another").body["number"] == 2


def test_a_number_is_called_to_a_room_or_the_reception(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    assert room.do(call, ticket, target=Target(room.room.id)).body["called_to"] == "Room 4"
    room.do(undo_queue, ticket)
    assert room.do(call, ticket, target=Target(is_reception=True)).body["called_to"] == ""
    planned = room.arrive(1, room_id=room.room.id)
    assert room.do(call, planned).body["called_to"] == "Room 4"


def test_recalled_twice_counts_three_calls(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    room.do(call, ticket)
    room.do(recall, ticket, now=NOW + minutes(2))
    room.do(recall, ticket, now=NOW + minutes(4))
    assert (room.ticket(ticket).calls, room.ticket(ticket).called_at) == (3, NOW + minutes(4))


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        ((park,), T.PARKED),
        ((park, resume), T.WAITING),
        ((call, mark_missed), T.MISSED),
        ((call, mark_missed, resume), T.WAITING),
        ((call, mark_missed, call), T.CALLED),
        ((call, undo_queue), T.WAITING),
        ((park, undo_queue), T.WAITING),
        ((call, mark_missed, undo_queue), T.CALLED),
        ((park, call, undo_queue), T.PARKED),
    ],
    ids=lambda value: "-".join(verb.__name__ for verb in value) if isinstance(value, tuple) else str(value),
)
def test_a_number_goes_where_it_is_told(room: WaitingRoom, verbs: tuple[Any, ...], state: T) -> None:
    ticket = room.arrive(0)
    for verb in verbs:
        room.do(verb, ticket)
    assert room.ticket(ticket).state is state
    assert_sound(room.clinic.id)


@pytest.mark.parametrize("verb", [recall, mark_missed, resume, undo_queue], ids=lambda verb: verb.__name__)
def test_what_a_waiting_number_does_not_allow_is_refused(room: WaitingRoom, verb: Any) -> None:
    ticket = room.arrive(0)
    with pytest.raises(TicketMoved):
        room.do(verb, ticket)


@pytest.mark.parametrize("verb", [call, park, recall, resume, mark_missed], ids=lambda verb: verb.__name__)
def test_nothing_is_done_to_who_is_in_the_room(room: WaitingRoom, verb: Any) -> None:
    ticket = room.arrive(0)
    calls.visit(room.desk, "check_in", room.booked[0])
    calls.visit(room.desk, "enter_room", room.booked[0])
    with pytest.raises(TicketMoved):
        room.do(verb, ticket)


def test_a_call_taken_back_is_forgotten_by_the_display(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    room.do(call, ticket)
    room.do(undo_queue, ticket)
    after = room.ticket(ticket)
    assert (after.calls, after.called_at, after.called_to) == (0, None, None)
    with pytest.raises(TicketMoved):
        room.do(undo_queue, ticket)


def test_handed_over_a_number_waits_for_another_practitioner(room: WaitingRoom) -> None:
    with building() as session:
        other = make_schedule(session, clinic=room.clinic, location=room.location)
        elsewhere = make_schedule(session, clinic=room.clinic)
        offer(session, service=room.service, practitioner=other.practitioner_id)
    ticket = room.arrive(0)
    room.do(call, ticket)
    room.do(hand_over, ticket, practitioner_id=other.practitioner_id)
    after = room.ticket(ticket)
    assert (after.practitioner_id, after.state) == (other.practitioner_id, T.WAITING)
    with (
        pytest.raises(ValueError, match="does not work here") if False else pytest.raises(Exception, match="work here")
    ):
        room.do(hand_over, ticket, practitioner_id=elsewhere.practitioner_id)
    found = room.act(call_next, location_id=room.location.id, practitioner_ids=(other.practitioner_id,))
    assert id_of(found) == ticket.id


def test_who_saw_an_older_state_changes_nothing(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    room.do(park, ticket, version=ticket.version)
    with pytest.raises(StaleVersion):
        room.do(resume, ticket, version=ticket.version)
    assert room.ticket(ticket).state is T.PARKED


def test_only_staff_of_the_location_may_call(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    nobody = Principal(room.clinic.id, ActorKind.USER, "u", frozenset({"queue:read"}))
    elsewhere = staff_of(room.clinic, location_ids=frozenset({new_id()}))
    for who in (nobody, elsewhere):
        with pytest.raises(NotPermitted):
            room.act(call_next, location_id=room.location.id, who=who)
        with pytest.raises(NotPermitted):
            room.act(call, ticket_id=ticket.id, who=who)
    with building() as session:
        stranger = clerk_of(make_clinic(session))
    with pytest.raises(TicketNotFound):
        room.act(call, ticket_id=ticket.id, who=stranger)
    assert room.ticket(ticket).state is T.WAITING


def test_every_step_leaves_its_audit_row(room: WaitingRoom) -> None:
    ticket = room.arrive(0)
    for verb in (call, recall, mark_missed, undo_queue, park, resume):
        room.do(verb, ticket)
    with building() as session:
        wanted = select(AuditEvent).where(AuditEvent.object_id == ticket.id).order_by(AuditEvent.id)  # type: ignore[arg-type]
        found = session.exec(wanted).all()
    assert [one.action for one in found] == [
        *("queue-call", "queue-recall", "queue-missed", "queue-undo", "queue-park", "queue-resume")
    ]
    assert found[0].detail == {"appointment_id": str(ticket.appointment_id), "number": 1}
    assert {one.object_kind for one in found} == {"ticket"}


def test_the_numbers_are_the_tickets_own(room: WaitingRoom) -> None:
    room.arrive(0)
    room.arrive(1)
    with building() as session:
        wanted = select(QueueTicket.number).where(QueueTicket.clinic_id == room.clinic.id)
        assert sorted(session.exec(wanted).all()) == [1, 2]

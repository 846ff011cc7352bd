"""Who comes without an appointment: the next start of today, a number at once, or a reason to squeeze them in."""

from typing import Any

import pytest
from sqlmodel import select

from app.errors import InvalidField, NothingFreeToday, NotPermitted
from app.services.queue.walk_in import Visitor, soonest, walk_in
from models.appointments import Appointment, Channel
from models.appointments import AppointmentStatus as S
from models.base import new_id
from models.db import transaction
from models.queue import TicketState as T
from tests.builders import NOW, building, make_patient, make_schedule, make_service, make_slots, offer, staff_of
from tests.invariants import assert_sound
from tests.services.queue_world import WaitingRoom, minutes, open_waiting_room

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def room() -> WaitingRoom:
    return open_waiting_room(slots=3, overbook_limit=1)


def come(room: WaitingRoom, patient: Any = None, **asked: Any) -> Appointment:
    """Let a patient walk in and return their appointment."""
    visitor = visitor_of(room, patient, practitioner_id=asked.pop("practitioner_id", None))
    answer = room.act(walk_in, visitor=visitor, **asked)
    with building() as session:
        return session.exec(select(Appointment).where(Appointment.id == answer.body["id"])).one()


def visitor_of(room: WaitingRoom, patient: Any = None, **more: Any) -> Visitor:
    """Return somebody who walked in."""
    if patient is None:
        with building() as session:
            patient = make_patient(session, clinic=room.clinic)
    return Visitor(patient.id, room.service.id, room.location.id, **more)


def test_a_walk_in_gets_the_next_free_start_and_a_number(room: WaitingRoom) -> None:
    room.book(0)
    made = come(room, now=NOW - minutes(3))
    assert (made.status, made.channel) == (S.ARRIVED, Channel.WALK_IN)
    assert made.starts_at == NOW + minutes(15)
    ticket = room.ticket(made)
    assert (ticket.number, ticket.is_walk_in, ticket.state) == (1, True, T.WAITING)
    assert_sound(room.clinic.id)


def test_a_start_that_has_begun_is_not_taken(room: WaitingRoom) -> None:
    assert come(room, now=NOW + minutes(1)).starts_at == NOW + minutes(15)


def test_whoever_is_free_first_takes_them_unless_one_is_named(room: WaitingRoom) -> None:
    with building() as session:
        other = make_schedule(session, clinic=room.clinic, location=room.location)
        make_slots(session, schedule=other, count=1, starts_at=NOW - minutes(15), minutes=15)
        offer(session, service=room.service, practitioner=other.practitioner_id)
    early = NOW - minutes(20)
    assert come(room, practitioner_id=room.schedule.practitioner_id, now=early).starts_at == NOW
    assert come(room, now=early).practitioner_id == other.practitioner_id


def test_the_patients_own_appointment_is_passed_over(room: WaitingRoom) -> None:
    with building() as session:
        patient = make_patient(session, clinic=room.clinic)
    first = come(room, patient)
    second = come(room, patient)
    assert second.starts_at == first.ends_at
    assert_sound(room.clinic.id)


def test_the_same_press_makes_one_visit(room: WaitingRoom) -> None:
    visitor = visitor_of(room)
    answers = [room.act(walk_in, visitor=visitor, key="press") for _ in range(2)]
    assert answers[0].body == answers[1].body


def test_a_full_day_takes_nobody_without_a_reason(room: WaitingRoom) -> None:
    for place in range(3):
        room.book(place)
    with pytest.raises(NothingFreeToday):
        come(room)
    with pytest.raises(InvalidField):
        come(room, overbook_reason="  ")
    made = come(room, overbook_reason="High fever")
    assert (made.overbook, made.overbook_reason, made.status) == (True, "High fever", S.ARRIVED)
    assert_sound(room.clinic.id)


def test_a_reason_takes_a_free_start_first(room: WaitingRoom) -> None:
    assert not come(room, overbook_reason="High fever").overbook


def test_when_every_start_is_overbooked_nobody_is_squeezed_in(room: WaitingRoom) -> None:
    for place in range(3):
        room.book(place)
    starts = [come(room, overbook_reason="asked for").starts_at for _ in range(3)]
    assert starts == [NOW, NOW + minutes(15), NOW + minutes(30)]
    with pytest.raises(NothingFreeToday):
        come(room, overbook_reason="asked for")
    assert_sound(room.clinic.id)


def test_overbooking_needs_its_permission(room: WaitingRoom) -> None:
    for place in range(3):
        room.book(place)
    nurse = staff_of(room.clinic, role="nurse")
    with pytest.raises(NotPermitted):
        come(room, overbook_reason="High fever", who=nurse)
    elsewhere = staff_of(room.clinic, location_ids=frozenset({new_id()}))
    with pytest.raises(NotPermitted):
        come(room, who=elsewhere)


def test_what_a_walk_in_can_have_soonest_is_proposed(room: WaitingRoom) -> None:
    with building() as session:
        other = make_schedule(session, clinic=room.clinic, location=room.location)
        make_slots(session, schedule=other, count=1, starts_at=NOW - minutes(15), minutes=15)
        quick = make_service(session, clinic=room.clinic, practitioners=[other.practitioner_id], duration_minutes=15)
        never = make_service(session, clinic=room.clinic)
    asked = {"location_id": room.location.id, "service_ids": [never.id, room.service.id, quick.id]}
    clerk = staff_of(room.clinic)

    def proposed(now: Any) -> Any:
        with transaction(clerk) as session:
            return soonest(session, clerk, **asked, now=now)

    assert proposed(NOW - minutes(20)) == quick.id
    assert proposed(NOW - minutes(10)) == room.service.id
    assert proposed(NOW + minutes(600)) is None

"""Desks that call, and patients who come, all at the same instant; and what happens without the guards."""

from collections import Counter
from functools import partial
from threading import Barrier
from time import sleep
from typing import Any

import psycopg
import pytest

from app.errors import NobodyWaiting
from app.services.booking.answer import Answer
from app.services.queue import call_next as calling
from app.services.queue import ticket as tickets
from app.services.queue.call_next import call_next
from models.queue import TicketState as T
from tests import calls
from tests.builders import building, clerk_of, make_patient, make_schedule, make_slots, offer
from tests.concurrency.crowd import crowd
from tests.invariants import assert_sound
from tests.services.queue_world import WaitingRoom, open_waiting_room

DESKS = 50
# The same statement for whoever does not ask again on the locked row: it is read, and anybody may have read it too.
UNGUARDED = calling.TAKE_FIRST.replace("FOR NO KEY UPDATE OF t SKIP LOCKED", "")


@pytest.fixture
def room() -> WaitingRoom:
    """Twelve who wait."""
    made = open_waiting_room(slots=12)
    for place in range(12):
        made.arrive(place)
    return made


def called_by_all(room: WaitingRoom) -> list[Answer | Exception]:
    """Let every desk call next at once."""
    desks = [clerk_of(room.clinic) for _ in range(DESKS)]
    return list(crowd([partial(room.act, call_next, who=desk, location_id=room.location.id) for desk in desks]))


def test_no_two_desks_call_the_same_patient(room: WaitingRoom) -> None:
    heard = called_by_all(room)
    numbers = [answer.body["number"] for answer in heard if isinstance(answer, Answer)]
    assert sorted(numbers) == list(range(1, 13))
    assert {type(refusal) for refusal in heard if not isinstance(refusal, Answer)} == {NobodyWaiting}
    assert all(room.ticket(one).calls == 1 for one in room.booked)
    assert_sound(room.clinic.id)


def test_without_the_lock_desks_call_the_same_patient(room: WaitingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(2)

    def read_then_wait(*asked: Any) -> Any:
        found = real(*asked)
        if asked[1] is UNGUARDED:
            together.wait(timeout=20)
        return found

    real = calling.first_row
    monkeypatch.setattr(calling, "TAKE_FIRST", UNGUARDED)
    monkeypatch.setattr(calling, "first_row", read_then_wait)
    two = [partial(room.act, call_next, who=clerk_of(room.clinic), location_id=room.location.id) for _ in range(2)]
    numbers = Counter(answer.body["number"] for answer in crowd(two) if isinstance(answer, Answer))
    assert numbers == {1: 2}, "both desks shout for number 1"


def arrivals(room: WaitingRoom) -> list[partial[Answer]]:
    """Return the arrivals of as many patients of as many practitioners, none of them done yet."""
    booked = [room.book(place) for place in range(6)]
    for _ in range(2):
        with building() as session:
            other = make_schedule(session, clinic=room.clinic, location=room.location)
            room.slots = make_slots(session, schedule=other, count=6, starts_at=room.slots[0].starts_at, minutes=15)
            offer(session, service=room.service, practitioner=other.practitioner_id)
            make_patient(session, clinic=room.clinic)
        booked += [room.book(place) for place in range(6)]
    return [partial(calls.visit, room.desk, "arrive", one) for one in booked]


def test_who_comes_at_the_same_instant_gets_another_number() -> None:
    room = open_waiting_room(slots=6)
    heard = crowd(arrivals(room))
    assert all(isinstance(one, Answer) for one in heard), heard
    assert sorted(room.ticket(one).number for one in room.booked) == list(range(1, 19))
    assert {room.ticket(one).state for one in room.booked} == {T.WAITING}
    assert_sound(room.clinic.id)


def test_without_the_numbers_lock_an_arrival_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    room = open_waiting_room(slots=6)
    both = arrivals(room)[:2]
    together = Barrier(2)
    real = tickets.execute

    def number_together(*asked: Any) -> int:
        if asked[1] is not tickets.OPEN:
            return real(*asked)
        together.wait(timeout=20)
        done = real(*asked)
        # The other one reads the last number meanwhile, before this one's is committed.
        sleep(0.3)
        return done

    monkeypatch.setattr(tickets, "lock_names", lambda *_: None)
    monkeypatch.setattr(tickets, "execute", number_together)
    with pytest.raises(psycopg.errors.UniqueViolation):
        crowd(both)

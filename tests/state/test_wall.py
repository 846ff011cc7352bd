"""The waiting room's display and the queue at the websocket: what a wrong key hears, and who may call."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from app.infra.limits import forgive
from app.services.clock import utc_now
from app.services.queue.call import call
from app.services.queue.desk import act
from app.services.queue.display import make_display
from app.state.arrivals_acts import ArrivalsActs
from app.state.wall import NO_WALL, WRONG_KEYS, WallState
from models.clinics import Clinic
from models.db import transaction
from models.queue import QueueTicket
from tests import calls
from tests.builders import building, clerk_of
from tests.state.board_desk import Place, make_place
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, value

WALL, ACTS = WallState.get_full_name(), ArrivalsActs.get_full_name()
ADDRESSES = ("127.0.0.1", "::1", "")


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def screen(worker: Worker) -> Iterator[RawSocket]:
    """A stranger's tab on the display's page."""
    for address in ADDRESSES:
        forgive(WRONG_KEYS, address)
    with RawSocket(worker.url, origin=worker.url) as socket:
        socket.hydrate("/wall")
        yield socket


def open_with(screen: RawSocket, key: str) -> dict[str, Any]:
    return screen.call(f"{WALL}.open", path="/wall", key=key)


def key_of(place: Place) -> str:
    desk = clerk_of(place.clinic)
    with transaction(desk) as session:
        return make_display(session, desk, location_id=place.location.id, now=utc_now())


def ticket_of(place: Place) -> QueueTicket:
    """Let somebody come and return their number."""
    desk = clerk_of(place.clinic)
    made = place.booked(*place.today[:2])
    calls.visit(desk, "arrive", made, now=utc_now())
    with building() as session:
        return session.exec(select(QueueTicket).where(QueueTicket.appointment_id == made.id)).one()


def test_the_right_key_opens_the_display_and_calls_reach_it(screen: RawSocket, place: Place) -> None:
    ticket = ticket_of(place)
    answer = open_with(screen, key_of(place))
    assert value(answer, "status") == "open"
    assert value(answer, "view")["waiting"] == 1
    act(clerk_of(place.clinic), call, key=uuid4().hex, now=utc_now(), ticket_id=ticket.id)
    pushed = value(screen.listen(5), "view")
    assert pushed["last"] == {"number": ticket.number, "to": "", "calls": 1}


def test_a_wrong_key_shows_nothing_of_the_location(screen: RawSocket, place: Place) -> None:
    ticket_of(place)
    right = key_of(place)
    answer = open_with(screen, right[:-4] + ("AAAA" if right[-4:] != "AAAA" else "BBBB"))
    assert value(answer, "status") == "closed"
    assert value(answer, "view") in (None, NO_WALL)
    assert place.location.name not in str(answer)


def test_a_display_goes_dark_when_its_key_is_renewed(screen: RawSocket, place: Place) -> None:
    ticket = ticket_of(place)
    open_with(screen, key_of(place))
    key_of(place)
    act(clerk_of(place.clinic), call, key=uuid4().hex, now=utc_now(), ticket_id=ticket.id)
    pushed = screen.listen(5)
    assert value(pushed, "status") == "closed"
    assert value(pushed, "view") == NO_WALL


def test_keys_cannot_be_tried_for_ever(screen: RawSocket, place: Place) -> None:
    right = key_of(place)
    for _ in range(WRONG_KEYS.times):
        open_with(screen, "wrong")
    # Even the right one is not looked at any more from there, until the quarter of an hour is over.
    assert value(open_with(screen, right), "status") in (None, "closed")
    for address in ADDRESSES:
        forgive(WRONG_KEYS, address)
    assert value(open_with(screen, right), "status") == "open"


def test_a_stranger_calls_nobody(screen: RawSocket, place: Place) -> None:
    ticket = ticket_of(place)
    asked = {"action": "call", "of": str(ticket.id), "version": ticket.version, "press": 1, "more": ""}
    screen.call(f"{ACTS}.act", path="/arrivals", **asked)
    screen.call(f"{ACTS}.call_next", path="/arrivals", press=1)
    with building() as session:
        assert session.get_one(QueueTicket, (place.clinic.id, ticket.id)).state.value == "waiting"

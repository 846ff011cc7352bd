"""The utilisation page's handlers at the websocket: who is answered, and what becomes of what a stranger sends."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from app.infra import cookies
from app.state.utilisation import EVERYWHERE, UtilisationState
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic
from tests.builders import TOMORROW, building, make_location, make_schedule, make_slots
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

STATE = UtilisationState.get_full_name()
# The handlers, each with something to send.
HANDLERS: dict[str, dict[str, Any]] = {
    "load": {},
    "choose_period": {"choice": "this-week"},
    "choose_location": {"location_id": EVERYWHERE},
    "choose_first": {"day": "2027-01-05"},
    "choose_last": {"day": "2027-01-05"},
}
SessionOf = Callable[[Role], str]


def _open(worker: Worker, session: str) -> RawSocket:
    pairs = {cookies.SESSION: session, cookies.BROWSER: "a-browser"}
    cookie = "; ".join(f"{cookies.cookie_name(base, secure=True)}={text}" for base, text in pairs.items())
    return RawSocket(worker.url, origin=worker.url, cookie=cookie)


def _send(socket: RawSocket, name: str, **payload: Any) -> dict[str, Any]:
    """Send an event and wait until the page no longer loads."""
    answer = socket.call(f"{STATE}.{name}", **payload)
    deadline = time.monotonic() + 15
    while value(answer, "is_loading") is not False and time.monotonic() < deadline:
        further = socket.listen(1)
        for state, changes in further["delta"].items():
            answer["delta"].setdefault(state, {}).update(changes)
    return answer


@pytest.fixture(scope="module")
def open_hours(workplace: Clinic) -> list[str]:
    """Open the first hour of the 5th of January 2027 at two locations; return their ids."""
    with building() as session:
        return [str(_open_hour(session, workplace)) for _ in range(2)]


def _open_hour(session: Session, clinic: Clinic) -> UUID:
    location = make_location(session, clinic=clinic)
    make_slots(session, schedule=make_schedule(session, clinic=clinic, location=location), count=4)
    return location.id


@pytest.mark.parametrize("name", HANDLERS)
def test_the_desk_is_refused(worker: Worker, session_of: SessionOf, name: str) -> None:
    with _open(worker, session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate()
        answer = socket.call(f"{STATE}.{name}", **HANDLERS[name])
    assert value(answer, "is_loaded") is None
    assert "Your role does not permit this." in scripts(answer)


def test_every_handler_is_tried_above() -> None:
    handlers = UtilisationState.event_handlers.items()
    assert {name for name, one in handlers if one.fn.__module__ == UtilisationState.__module__} == set(HANDLERS)


def test_a_manager_reads_the_days_between(worker: Worker, session_of: SessionOf, open_hours: list[str]) -> None:
    with _open(worker, session_of(Role.MANAGER)) as socket:
        socket.hydrate()
        _send(socket, "load")
        _send(socket, "choose_first", day="2027-01-05")
        everywhere = _send(socket, "choose_last", day="2027-01-05")
        one_place = _send(socket, "choose_location", location_id=open_hours[0])
    assert value(everywhere, "total")["bookable"] == 120
    assert value(one_place, "total")["bookable"] == 60
    assert [day["weekday"] for day in value(everywhere, "days")] == [TOMORROW.weekday()]


def test_what_makes_no_period_is_said_and_changes_no_figures(
    worker: Worker, session_of: SessionOf, open_hours: list[str]
) -> None:
    with _open(worker, session_of(Role.MANAGER)) as socket:
        socket.hydrate()
        _send(socket, "load")
        _send(socket, "choose_first", day="2027-01-05")
        _send(socket, "choose_last", day="2027-01-05")
        turned = _send(socket, "choose_last", day="2027-01-04")
        too_long = _send(socket, "choose_last", day=str((TOMORROW + timedelta(days=366)).date()))
        nonsense = _send(socket, "choose_first", day="yesterday")
    assert value(turned, "period_problem") == "The last day lies before the first."
    assert value(too_long, "period_problem") == "A period has at most 366 days."
    assert value(nonsense, "period_problem") == "Give a date."
    assert [value(answer, "total") for answer in (turned, too_long, nonsense)] == [None, None, None]


def test_an_unknown_period_or_location_falls_back(worker: Worker, session_of: SessionOf, open_hours: list[str]) -> None:
    with _open(worker, session_of(Role.MANAGER)) as socket:
        socket.hydrate()
        _send(socket, "load")
        _send(socket, "choose_period", choice="this-week")
        assert value(_send(socket, "choose_period", choice="for ever"), "choice") == "last-4-weeks"
        answer = _send(socket, "choose_location", location_id=str(new_id()))
    assert value(answer, "location_id") in (None, EVERYWHERE)
    assert value(answer, "problem") in (None, "")

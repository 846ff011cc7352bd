"""The board's handlers at the websocket, with what its page would not send."""

from collections.abc import Callable, Iterator

import pytest

from app.infra import cookies
from app.state.board import BoardState
from app.state.board_booking import BookingState
from models.accounts import Role
from models.clinics import Clinic
from tests.builders import building, make_location
from tests.state.board_desk import FINDER, add_patient
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

BOARD, BOOKING = BoardState.get_full_name(), BookingState.get_full_name()
ANA = {"given_name": "Ana", "family_name": "Silva", "birth_date": "1980-02-29", "phone": "030 1234567"}


@pytest.fixture
def desk(worker: Worker, workplace: Clinic, session_of: Callable[[Role], str]) -> Iterator[RawSocket]:
    """A receptionist's tab at a clinic with one site."""
    with building() as session:
        make_location(session, clinic=workplace)
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as socket:
        socket.hydrate("/board")
        yield socket


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_an_address_at_the_end_of_the_calendar_shows_today(desk: RawSocket, day: str) -> None:
    answer = desk.call(f"{BOARD}.load", path=f"/board?day={day}")
    assert "Something went wrong" not in scripts(answer)
    assert value(answer, "is_today") is True


def test_no_patient_stays_on_the_page_when_the_pane_closes(desk: RawSocket) -> None:
    desk.call(f"{BOARD}.load", path="/board")
    assert value(add_patient(desk, ANA), "patient")["name"] == "Ana Silva"
    assert "Ana Silva" in str(value(desk.call(f"{FINDER}.search", purpose="board", text="Silva"), "matches"))
    answer = desk.call(f"{BOARD}.turn", way="next")
    assert (value(answer, "query"), value(answer, "matches")) == ("", [])
    assert value(answer, "patient")["name"] == ""

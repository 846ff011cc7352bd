"""A patient who is added with two quick presses, at the websocket: one is made, and stays who was taken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.infra import cookies
from app.state.arrivals_walk_in import WalkInState
from app.state.worklists_wish import WishState
from models.accounts import Role
from models.clinics import Clinic
from tests.builders import building, make_location
from tests.state.board_desk import BOOKING, FINDER
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, value

WALK_IN, WISH = WalkInState.get_full_name(), WishState.get_full_name()


@contextmanager
def desk(worker: Worker, workplace: Clinic, session: str, path: str) -> Iterator[RawSocket]:
    with building() as opened:
        make_location(opened, clinic=workplace)
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as socket:
        socket.hydrate(path)
        yield socket


@pytest.mark.parametrize(
    ("path", "purpose", "taker"),
    [("/board", "board", BOOKING), ("/arrivals", "walk-in", WALK_IN), ("/worklists", "waitlist", WISH)],
)
def test_a_patient_added_with_two_presses_stays_taken(
    worker: Worker, workplace: Clinic, session_of: Callable[[Role], str], path: str, purpose: str, taker: str
) -> None:
    form = {"given_name": "Dora", "family_name": f"Twice {purpose}", "birth_date": "1980-02-29", "phone": "030 5556667"}
    with desk(worker, workplace, session_of(Role.RECEPTIONIST), path) as page:
        page.call(f"{FINDER}.begin_new", path=path, purpose=purpose, is_new=True)
        page.call(f"{FINDER}.make", path=path, form=form)
        taken = page.call(f"{taker}.take_chosen", path=path)
        assert value(taken, "patient")["name"] == f"Dora Twice {purpose}"
        again = page.call(f"{FINDER}.make", path=path, form=form)
        assert value(again, "chosen")["id"] == ""
        # What the browser shows of it does not change.
        assert value(page.call(f"{taker}.take_chosen", path=path), "patient") is None

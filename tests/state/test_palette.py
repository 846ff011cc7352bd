"""The frame's server: an answer says what it answers; what was chosen is remembered, and never anybody's name."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from app.infra import cookies
from app.state.shell import MOST_RECENT, PALETTE, ShellState
from models.accounts import Role
from models.desk import Preference
from tests.builders import building
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, value

SHELL = ShellState.get_full_name()
Open = Callable[[Role], RawSocket]


@pytest.fixture
def open_tab(worker: Worker, session_of: Callable[[Role], str]) -> Open:
    def open_one(role: Role) -> RawSocket:
        cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(role)}"
        socket = RawSocket(worker.url, origin=worker.url, cookie=cookie).__enter__()
        socket.hydrate("/board")
        return socket

    return open_one


def test_what_was_used_last_stands_first_in_every_tab_of_the_user_and_in_nobody_elses(open_tab: Open) -> None:
    here = open_tab(Role.RECEPTIONIST)
    for command in ("walk-in", "new-patient", "walk-in"):
        answer = here.call(f"{SHELL}.used", path="/board", command=command)
    assert value(answer, "recent")[:2] == ["walk-in", "new-patient"]
    there, other = open_tab(Role.RECEPTIONIST), open_tab(Role.NURSE)
    assert value(there.call(f"{SHELL}.look", path="/board"), "recent")[:2] == ["walk-in", "new-patient"]
    assert value(other.call(f"{SHELL}.look", path="/board"), "recent") in (None, [])


def test_keys_of_one_letter_stay_off_in_every_tab_of_the_user_and_in_nobody_elses(open_tab: Open) -> None:
    here = open_tab(Role.RECEPTIONIST)
    assert value(here.call(f"{SHELL}.use_letters", path="/board", is_on=False), "has_letters") is False
    there, other = open_tab(Role.RECEPTIONIST), open_tab(Role.NURSE)
    assert value(there.call(f"{SHELL}.look", path="/board"), "has_letters") is False
    assert value(other.call(f"{SHELL}.look", path="/board"), "has_letters") in (None, True)
    assert value(there.call(f"{SHELL}.use_letters", path="/board", is_on=True), "has_letters") is True
    again = open_tab(Role.RECEPTIONIST)
    assert value(again.call(f"{SHELL}.look", path="/board"), "has_letters") in (None, True)


@pytest.mark.parametrize("text", ["q", "quays", " quays wharf "])
def test_every_answer_names_the_text_that_it_answers(open_tab: Open, text: str) -> None:
    tab = open_tab(Role.RECEPTIONIST)
    assert value(tab.call(f"{SHELL}.search", path="/board", text=text), "found")["asked"] == text.strip()


@pytest.mark.long
def test_only_so_many_are_remembered_and_nothing_that_is_no_name(open_tab: Open) -> None:
    tab = open_tab(Role.MANAGER)
    tab.call(f"{SHELL}.look", path="/board")
    for command in ("", " ", "x" * 500, *(f"command-{number}" for number in range(MOST_RECENT + 3))):
        answer = tab.call(f"{SHELL}.used", path="/board", command=command)
    assert value(answer, "recent") == [f"command-{number}" for number in range(MOST_RECENT + 2, 2, -1)]
    tab.call(f"{SHELL}.used", path="/board", command={"a": 1})
    with building() as session:
        kept = session.exec(select(Preference).where(col(Preference.name) == PALETTE)).all()
    assert all(set(one.value) == {"recent"} and len(one.value["recent"]) <= MOST_RECENT for one in kept)

"""Whoever is on the phone is found once: the board takes them along until they are booked, or let go."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.infra import cookies
from app.state.patient_booking import PatientBookingState
from models.accounts import Role
from models.appointments import AppointmentStatus
from models.clinics import Clinic
from models.patients import Patient
from tests.state.board_desk import (
    BOARD,
    BOOKING,
    FINDER,
    PANE,
    Place,
    add_patient,
    make_place,
    open_card,
    pick,
    show,
)
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, value

WANTED = PatientBookingState.get_full_name()


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def desk(worker: Worker, place: Place, session_of: Callable[[Role], str]) -> Iterator[RawSocket]:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as socket:
        socket.hydrate("/board")
        show(socket, place, place.tomorrow[0].starts_at)
        yield socket


def take(desk: RawSocket, patient: Patient) -> Any:
    """Come from a patient's file."""
    return desk.call(f"{WANTED}.book_for", patient_id=str(patient.id))


def new_patient(desk: RawSocket, given: str, family: str) -> str:
    """Make a file in place and return its id."""
    form = {"given_name": given, "family_name": family, "birth_date": "1980-02-29", "phone": ""}
    return str(value(add_patient(desk, form), "patient")["id"])


def booked_for(place: Place) -> list[object]:
    """Return who is booked at the place, and when."""
    return [(one.patient_id, one.starts_at) for one in place.all_stored()]


def test_another_time_is_chosen_for_the_same_caller(desk: RawSocket, place: Place) -> None:
    caller = place.patient("Ana Silva")
    take(desk, caller)
    assert value(pick(desk, place, place.tomorrow[0]), "patient")["id"] == str(caller.id)
    # Not sent again, as it has not changed.
    assert value(pick(desk, place, place.tomorrow[2]), "patient") is None
    desk.call(f"{BOOKING}.book")
    assert booked_for(place) == [(caller.id, place.tomorrow[2].starts_at)]


def test_who_comes_from_a_file_to_book_finds_nothing_else_open(desk: RawSocket, place: Place) -> None:
    open_card(desk, place.booked(place.tomorrow[1], name="Lucy Turner"))
    answer = take(desk, place.patient("Ana Silva"))
    assert (value(answer, "patient_name"), value(answer, "pane")) == ("Ana Silva", "")


def test_the_caller_is_taken_along_to_another_day_and_let_go_by_closing(desk: RawSocket, place: Place) -> None:
    take(desk, place.patient("Ana Silva"))
    pick(desk, place, place.tomorrow[0])
    assert value(desk.call(f"{BOARD}.turn", way="next"), "patient_name") == "Ana Silva"
    back = desk.call(f"{BOARD}.turn", way="previous")
    assert value(back, "patient_name") is None
    assert value(pick(desk, place, place.tomorrow[0]), "patient")["name"] == "Ana Silva"
    desk.call(f"{BOARD}.turn", way="next")
    assert value(desk.call(f"{PANE}.give_up"), "patient_name") == ""
    desk.call(f"{BOARD}.turn", way="previous")
    pick(desk, place, place.tomorrow[0])
    desk.call(f"{BOOKING}.book")
    assert booked_for(place) == []


def test_the_next_caller_does_not_get_what_was_begun_for_the_one_before(desk: RawSocket, place: Place) -> None:
    other = place.booked(*place.tomorrow[2:4], name="Bela Roth")
    take(desk, place.patient("Ana Silva"))
    pick(desk, place, place.tomorrow[0])
    open_card(desk, other)
    assert value(pick(desk, place, place.tomorrow[1]), "patient")["id"] == ""


@pytest.mark.parametrize("status", [AppointmentStatus.BOOKED, AppointmentStatus.NOSHOW])
def test_a_patient_is_booked_again_from_their_card(desk: RawSocket, place: Place, status: AppointmentStatus) -> None:
    visit = place.booked(*place.tomorrow[:2], status=status)
    open_card(desk, visit)
    answer = desk.call(f"{BOOKING}.book_again")
    assert (value(answer, "patient_name"), value(answer, "pane")) == ("Ana Silva", "")
    picked = pick(desk, place, place.tomorrow[2])
    assert value(picked, "patient")["id"] == str(visit.patient_id)
    desk.call(f"{BOOKING}.book")
    assert booked_for(place)[-1] == (visit.patient_id, place.tomorrow[2].starts_at)


def test_enter_takes_whom_all_that_was_typed_means(desk: RawSocket, place: Place) -> None:
    """Typing on and pressing Enter must not take the first of those who were found by the letters before."""
    family = place.clinic.id.hex[-8:].translate(str.maketrans("0123456789", "ghijklmnop"))
    first, meant = (new_patient(desk, given, family) for given in ("Aaron", "Zoe"))
    desk.call(f"{FINDER}.search", purpose="board", text=family)
    answer = desk.call(f"{FINDER}.choose_first", form={"query": f"{family} zoe"})
    assert value(answer, "chosen")["id"] == meant
    desk.call(f"{FINDER}.search", purpose="board", text=f"{family} aaron")
    # Two are meant by this: nobody is taken, both are shown.
    unclear = desk.call(f"{FINDER}.choose_first", form={"query": family})
    assert value(unclear, "chosen")["id"] == ""
    assert {one["id"] for one in value(unclear, "matches")} == {first, meant}

"""Undo on the page of arrivals at the websocket: whatever was done to a number, a walk-in or the waitlist."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlmodel import select

from app.infra import cookies
from app.infra.cache import cache
from app.infra.cache_keys import Kind, catalogue
from app.services.clock import utc_now
from app.state.arrivals import ArrivalsState
from app.state.arrivals_acts import ArrivalsActs
from app.state.arrivals_keys import KeyState
from app.state.arrivals_walk_in import WalkInState
from app.state.patient_finder import PatientFinder
from models.accounts import Role
from models.appointments import AppointmentStatus
from models.clinics import Clinic
from models.practitioners import Practitioner
from models.queue import QueueTicket
from models.waiting import WaitlistEntry
from tests import calls
from tests.builders import building, clerk_of, make_practitioner, make_room, make_schedule
from tests.state.board_desk import Place, make_place
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

ARRIVALS, ACTS, KEYS, WALK_IN, FINDER = (
    state.get_full_name() for state in (ArrivalsState, ArrivalsActs, KeyState, WalkInState, PatientFinder)
)
PATH = "/arrivals"


@pytest.fixture
def place(workplace: Clinic) -> Place:
    made = make_place(workplace)
    # It was not made through the product, which would have said so itself.
    cache().drop([catalogue(kind, workplace.id) for kind in (Kind.SERVICES, Kind.PRACTITIONERS, Kind.LOCATIONS)])
    return made


OpenTab = Callable[[str], AbstractContextManager[RawSocket]]


@pytest.fixture
def open_tab(worker: Worker, session_of: Callable[[Role], str], place: Place) -> OpenTab:
    @contextmanager
    def signed_in(token: str) -> Iterator[RawSocket]:
        """Sign in and open the page, in the tab with that token if it is known."""
        cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
        with RawSocket(worker.url, origin=worker.url, cookie=cookie, token=token) as socket:
            socket.hydrate(PATH)
            socket.call(f"{ARRIVALS}.load", path=f"{PATH}?location={place.location.id}")
            yield socket

    return signed_in


@pytest.fixture
def desk(open_tab: OpenTab) -> Iterator[RawSocket]:
    with open_tab("") as socket:
        yield socket


def undo(desk: RawSocket) -> str:
    """Press the key; return what was said."""
    return scripts(desk.call(f"{KEYS}.press_key", path=PATH, action="undo", of="", version=0))


def arrived(place: Place) -> QueueTicket:
    """Let somebody come; return their number's ticket."""
    visit = place.booked(*place.today[:2], name="Wanda Waits")
    calls.visit(clerk_of(place.clinic), "arrive", visit, now=utc_now())
    return ticket(place)


def ticket(place: Place) -> QueueTicket:
    with building() as session:
        return session.exec(select(QueueTicket).where(QueueTicket.location_id == place.location.id)).one()


def act(desk: RawSocket, action: str, place: Place, **more: Any) -> str:
    """Do one thing to the only number there is."""
    seen = ticket(place)
    asked = {"action": action, "of": str(seen.id), "version": seen.version, "press": 1, **more}
    return scripts(desk.call(f"{ACTS}.act", path=PATH, **asked))


def colleague_of(place: Place) -> Practitioner:
    with building() as session:
        colleague = make_practitioner(session, clinic=place.clinic, display_name="Dr Boris")
        make_schedule(session, clinic=place.clinic, practitioner=colleague, location=place.location)
    return colleague


@pytest.mark.long
def test_urgency_and_a_handing_over_are_taken_back(desk: RawSocket, place: Place) -> None:
    before = arrived(place)
    assert "Undo" in act(desk, "urgent", place)
    assert ticket(place).priority == 1
    assert "Undone for number" in undo(desk)
    assert ticket(place).priority == 0
    colleague = colleague_of(place)
    assert "Undo" in act(desk, "hand-over", place, more=str(colleague.id), press=2)
    assert ticket(place).practitioner_id == colleague.id
    assert "Undone for number" in undo(desk)
    assert ticket(place).practitioner_id == before.practitioner_id
    assert "There is nothing to undo here." in undo(desk)


def test_a_visit_that_was_done_by_a_slip_goes_on(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2], name="Wanda Waits")
    for verb in ("arrive", "check_in"):
        calls.visit(clerk_of(place.clinic), verb, visit, now=utc_now())
    asked = {"of": str(visit.id), "version": place.stored(visit).version, "press": 1}
    assert "Undo" in scripts(desk.call(f"{ACTS}.act", path=PATH, action="complete", **asked))
    assert place.stored(visit).status == AppointmentStatus.FULFILLED
    undo(desk)
    assert place.stored(visit).status == AppointmentStatus.CHECKED_IN


def test_who_was_brought_into_a_room_at_once_waits_as_before_the_press(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2], name="Wanda Waits")
    calls.visit(clerk_of(place.clinic), "arrive", visit, now=utc_now())
    asked = {"action": "room", "of": str(visit.id), "version": place.stored(visit).version, "press": 1}
    for _ in range(2):
        desk.call(f"{ACTS}.act", path=PATH, **asked)
    assert (place.stored(visit).status, ticket(place).state) == (AppointmentStatus.CHECKED_IN, "in-room")
    assert "Undone for number" in undo(desk)
    assert (place.stored(visit).status, ticket(place).state) == (AppointmentStatus.ARRIVED, "waiting")


def test_who_was_moved_to_another_room_is_in_the_former_one_or_waits_at_once(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2], name="Wanda Waits")
    calls.visit(clerk_of(place.clinic), "arrive", visit, now=utc_now())
    with building() as session:
        rooms = [make_room(session, location=place.location) for _ in range(2)]

    def press(number: int, action: str, more: str = "") -> None:
        asked = {"of": str(visit.id), "version": place.stored(visit).version, "press": number, "more": more}
        desk.call(f"{ACTS}.act", path=PATH, action=action, **asked)

    for number, room in enumerate(rooms, 1):
        press(number, "room", str(room.id))
    assert place.stored(visit).room_id == rooms[1].id
    assert "Undone for number" in undo(desk)
    assert (place.stored(visit).room_id, ticket(place).room_id) == (rooms[0].id, rooms[0].id)
    assert ticket(place).state == "in-room"
    press(3, "room", str(rooms[1].id))
    press(4, "leave-room")
    assert (place.stored(visit).roomed_at, ticket(place).state) == (None, "waiting")


def test_the_first_press_after_signing_in_again_is_another_one(open_tab: OpenTab, place: Place) -> None:
    visits = [place.booked(*place.today[:2]), place.booked(*place.today[2:], name="Wanda Waits")]
    token = ""
    for visit in visits:
        with open_tab(token) as desk:
            token = desk.token
            asked = {"action": "arrive", "of": str(visit.id), "version": visit.version, "press": 1}
            assert "has arrived" in scripts(desk.call(f"{ACTS}.act", path=PATH, **asked))
    assert [one.status for one in place.all_stored()] == [AppointmentStatus.ARRIVED] * 2


@pytest.mark.long
def test_a_call_and_an_arrival_are_taken_back(desk: RawSocket, place: Place) -> None:
    arrived(place)
    act(desk, "call", place)
    assert ticket(place).state == "called"
    undo(desk)
    assert ticket(place).state == "waiting"
    # To call once more changes nothing that could be taken back.
    act(desk, "call", place, press=2)
    assert "Undo" not in act(desk, "recall", place, press=3)
    assert "There is nothing to undo here." in undo(desk)


def test_a_walk_in_who_was_let_in_by_mistake_is_let_go_of(desk: RawSocket, place: Place) -> None:
    walk_in(desk, place)
    let_in = scripts(desk.call(f"{WALK_IN}.let_in", path=PATH, press=1))
    assert "has number" in let_in
    assert [one.status for one in place.all_stored()] == ["arrived"]
    assert "Undone for number" in undo(desk)
    assert [one.status for one in place.all_stored()] == ["cancelled"]


def test_who_was_put_on_the_waitlist_is_taken_off(desk: RawSocket, place: Place) -> None:
    walk_in(desk, place)
    # Also who is put on it once more within the minute.
    for _ in range(2):
        assert "Undo" in scripts(desk.call(f"{WALK_IN}.put_on_waitlist", path=PATH))
        assert "waiting" in entries(place)
        assert "off the waitlist again" in undo(desk)
        assert "waiting" not in entries(place)
        desk.call(f"{WALK_IN}.take_chosen", path=PATH)


def walk_in(desk: RawSocket, place: Place) -> None:
    """Fill the walk-in's dialog for somebody new."""
    desk.call(f"{WALK_IN}.begin", path=PATH)
    desk.call(f"{WALK_IN}.choose_service", path=PATH, service_id=str(place.service.id))
    desk.call(f"{FINDER}.begin_new", path=PATH, purpose="walk-in", is_new=True)
    form = {"given_name": "Wanda", "family_name": "Walks", "birth_date": "1980-02-03", "phone": "+49 30 901820"}
    made = desk.call(f"{FINDER}.make", path=PATH, form=form)
    if not value(made, "chosen")["id"]:
        desk.call(f"{FINDER}.make_anyway", path=PATH)
    desk.call(f"{WALK_IN}.take_chosen", path=PATH)


def entries(place: Place) -> list[str]:
    with building() as session:
        asked = select(WaitlistEntry).where(WaitlistEntry.service_id == place.service.id)
        return [one.status.value for one in session.exec(asked)]

"""The close and the shell at the websocket: what they show, to whom, and what an invented payload does."""

from collections.abc import Callable, Iterator

import pytest
from sqlmodel import col, delete, select

from app.infra import cookies
from app.infra.cache import cache
from app.infra.cache_keys import Kind, catalogue
from app.services.clock import utc_now
from app.state.close import CloseState
from app.state.close_undo import CloseUndoState
from app.state.lock import LockState
from app.state.offline import OfflineState
from app.state.shell import ShellState
from models.accounts import Role
from models.appointments import AppointmentStatus
from models.base import new_id
from models.clinics import Clinic, Location
from models.desk import DayClose
from tests.builders import building, make_location, make_practitioner
from tests.state.board_desk import make_place
from tests.state.conftest import PASSWORD, Worker
from tests.state.raw_socket import RawSocket, scripts, value

CLOSE, SHELL = CloseState.get_full_name(), ShellState.get_full_name()
UNDO = CloseUndoState.get_full_name()
LOCK, OFFLINE = LockState.get_full_name(), OfflineState.get_full_name()
SessionOf = Callable[[Role], str]
Open = Callable[[Role], RawSocket]


@pytest.fixture
def site(workplace: Clinic) -> Location:
    with building() as session:
        make_practitioner(session, clinic=workplace, display_name="Dr Quayside")
        place = make_location(session, clinic=workplace)
    # Other tests of this clinic may have had its lists kept.
    cache().drop([catalogue(kind, workplace.id) for kind in (Kind.PRACTITIONERS, Kind.LOCATIONS)])
    return place


@pytest.fixture
def open_page(worker: Worker, session_of: SessionOf) -> Iterator[Open]:
    opened: list[RawSocket] = []

    def open_one(role: Role) -> RawSocket:
        pairs = {cookies.SESSION: session_of(role), cookies.BROWSER: "a-browser"}
        cookie = "; ".join(f"{cookies.cookie_name(base, secure=True)}={text}" for base, text in pairs.items())
        socket = RawSocket(worker.url, origin=worker.url, cookie=cookie).__enter__()
        opened.append(socket)
        socket.hydrate("/close")
        return socket

    yield open_one
    for socket in opened:
        socket.close()


def test_a_desk_closes_a_day_and_only_a_lead_opens_it_again(open_page: Open, site: Location) -> None:
    desk = open_page(Role.RECEPTIONIST)
    desk.call(f"{CLOSE}.load", path="/close")
    desk.call(f"{CLOSE}.choose_place", path="/close", location_id=str(site.id))
    closed = desk.call(f"{CLOSE}.close", path="/close")
    assert value(closed, "closed_by") == "A receptionist"
    assert "Your role does not permit this." in scripts(desk.call(f"{CLOSE}.reopen", path="/close"))
    lead = open_page(Role.MANAGER)
    lead.call(f"{CLOSE}.load", path="/close")
    assert value(lead.call(f"{CLOSE}.choose_place", path="/close", location_id=str(site.id)), "closed_at")
    assert value(lead.call(f"{CLOSE}.reopen", path="/close"), "closed_at") == ""
    with building() as session:
        found = session.exec(select(DayClose).where(DayClose.location_id == site.id)).all()
    assert [one.reopened_by is not None for one in found] == [True]


def test_a_lead_takes_back_a_close_and_a_desk_is_offered_no_way_back(open_page: Open, site: Location) -> None:
    for role, is_offered in ((Role.RECEPTIONIST, False), (Role.MANAGER, True)):
        with building() as session:
            session.exec(delete(DayClose).where(col(DayClose.location_id) == site.id))
        page = open_page(role)
        page.call(f"{CLOSE}.load", path="/close")
        page.call(f"{CLOSE}.choose_place", path="/close", location_id=str(site.id))
        closed = scripts(page.call(f"{CLOSE}.close", path="/close"))
        assert ("The day is closed." in closed, "Undo" in closed) == (True, is_offered)
    assert value(page.call(f"{UNDO}.undo", path="/close"), "closed_at") == ""
    assert "There is nothing to undo here." in scripts(page.call(f"{UNDO}.undo", path="/close"))
    page.call(f"{CLOSE}.close", path="/close")
    page.call(f"{CLOSE}.reopen", path="/close")
    assert value(page.call(f"{UNDO}.undo", path="/close"), "closed_at")


def test_an_opening_is_not_taken_back_over_what_was_changed_since(open_page: Open, workplace: Clinic) -> None:
    place = make_place(workplace)
    page = open_page(Role.MANAGER)
    page.call(f"{CLOSE}.load", path="/close")
    page.call(f"{CLOSE}.choose_place", path="/close", location_id=str(place.location.id))
    page.call(f"{CLOSE}.close", path="/close")
    page.call(f"{CLOSE}.reopen", path="/close")
    place.booked(*place.today[:2])
    assert "stays open" in scripts(page.call(f"{UNDO}.undo", path="/close"))
    assert value(page.call(f"{CLOSE}.choose_place", path="/close", location_id=str(place.location.id)), "count") == 1


def test_a_close_is_taken_back_by_whose_it_is_and_only_while_it_stands(open_page: Open, site: Location) -> None:
    first, other = open_page(Role.MANAGER), open_page(Role.MANAGER)
    for page in (first, other):
        page.call(f"{CLOSE}.load", path="/close")
        page.call(f"{CLOSE}.choose_place", path="/close", location_id=str(site.id))
    assert "Undo" in scripts(first.call(f"{CLOSE}.close", path="/close"))
    # It was closed already: there is nothing of theirs to take back.
    assert "Undo" not in scripts(other.call(f"{CLOSE}.close", path="/close"))
    other.call(f"{CLOSE}.reopen", path="/close")
    other.call(f"{CLOSE}.close", path="/close")
    assert "opened this day again meanwhile" in scripts(first.call(f"{UNDO}.undo", path="/close"))
    assert value(other.call(f"{UNDO}.undo", path="/close"), "closed_at") == ""


def test_what_was_done_is_said_and_taken_back_also_where_the_day_cannot_be_read_again(
    open_page: Open, workplace: Clinic
) -> None:
    place = make_place(workplace)
    visit = place.booked(*place.today[:2], status=AppointmentStatus.ARRIVED, arrived_at=utc_now())
    desk = open_page(Role.RECEPTIONIST)
    desk.call(f"{CLOSE}.load", path="/close")
    desk.call(f"{CLOSE}.choose_place", path="/close", location_id=str(place.location.id))
    assert "error" in scripts(desk.call(f"{CLOSE}.choose_place", path="/close", location_id=str(new_id())))
    ended = scripts(desk.call(f"{CLOSE}.settle", path="/close", item_id=str(visit.id), outcome="left"))
    assert ("Closed: {closed}." in ended, "Undo" in ended, "error" in ended) == (True, True, True)
    assert "is open again" in scripts(desk.call(f"{UNDO}.undo", path="/close"))


@pytest.mark.parametrize(
    ("outcome", "reached", "back"), [("left", "cancelled", "booked"), ("done", "fulfilled", "arrived")]
)
def test_an_outcome_is_taken_back_from_its_notice_by_the_desk_that_gave_it(
    open_page: Open, workplace: Clinic, outcome: str, reached: str, back: str
) -> None:
    place = make_place(workplace)
    visit = place.booked(*place.today[:2], status=AppointmentStatus.ARRIVED, arrived_at=utc_now())
    desk = open_page(Role.RECEPTIONIST)
    desk.call(f"{CLOSE}.load", path="/close")
    desk.call(f"{CLOSE}.choose_place", path="/close", location_id=str(place.location.id))
    ended = desk.call(f"{CLOSE}.settle", path="/close", item_id=str(visit.id), outcome=outcome)
    assert "Undo" in scripts(ended)
    assert place.stored(visit).status == reached
    assert "is open again" in scripts(desk.call(f"{UNDO}.undo", path="/close"))
    assert place.stored(visit).status == back


@pytest.mark.parametrize("handler", ["load", "close", "settle_all", "choose_day"])
def test_who_may_not_close_calls_no_handler_of_it(open_page: Open, handler: str) -> None:
    payload = {"day": "2027-01-05"} if handler == "choose_day" else {}
    answer = open_page(Role.NURSE).call(f"{CLOSE}.{handler}", path="/close", **payload)
    assert "Your role does not permit this." in scripts(answer)


def test_invented_values_are_refused_in_words(open_page: Open) -> None:
    desk = open_page(Role.RECEPTIONIST)
    desk.call(f"{CLOSE}.load", path="/close")
    for name, payload in {
        "settle": {"item_id": "x", "outcome": "send-again"},
        "choose_place": {"location_id": "x"},
    }.items():
        assert "This does not exist." in scripts(desk.call(f"{CLOSE}.{name}", path="/close", **payload))
    settled = desk.call(f"{CLOSE}.settle", path="/close", item_id="x", outcome="fulfilled")
    assert "This is not possible." in scripts(settled)


def test_the_search_finds_practitioners_and_forgets_them_with_the_field(open_page: Open, site: Location) -> None:
    desk = open_page(Role.RECEPTIONIST)
    found = value(desk.call(f"{SHELL}.search", path="/close", text="quays"), "found")
    assert {one["title"] for one in found["items"]} == {"Dr Quayside"}
    assert value(desk.call(f"{SHELL}.search", path="/close", text=""), "found") == {"asked": "", "items": []}


def test_a_pin_is_set_with_the_password_and_typed_twice(open_page: Open) -> None:
    desk = open_page(Role.RECEPTIONIST)
    form = {"pin": "4071", "pin_again": "4072", "pin_password": PASSWORD}
    assert value(desk.call(f"{LOCK}.save", path="/close", form=form), "wrong_field") == "pin_again"
    form |= {"pin_again": "4071", "pin_password": "not it"}
    assert value(desk.call(f"{LOCK}.save", path="/close", form=form), "wrong_field") == "pin_password"
    saved = desk.call(f"{LOCK}.save", path="/close", form={**form, "pin_password": PASSWORD})
    assert "Your PIN is set." in scripts(saved)


def test_a_passphrase_is_for_leads(open_page: Open, site: Location) -> None:
    form = {"passphrase": "nine lamps over the quay", "passphrase_again": "nine lamps over the quay"}
    asked = {"location_id": str(site.id), "form": form}
    assert "Your role does not permit this." in scripts(
        open_page(Role.RECEPTIONIST).call(f"{OFFLINE}.save", path="/close", **asked)
    )
    assert "The passphrase is set." in scripts(open_page(Role.MANAGER).call(f"{OFFLINE}.save", path="/close", **asked))

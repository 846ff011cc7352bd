"""The calendars' handlers at the websocket: what a tab is sent, what follows of itself, and what a stranger sends."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.infra import cookies
from app.services.clock import utc_now
from app.state.calendar import EVERYWHERE, CalendarState
from app.state.calendar_keys import CalendarKeyState
from app.state.calendar_move import CalendarMoveState
from app.state.mini_month import MiniMonthState
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic
from tests.state.board_desk import MOVING, Place, make_place
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

CALENDAR, MOVE, MONTH, KEYS = (
    state.get_full_name() for state in (CalendarState, CalendarMoveState, MiniMonthState, CalendarKeyState)
)
SessionOf = Callable[[Role], str]


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def open_tab(worker: Worker, session_of: SessionOf) -> Iterator[Callable[[], RawSocket]]:
    """Open tabs of a receptionist."""
    opened = []

    def open_one() -> RawSocket:
        cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
        socket = RawSocket(worker.url, origin=worker.url, cookie=cookie).__enter__()
        socket.hydrate("/calendar")
        opened.append(socket)
        return socket

    yield open_one
    for one in opened:
        one.close()


def show(tab: RawSocket, place: Place, view: str, **query: str) -> dict[str, Any]:
    more = "".join(f"&{name}={text}" for name, text in query.items())
    return tab.call(f"{CALENDAR}.load", path=f"/calendar?view={view}&location={place.location.id}{more}")


def sent(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the message that was pushed into the tab."""
    message = value(answer, "message")
    assert message is not None
    return dict(message)


def wall_of(instant: datetime) -> str:
    """Return what the place's clock shows, which goes by UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="minutes")


def test_a_week_holds_its_visits_and_what_another_desk_books_follows(
    open_tab: Callable[[], RawSocket], place: Place
) -> None:
    day = place.tomorrow[0].starts_at.date().isoformat()
    visit = place.booked(*place.tomorrow[:2], name="Ana Silva")
    tab, other = open_tab(), open_tab()
    message = sent(show(tab, place, "week", day=day))
    assert message["kind"] == "cards"
    assert [card[5] for card in message["days"][day]] == ["Ana Silva"]
    show(other, place, "week", day=day)
    other.call(f"{MOVE}.drop", card_id=str(visit.id), wall=wall_of(place.tomorrow[2].starts_at))
    other.call(f"{MOVING}.move")
    news = sent(tab.listen(5))
    assert news["span"] == message["span"]
    assert [card[2] for card in news["days"][day]] == [wall_of(place.tomorrow[2].starts_at)]


def test_a_month_is_sent_as_counts_without_any_name(open_tab: Callable[[], RawSocket], place: Place) -> None:
    day = place.tomorrow[0].starts_at.date().isoformat()
    place.booked(*place.tomorrow[:2], name="Ana Silva")
    message = sent(show(open_tab(), place, "month", day=day))
    assert message["kind"] == "counts"
    assert message["days"][day][1:] == [2, 4]
    assert "Silva" not in str(message)


def test_filter_view_and_place_are_the_same_in_another_tab_of_the_user(
    open_tab: Callable[[], RawSocket], place: Place
) -> None:
    tab = open_tab()
    show(tab, place, "list")
    tab.call(f"{CALENDAR}.only_person", practitioner_id=str(place.practitioner.id))
    answer = open_tab().call(f"{CALENDAR}.load", path="/calendar")
    assert (value(answer, "view"), value(answer, "location_id")) == ("list", str(place.location.id))
    assert value(answer, "is_filtered") is True
    cleared = tab.call(f"{CALENDAR}.show_everything")
    assert value(cleared, "is_filtered") is False


def test_a_card_dropped_on_a_free_time_waits_for_the_yes_and_on_a_taken_one_is_refused(
    open_tab: Callable[[], RawSocket], place: Place
) -> None:
    day = place.tomorrow[0].starts_at.date().isoformat()
    visit = place.booked(*place.tomorrow[:2], name="Ana Silva")
    tab = open_tab()
    show(tab, place, "week", day=day)
    wall = wall_of(place.tomorrow[2].starts_at)
    targets = value(tab.call(f"{MOVE}.aim", card_id=str(visit.id)), "targets")
    assert wall in targets["starts"]
    answer = tab.call(f"{MOVE}.drop", card_id=str(visit.id), wall=wall)
    assert value(answer, "pane") == "move"
    assert place.stored(visit).starts_at == place.tomorrow[0].starts_at
    tab.call(f"{MOVING}.move")
    assert place.stored(visit).starts_at == place.tomorrow[2].starts_at
    late = wall_of(place.tomorrow[3].starts_at + timedelta(hours=5))
    assert "no longer free" in scripts(tab.call(f"{MOVE}.drop", card_id=str(visit.id), wall=late))


def test_a_key_moves_the_card_turns_the_week_and_takes_back_what_was_done(
    open_tab: Callable[[], RawSocket], place: Place
) -> None:
    visit = place.booked(*place.tomorrow[:2])
    tab = open_tab()
    shown = value(show(tab, place, "week", day=str(visit.starts_at.date())), "first")
    tab.call(f"{KEYS}.press_key", action="move", of=str(visit.id), version=0)
    tab.call(f"{MOVE}.drop", card_id=str(visit.id), wall=wall_of(place.tomorrow[2].starts_at))
    tab.call(f"{MOVING}.move")
    assert place.stored(visit).slot_id == place.tomorrow[2].id
    tab.call(f"{KEYS}.press_key", action="undo", of="", version=0)
    assert place.stored(visit).slot_id == visit.slot_id
    later = tab.call(f"{KEYS}.press_key", action="next", of="", version=0)
    assert value(later, "first") > shown
    for action, of in (("x", ""), ("move", "x"), ("arrive", ""), ("undo", "x")):
        answer = tab.call(f"{KEYS}.press_key", action=action, of=of, version=0)
        assert "Something went wrong" not in scripts(answer)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("choose_day", {"day": "9999-12-31"}),
        ("choose_day", {"day": {"a": 1}}),
        ("choose_place", {"location_id": "x"}),
        ("choose_view", {"view": "year"}),
        ("filter_person", {"practitioner_id": "'; drop"}),
        ("filter_service", {"service_id": 7}),
        ("open_day", {"day": "no day"}),
        ("turn", {"way": "sideways"}),
    ],
)
def test_nonsense_fails_nothing(
    open_tab: Callable[[], RawSocket], place: Place, name: str, payload: dict[str, Any]
) -> None:
    tab = open_tab()
    show(tab, place, "week")
    assert "Something went wrong" not in scripts(tab.call(f"{CALENDAR}.{name}", **payload))
    tab.call(f"{CALENDAR}.show_everything")


def test_whose_days_the_search_asks_for_is_kept_for_no_other_page(
    open_tab: Callable[[], RawSocket], place: Place
) -> None:
    tab = open_tab()
    show(tab, place, "week")
    asked = tab.call(f"{CALENDAR}.load", path=f"/calendar?practitioner={new_id()}")
    assert (value(asked, "is_filtered"), value(asked, "location_id")) == (True, EVERYWHERE)
    # Another view of theirs is still theirs.
    tab.call(f"{CALENDAR}.choose_view", path="/calendar", view="list")
    back = show(tab, place, "week")
    assert (value(back, "is_filtered"), value(back, "looked_at")) == (False, "")
    later = open_tab().call(f"{CALENDAR}.load", path="/calendar?view=week")
    assert value(later, "location_id") == str(place.location.id)
    assert not value(later, "is_filtered")


def test_a_filter_chosen_among_the_days_of_one_is_kept(open_tab: Callable[[], RawSocket], place: Place) -> None:
    tab, one, other = open_tab(), str(new_id()), str(new_id())
    tab.call(f"{CALENDAR}.load", path=f"/calendar?practitioner={one}")
    tab.call(f"{CALENDAR}.filter_person", path="/calendar", practitioner_id=other)
    assert value(show(open_tab(), place, "week"), "is_filtered") is True
    tab.call(f"{CALENDAR}.show_everything", path="/calendar")
    assert not value(show(open_tab(), place, "week"), "is_filtered")


def test_the_same_days_asked_for_once_more_are_shown_once_more(open_tab: Callable[[], RawSocket], place: Place) -> None:
    tab, path = open_tab(), f"/calendar?practitioner={(one := str(new_id()))}&day=2031-03-05"
    for _ in range(2):
        asked = tab.call(f"{CALENDAR}.load", path=path)
        assert (value(asked, "looked_at"), value(asked, "day")) == (one, "2031-03-05")
        left = tab.call(f"{CALENDAR}.show_everything", path=path)
        assert value(left, "looked_at") == ""
        tab.call(f"{CALENDAR}.turn", path=path, way="next")
    # What the browser missed is no wish of the reader's.
    assert value(tab.call(f"{CALENDAR}.resend", path=path), "day") == "2031-03-12"


def test_whoever_comes_back_over_a_new_line_stays_where_they_went(
    worker: Worker, session_of: SessionOf, place: Place
) -> None:
    path = f"/calendar?view=week&day=2031-03-05&location={place.location.id}"
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session_of(Role.RECEPTIONIST)}"
    with RawSocket(worker.url, origin=worker.url, cookie=cookie) as tab:
        tab.hydrate(path)
        assert value(tab.call(f"{CALENDAR}.load", path=path), "day") == "2031-03-05"
        turned = tab.call(f"{CALENDAR}.turn", path=path, way="next")
    with RawSocket(worker.url, origin=worker.url, cookie=cookie, token=tab.token) as again:
        # The page is loaded with it.
        assert value(again.hydrate(path), "first") == value(turned, "first")
        # What is asked for over the new line is a wish again.
        assert value(again.call(f"{CALENDAR}.load", path=path), "day") == "2031-03-05"


@pytest.mark.parametrize("way_out", ["filter_person", "show_everything"])
def test_a_look_at_one_ends_and_what_was_chosen_before_is_there_again(
    open_tab: Callable[[], RawSocket], place: Place, way_out: str
) -> None:
    tab, one = open_tab(), str(new_id())
    show(tab, place, "week")
    tab.call(f"{CALENDAR}.only_person", practitioner_id=str(place.practitioner.id))
    tab.call(f"{CALENDAR}.load", path=f"/calendar?practitioner={one}")
    payload = {"practitioner_id": one} if way_out == "filter_person" else {}
    ended = tab.call(f"{CALENDAR}.{way_out}", path="/calendar", **payload)
    assert (value(ended, "looked_at"), value(ended, "location_id")) == ("", str(place.location.id))
    for shown in (ended, open_tab().call(f"{CALENDAR}.load", path="/calendar")):
        people = [one["id"] for one in value(shown, "people") if one["is_shown"]]
        assert people == [str(place.practitioner.id)]
    tab.call(f"{CALENDAR}.show_everything", path="/calendar")


def test_all_locations_are_left_with_the_look_that_showed_them(open_tab: Callable[[], RawSocket], place: Place) -> None:
    tab = open_tab()
    show(tab, place, "week")
    assert value(tab.call(f"{CALENDAR}.load", path=f"/calendar?practitioner={new_id()}"), "location_id") == EVERYWHERE
    more = tab.call(f"{CALENDAR}.filter_person", path="/calendar", practitioner_id=str(place.practitioner.id))
    assert (value(more, "looked_at"), value(more, "location_id")) == ("", str(place.location.id))
    assert value(open_tab().call(f"{CALENDAR}.load", path="/calendar"), "location_id") == str(place.location.id)
    tab.call(f"{CALENDAR}.show_everything", path="/calendar")


def test_a_practitioner_that_is_none_filters_nothing(open_tab: Callable[[], RawSocket], place: Place) -> None:
    assert not value(show(open_tab(), place, "week", practitioner="'; drop"), "is_filtered")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x", ""])
def test_the_mini_month_bears_any_day(open_tab: Callable[[], RawSocket], place: Place, day: str) -> None:
    answer = open_tab().call(f"{MONTH}.open", is_open=True, day=day, location=str(place.location.id))
    assert "Something went wrong" not in scripts(answer)


def test_the_mini_month_counts_each_day(open_tab: Callable[[], RawSocket], place: Place) -> None:
    place.booked(*place.tomorrow[:2])
    day = place.tomorrow[0].starts_at.date().isoformat()
    answer = open_tab().call(f"{MONTH}.open", is_open=True, day=day, location=str(place.location.id))
    assert value(answer, "counts")[day] == [1, 2, 4]
    assert value(answer, "today") == utc_now().date().isoformat()

"""A visit's steps, its room, undo and keys at the websocket, with what the page would not send."""

from collections.abc import Callable, Iterator

import pytest

from app.infra import cookies
from app.state.board_visit import CHOOSE_FIRST, NOT_NOW
from models.accounts import Role
from models.appointments import AppointmentStatus
from models.clinics import Clinic
from tests.builders import building, make_room
from tests.state.board_desk import BOARD, BOOKING, MOVING, PANE, VISIT, Place, make_place, open_card, show
from tests.state.conftest import Worker
from tests.state.raw_socket import RawSocket, scripts, value

SessionOf = Callable[[Role], str]


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


def tab(worker: Worker, session: str, *, token: str = "") -> RawSocket:
    cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={session}"
    return RawSocket(worker.url, origin=worker.url, cookie=cookie, token=token)


@pytest.fixture
def desk(worker: Worker, place: Place, session_of: SessionOf) -> Iterator[RawSocket]:
    with tab(worker, session_of(Role.RECEPTIONIST)) as socket:
        socket.hydrate("/board")
        show(socket, place, place.today[0].starts_at)
        yield socket


def test_a_visit_is_led_through_the_clinic_and_each_step_can_be_undone(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2])
    assert open_card(desk, visit)["next"] == "arrive"
    answer = desk.call(f"{VISIT}.lead", wanted="arrive", version=visit.version, clicks=1)
    assert "{patient} has arrived." in scripts(answer)
    assert "undo" in scripts(answer)
    assert value(answer, "visit")["next"] == "check-in"
    assert place.stored(visit).status == AppointmentStatus.ARRIVED
    assert value(desk.call(f"{PANE}.undo_last"), "visit")["status"] == "booked"
    assert place.stored(visit).arrived_at is None
    # Only once: what was taken back is not the last thing done any more.
    assert "There is nothing to undo here." in scripts(desk.call(f"{PANE}.undo_last"))


def test_a_room_is_chosen_out_of_those_that_are_free(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2], status=AppointmentStatus.CHECKED_IN)
    with building() as session:
        room = make_room(session, location=place.location, name="Blue room")
    shown = open_card(desk, visit)
    assert [one["name"] for one in shown["rooms"]] == ["Blue room"]
    # The next step asks for the room first; nobody is sent anywhere by a single press.
    lead = {"wanted": "enter-room", "version": visit.version, "clicks": 1}
    assert value(desk.call(f"{VISIT}.lead", **lead), "room_for") == str(visit.id)
    # One that arrives twice leaves the question open.
    assert value(desk.call(f"{VISIT}.lead", **lead), "room_for") != ""
    assert place.stored(visit).roomed_at is None
    assert value(desk.call(f"{VISIT}.choose_room", is_choosing=False), "room_for") == ""
    assert value(desk.call(f"{VISIT}.press", action="room", card_id=str(visit.id)), "room_for") == str(visit.id)
    answer = desk.call(f"{VISIT}.enter_room", room_id=str(room.id))
    assert (value(answer, "visit")["status"], value(answer, "visit")["room"]) == ("in-room", "Blue room")
    assert (place.stored(visit).room_id, place.stored(visit).roomed_at is not None) == (room.id, True)


def test_one_press_that_arrives_twice_takes_one_step(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2])
    seen = open_card(desk, visit)
    lead = {"wanted": seen["next"], "version": seen["version"]}
    shown = value(desk.call(f"{VISIT}.lead", **lead, clicks=1), "visit")
    # The second was sent before its page saw what became of the first, or on what stands there now.
    for late in (lead, {"wanted": shown["next"], "version": shown["version"]}):
        assert scripts(desk.call(f"{VISIT}.lead", **late, clicks=2)) == "[]"
    desk.call(f"{VISIT}.lead", **lead, clicks=0)
    assert place.stored(visit).status == AppointmentStatus.ARRIVED


def test_keys_act_on_the_card_under_the_keyboard(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2])
    assert CHOOSE_FIRST in scripts(desk.call(f"{VISIT}.press", action="arrive", card_id=""))
    answer = desk.call(f"{VISIT}.press", action="arrive", card_id=str(visit.id))
    assert value(answer, "visit")["status"] == "arrived"
    # Who is there is not moved, and has no room before being checked in.
    for action in ("move", "room", "arrive"):
        assert NOT_NOW in scripts(desk.call(f"{VISIT}.press", action=action, card_id=str(visit.id)))
    assert value(desk.call(f"{VISIT}.press", action="undo", card_id=""), "visit")["status"] == "booked"


def test_what_no_page_would_send_changes_nothing(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    open_card(desk, visit)
    for call, payload in (
        (f"{VISIT}.step", {"wanted": "arrive"}),
        (f"{VISIT}.step", {"wanted": "fulfilled"}),
        (f"{VISIT}.step", {"wanted": {"a": 1}}),
        (f"{VISIT}.enter_room", {"room_id": "x"}),
        (f"{VISIT}.press", {"action": "room", "card_id": "x"}),
        (f"{VISIT}.press", {"action": "delete", "card_id": str(visit.id)}),
    ):
        assert "Something went wrong" not in scripts(desk.call(call, **payload))
    assert place.stored(visit).version == visit.version


def test_an_undo_of_a_cancellation_is_refused_in_words_when_the_place_is_taken_again(
    desk: RawSocket, place: Place
) -> None:
    visit = place.booked(*place.tomorrow[:2])
    open_card(desk, visit)
    desk.call(f"{PANE}.ask_to_cancel", is_asking=True)
    assert value(desk.call(f"{BOOKING}.cancel"), "visit")["status"] == "cancelled"
    place.booked(*place.tomorrow[:2], name="Bo Lima")
    answer = desk.call(f"{PANE}.undo_last")
    assert "no longer free" in scripts(answer) or "already has" in scripts(answer)
    assert place.stored(visit).status == AppointmentStatus.CANCELLED


def test_the_history_says_who_did_what_and_follows_the_open_card(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.today[:2])
    open_card(desk, visit)
    desk.call(f"{VISIT}.step", wanted="arrive")
    (entry,) = value(desk.call(f"{PANE}.show_history", is_open=True), "entries")
    assert (entry["action"], entry["who"], entry["status"]) == ("arrive", "A receptionist", "arrived")
    entries = value(desk.call(f"{VISIT}.step", wanted="check-in"), "entries")
    assert [one["action"] for one in entries] == ["arrive", "check-in"]
    # Another card begins without; nothing of it stays on a page whose pane is closed.
    assert value(desk.call(f"{PANE}.give_up"), "entries") == []


def test_a_nurse_without_the_right_to_reopen_is_not_offered_to_undo_what_is_done(
    worker: Worker, place: Place, session_of: SessionOf
) -> None:
    visit = place.booked(*place.today[:2], status=AppointmentStatus.CHECKED_IN)
    with tab(worker, session_of(Role.NURSE)) as desk:
        desk.hydrate("/board")
        show(desk, place, place.today[0].starts_at)
        open_card(desk, visit)
        assert value(desk.call(f"{VISIT}.step", wanted="complete"), "visit")["steps"] == []
        desk.call(f"{VISIT}.step", wanted="undo")
        assert place.stored(visit).status == AppointmentStatus.FULFILLED
        # The notice's button takes a slip back in its first minutes.
        assert "Undone for" in scripts(desk.call(f"{PANE}.undo_last"))
    assert place.stored(visit).status == AppointmentStatus.CHECKED_IN


def test_a_line_that_comes_back_opens_no_card_that_the_reader_has_closed(
    worker: Worker, place: Place, session_of: SessionOf
) -> None:
    visit = place.booked(*place.tomorrow[:2])
    address = f"/board?location={place.location.id}&day={visit.starts_at.date()}&card={visit.id}"
    session = session_of(Role.RECEPTIONIST)
    with tab(worker, session) as lost:
        for _ in range(2):
            # Whoever goes there once more wants to see it once more.
            assert value(lost.call(f"{BOARD}.load", path=address), "visit")["id"] == str(visit.id)
            lost.call(f"{PANE}.give_up", path=address)
    with tab(worker, session, token=lost.token) as back:
        assert value(back.call(f"{BOARD}.load", path=address), "visit") is None


def test_a_card_that_is_taken_up_again_keeps_its_targets(desk: RawSocket, place: Place) -> None:
    visit = place.booked(*place.tomorrow[:2])
    show(desk, place, visit.starts_at)
    desk.call(f"{VISIT}.press", action="move", card_id=str(visit.id))
    aimed = value(desk.call(f"{MOVING}.aim", day_id=f"{place.location.id}/{visit.starts_at.date()}"), "targets")
    assert aimed["starts"]
    # Nothing on the day has changed, so the board does not ask where it may go once more.
    assert value(desk.call(f"{VISIT}.press", action="move", card_id=str(visit.id)), "targets") == aimed
    # Another card begins without any.
    other = place.booked(*place.tomorrow[2:4], name="Bela Roth")
    assert value(desk.call(f"{VISIT}.press", action="move", card_id=str(other.id)), "targets") == {}

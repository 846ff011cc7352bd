"""Taking back that somebody was taken off the waitlist: they wait again where they stood, unless they wait already."""

from uuid import UUID

import psycopg
import pytest

from app.errors import NotPermitted, StaleVersion, WaitlistEntryEnded
from app.services.booking.answer import request_key
from app.services.waitlist import rejoin as rejoining
from tests.builders import NOW, guest_of
from tests.services.waiting_room import Room, make_room, minutes

pytestmark = pytest.mark.usefixtures("database")


def withdrawn(room: Room) -> tuple[UUID, int]:
    """Take the first of two off the list; return the entry and the version that it got."""
    first = room.join(0, now=NOW)
    room.join(1, now=NOW + minutes(1))
    return first, room.withdraw(first, now=NOW + minutes(2)).body["version"]


def test_whoever_was_taken_off_waits_again_before_those_who_came_later() -> None:
    room = make_room(slots=1)
    first, version = withdrawn(room)
    body = room.rejoin(first, version=version, now=NOW + minutes(3)).body
    assert (body["status"], body["version"]) == ("waiting", version + 1)
    assert room.audited(first) == ["waitlist-join", "waitlist-withdraw", "waitlist-rejoin"]
    room.tick(now=NOW + minutes(4))
    assert room.only_offer()[1] == first


def test_what_was_held_for_them_stays_given_back() -> None:
    room = make_room(slots=1)
    entry = room.join(0)
    room.tick()
    version = room.withdraw(entry, now=NOW + minutes(1)).body["version"]
    room.rejoin(entry, version=version, now=NOW + minutes(2))
    assert room.offers() == []
    assert room.appointments("pending") == []
    assert room.statuses() == {entry: "waiting"}


def test_the_same_request_twice_is_one_step() -> None:
    room = make_room(slots=1)
    first, version = withdrawn(room)
    key = request_key(room.clerk, method="POST", path="/rejoin", key="once", body=1)
    again = [room.rejoin(first, version=version, key=key).body for _ in range(2)]
    assert again[0] == again[1]
    assert room.audited(first).count("waitlist-rejoin") == 1


def test_only_what_was_withdrawn_and_is_as_it_was_seen_comes_back() -> None:
    room = make_room(slots=1)
    waiting = room.join(2)
    with pytest.raises(WaitlistEntryEnded):
        room.rejoin(waiting)
    first, version = withdrawn(room)
    with pytest.raises(StaleVersion):
        room.rejoin(first, version=version - 1)
    with pytest.raises(NotPermitted):
        room.rejoin(first, by=guest_of(room.clinic_id))
    assert room.statuses()[first] == "withdrawn"


def test_who_has_made_the_same_wish_again_keeps_the_newer_one() -> None:
    room = make_room(slots=1)
    first, version = withdrawn(room)
    newer = room.join(0, now=NOW + minutes(3))
    with pytest.raises(WaitlistEntryEnded):
        room.rejoin(first, version=version)
    assert (room.statuses()[first], room.statuses()[newer]) == ("withdrawn", "waiting")


def test_control_without_the_look_for_a_newer_wish_only_the_database_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejoining, "standing_entry", lambda *_, **__: None)
    room = make_room(slots=1)
    first, version = withdrawn(room)
    room.join(0, now=NOW + minutes(3))
    with pytest.raises(psycopg.IntegrityError):
        room.rejoin(first, version=version)

"""The waiting room's display and who runs late: numbers and rooms, opened by a key, and nothing for a wrong one."""

import base64
from dataclasses import astuple
from datetime import datetime

import pytest

from app.errors import DisplayNotFound, InvalidField, NotPermitted
from app.services.queue.call import call
from app.services.queue.display import Call, Wall, make_display, open_display, read_wall
from app.services.queue.late import late_on, say_late, tell_late
from app.services.queue.recall import recall
from app.services.queue.undo import undo_queue
from models.accounts import Role, RoleGrant, User
from models.base import new_id
from models.db import rows, transaction
from models.practitioners import Practitioner
from models.principal import ActorKind, Principal
from tests.builders import NOW, building, make_practitioner, staff_of
from tests.services.queue_world import WaitingRoom, minutes, open_waiting_room

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def room() -> WaitingRoom:
    return open_waiting_room()


def key_of(room: WaitingRoom) -> str:
    with transaction(room.desk) as session:
        return make_display(session, room.desk, location_id=room.location.id, now=NOW)


def wall_of(key: str, *, now: datetime = NOW) -> Wall:
    display = open_display(key)
    with transaction(display.principal) as session:
        return read_wall(session, display.principal, place=display.place, now=now)


def test_the_display_shows_the_last_call_first_with_number_and_room(room: WaitingRoom) -> None:
    first, second = room.arrive(0, room_id=room.room.id), room.arrive(1)
    room.arrive(2)
    room.do(call, first, now=NOW + minutes(5))
    room.do(call, second, now=NOW + minutes(9))
    wall = wall_of(key_of(room), now=NOW + minutes(10))
    assert wall.calls == [Call(2, "", 1), Call(1, "Room 4", 1)]
    assert (wall.waiting, wall.wait) == (1, (5, 9))
    room.do(recall, first, now=NOW + minutes(11))
    assert wall_of(key_of(room), now=NOW + minutes(11)).calls[0] == Call(1, "Room 4", 2)
    room.do(undo_queue, second)
    assert [one.number for one in wall_of(key_of(room), now=NOW + minutes(12)).calls] == [1]


def test_nobody_called_lately_means_that_no_wait_is_told(room: WaitingRoom) -> None:
    room.do(call, room.arrive(0), now=NOW + minutes(5))
    assert wall_of(key_of(room), now=NOW + minutes(120)).wait is None


def test_the_display_holds_nobodys_name(room: WaitingRoom) -> None:
    room.do(call, room.arrive(0))
    with building() as session:
        practitioner = session.get_one(Practitioner, (room.clinic.id, room.schedule.practitioner_id))
    wall = wall_of(key_of(room))
    assert practitioner.display_name not in repr(astuple(wall))
    assert {type(value) for one in wall.calls for value in astuple(one)} <= {int, str}


def test_a_new_key_ends_the_old_one(room: WaitingRoom) -> None:
    old = key_of(room)
    assert open_display(old).place.id == room.location.id
    new = key_of(room)
    with pytest.raises(DisplayNotFound):
        open_display(old)
    assert open_display(new).place.id == room.location.id


def test_every_wrong_key_is_refused_alike(room: WaitingRoom) -> None:
    raw = base64.urlsafe_b64decode(key_of(room))
    other = open_waiting_room()
    swapped = other.clinic.id.bytes + other.location.id.bytes + raw[32:]
    never_made = new_id().bytes + new_id().bytes + raw[32:]
    wrong = [raw[:-1] + bytes([raw[-1] ^ 1]), swapped, never_made, raw[:-1], b""]
    said = set()
    for key in [*(base64.urlsafe_b64encode(one).decode() for one in wrong), "no key", "é" * 76]:
        with pytest.raises(DisplayNotFound) as refusal:
            open_display(key)
        said.add((str(refusal.value), repr(refusal.value.details)))
    assert len(said) == 1


def test_only_the_keys_hash_is_kept(room: WaitingRoom) -> None:
    key = key_of(room)
    with building() as session:
        asked = {"clinic_id": room.clinic.id}
        ((kept,),) = rows(session, "SELECT display_key_hash FROM locations WHERE clinic_id = %(clinic_id)s", asked)
    assert bytes(kept) not in base64.urlsafe_b64decode(key)


def test_only_the_locations_desk_makes_a_key(room: WaitingRoom) -> None:
    elsewhere = staff_of(room.clinic, location_ids=frozenset({new_id()}))
    reader = Principal(room.clinic.id, ActorKind.USER, "u", frozenset({"queue:read"}))
    for who in (elsewhere, reader):
        with transaction(who) as session, pytest.raises(NotPermitted):
            make_display(session, who, location_id=room.location.id, now=NOW)


def test_running_late_is_said_once_changed_and_taken_back(room: WaitingRoom) -> None:
    asked = {"practitioner_id": room.schedule.practitioner_id, "location_id": room.location.id, "now": NOW}
    heard = [tell_late(room.desk, minutes=count, **asked) for count in (20, 20, 35)]
    assert [one.is_news for one in heard] == [True, False, True]
    assert wall_of(key_of(room)).late_minutes == 35
    tell_late(room.desk, minutes=0, **asked)
    with transaction(room.desk) as session:
        assert late_on(session, room.clinic.id, location_id=room.location.id, day=heard[0].on_date) == {}


def test_a_practitioner_says_it_for_themselves_only(room: WaitingRoom) -> None:
    with building() as session:
        user = User(login=f"user-{new_id()}", display_name="Robin", password_hash="x", created_at=NOW)
        session.add(user)
        session.flush()
        grant = {"clinic_id": room.clinic.id, "user_id": user.id, "role": Role.PRACTITIONER}
        session.add(RoleGrant(**grant, practitioner_id=room.schedule.practitioner_id))
        other = make_practitioner(session, clinic=room.clinic)
    own = Principal(room.clinic.id, ActorKind.USER, str(user.id), frozenset({"own-day:read"}))
    asked = {"location_id": room.location.id, "minutes": 10, "now": NOW}
    with transaction(own) as session:
        assert say_late(session, own, practitioner_id=room.schedule.practitioner_id, **asked).is_news
        with pytest.raises(NotPermitted):
            say_late(session, own, practitioner_id=other.id, **asked)


@pytest.mark.parametrize("count", [-1, 601])
def test_nobody_is_late_by_less_than_nothing_or_more_than_a_day(room: WaitingRoom, count: int) -> None:
    with transaction(room.desk) as session, pytest.raises(InvalidField):
        say_late(
            session,
            room.desk,
            practitioner_id=room.schedule.practitioner_id,
            location_id=room.location.id,
            minutes=count,
            now=NOW,
        )

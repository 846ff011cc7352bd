"""Taking back at once what was done at once to a series: all members or none, and the refusal names who cannot."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from app.errors import AppointmentNotFound, ClinicError, InvalidTransition, NotPermitted, SeriesNotFound, StaleVersion
from app.services.booking import return_many
from app.services.booking.answer import Answer, Left, request_key, single_use_key
from app.services.booking.retry import attempt
from app.services.series.members import Reach, Scope
from app.services.series.undo import undo_series
from models.principal import Principal
from tests import calls
from tests.builders import NOW, guest_of
from tests.invariants import assert_sound, live_count
from tests.services.series_world import FIRST_ON, SeriesWorld

pytestmark = pytest.mark.usefixtures("database", "valkey")
A_WEEK = timedelta(weeks=1)
LATER = time(9, 30)


def undo(world: SeriesWorld, series: Answer, left: tuple[Left, ...], **more: Any) -> Answer:
    principal: Principal = more.get("principal", world.clerk)
    key, now = more.get("key") or single_use_key(principal, "series-undo"), more.get("now", NOW)
    about = {"series_id": UUID(series.body["id"]), "left": left, "key": key, "now": now}
    return attempt(principal, partial(undo_series, principal=principal, **about), key=key, now=now)


def member(series: Answer, number: int) -> UUID:
    return next(UUID(one["id"]) for one in series.body["appointments"] if one["series_number"] == number)


def stands(world: SeriesWorld, series: Answer) -> list[tuple[int, str, datetime]]:
    return world.appointments(series)


def refused(error: ClinicError) -> list[tuple[str, str]]:
    return [(one["appointment_id"], one["code"]) for one in error.details["refused"]]


def take_the_place_of(world: SeriesWorld, number: int) -> Answer:
    slot = world.slots[0, FIRST_ON + (number - 1) * A_WEEK][0]
    return calls.hold(world.clerk, slot, world.service, world.another_patient())


@pytest.mark.parametrize("scope", [Scope.ALL, Scope.FOLLOWING])
def test_a_cancelled_series_stands_again_as_it_stood(scope: Scope) -> None:
    world = SeriesWorld()
    series = world.book()
    before = stands(world, series)
    ended = world.cancel(series, reach=Reach(scope, member(series, 2)))
    answer = undo(world, series, ended.left)
    assert stands(world, series) == before
    assert {one["status"] for one in answer.body["appointments"]} == {"booked"}
    assert len(answer.body["appointments"]) == (4 if scope is Scope.ALL else 3)
    assert_sound(world.clinic.id)


def test_a_moved_series_stands_again_where_it_stood_also_with_another_practitioner() -> None:
    world = SeriesWorld()
    series = world.book()
    before = world.ask("SELECT id, slot_id FROM appointments WHERE clinic_id = %(clinic_id)s ORDER BY series_number")
    away = world.schedules[1].practitioner_id
    moved = world.move(series, reach=Reach(Scope.FOLLOWING, member(series, 2)), at=LATER, practitioner_id=away)
    undo(world, series, moved.left)
    after = world.ask("SELECT id, slot_id FROM appointments WHERE clinic_id = %(clinic_id)s ORDER BY series_number")
    assert after == before
    assert_sound(world.clinic.id)


def test_a_place_taken_meanwhile_leaves_all_cancelled_and_is_named() -> None:
    world = SeriesWorld()
    series = world.book()
    ended = world.cancel(series)
    take_the_place_of(world, 2)
    take_the_place_of(world, 4)
    with pytest.raises(ClinicError) as found:
        undo(world, series, ended.left)
    taken = [(str(member(series, number)), "slot-unavailable") for number in (2, 4)]
    assert refused(found.value) == taken
    assert [status for _, status, _ in stands(world, series)] == ["cancelled"] * 4
    others = tuple(one for one in ended.left if (str(one.appointment_id), "slot-unavailable") not in taken)
    undo(world, series, others)
    assert [status for _, status, _ in stands(world, series)] == ["booked", "cancelled", "booked", "cancelled"]
    assert_sound(world.clinic.id)


def test_a_place_taken_meanwhile_leaves_all_where_they_were_moved() -> None:
    world = SeriesWorld()
    series = world.book()
    moved = world.move(series, at=LATER)
    there = stands(world, series)
    take_the_place_of(world, 3)
    with pytest.raises(ClinicError) as found:
        undo(world, series, moved.left)
    assert refused(found.value) == [(str(member(series, 3)), "slot-unavailable")]
    assert stands(world, series) == there
    assert_sound(world.clinic.id)


def test_control_one_by_one_a_series_would_be_undone_by_halves() -> None:
    """Each by itself, as the board's Undo takes back one card: what all-or-none keeps from happening."""
    world = SeriesWorld()
    series = world.book()
    ended = world.cancel(series)
    take_the_place_of(world, 2)
    for place in ended.left:
        try:
            undo(world, series, (place,))
        except ClinicError:
            break
    assert [status for _, status, _ in stands(world, series)] == ["booked", "cancelled", "cancelled", "cancelled"]


def test_who_was_changed_since_is_named_beside_those_whose_place_is_gone() -> None:
    world = SeriesWorld()
    series = world.book()
    moved = world.move(series, at=LATER)
    world.cancel(series, reach=Reach(Scope.THIS, member(series, 1)))
    take_the_place_of(world, 3)
    with pytest.raises(StaleVersion) as found:
        undo(world, series, moved.left)
    assert refused(found.value) == [
        (str(member(series, 1)), "stale-version"),
        (str(member(series, 3)), "slot-unavailable"),
    ]


def test_control_without_the_version_a_later_change_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SeriesWorld()
    series = world.book()
    first = world.move(series, at=LATER)
    world.move(series, at=time(9, 45))
    read = return_many.require_visit
    with pytest.raises(StaleVersion):
        undo(world, series, first.left)
    monkeypatch.setattr(return_many, "require_visit", lambda *args, version, **more: read(*args, version=None, **more))
    undo(world, series, first.left)
    # What the colleague did between is gone without a word.
    assert {at.time() for _, _, at in stands(world, series)} == {time(9)}


def test_a_cancellation_is_undone_on_its_day_only() -> None:
    world = SeriesWorld()
    series = world.book()
    ended = world.cancel(series)
    with pytest.raises(InvalidTransition) as found:
        undo(world, series, ended.left, now=NOW + timedelta(days=1))
    assert len(refused(found.value)) == 4
    assert live_count(world.clinic.id) == 0


def test_the_same_key_undoes_once_and_strangers_may_not() -> None:
    world, other = SeriesWorld(), SeriesWorld()
    series = world.book()
    ended = world.cancel(series)
    with pytest.raises(NotPermitted):
        undo(world, series, ended.left, principal=guest_of(world.clinic))
    with pytest.raises(SeriesNotFound):
        undo(world, series, ended.left, principal=other.clerk)
    one_off = calls.hold(world.clerk, world.slots[1, FIRST_ON][2], world.service, world.another_patient())
    stranger = Left(UUID(one_off.body["id"]), 1, world.slots[1, FIRST_ON][2].id, NOW, "UTC")
    with pytest.raises(AppointmentNotFound):
        undo(world, series, (stranger,))
    key = request_key(world.clerk, method="POST", path="/series/x/undo", key="k", body={})
    first = undo(world, series, ended.left, key=key)
    assert undo(world, series, ended.left, key=key).body == first.body
    actions = world.ask(
        "SELECT action FROM audit_events WHERE clinic_id = %(clinic_id)s AND object_kind = 'series' ORDER BY at, id"
    )
    assert sorted(action for (action,) in actions) == ["book", "cancel", "undo"]

"""This, the following or all: what is to come of a series is cancelled or moved as one, what has begun stays."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.errors import (
    AppointmentNotFound,
    InvalidField,
    InvalidTransition,
    NotPermitted,
    SeriesConflicts,
    SeriesNotFound,
    StaleVersion,
)
from app.services.booking.answer import Answer, request_key
from app.services.queue.ticket import follow
from app.services.series import move
from app.services.series.cancel import plan_cancel
from app.services.series.members import Reach, Scope
from app.services.series.view import view_series
from models.appointments import Appointment
from models.appointments import AppointmentStatus as S
from models.base import new_id
from models.db import execute, transaction
from models.principal import Principal
from models.series import SeriesUnit
from tests import calls
from tests.builders import NOW, building, clerk_of, guest_of
from tests.invariants import assert_sound, live_count
from tests.services.series_world import FIRST_ON, SeriesWorld, weekly

pytestmark = pytest.mark.usefixtures("database", "valkey")
A_WEEK = timedelta(weeks=1)
A_QUARTER = time(9, 15)


def member(series: Answer, number: int) -> UUID:
    return next(UUID(one["id"]) for one in series.body["appointments"] if one["series_number"] == number)


def this(series: Answer, number: int) -> Reach:
    return Reach(Scope.THIS, member(series, number))


def following(series: Answer, number: int) -> Reach:
    return Reach(Scope.FOLLOWING, member(series, number))


def statuses(world: SeriesWorld, series: Answer) -> list[str]:
    return [status for _, status, _ in world.appointments(series)]


def times(world: SeriesWorld, series: Answer) -> list[str]:
    return [at.isoformat(timespec="minutes") for _, _, at in world.appointments(series)]


def put_into(world: SeriesWorld, appointment_id: UUID, status: str) -> None:
    with building() as session:
        asked = {"clinic_id": world.clinic.id, "id": appointment_id, "status": status}
        booked = session.get_one(Appointment, (world.clinic.id, appointment_id))
        follow(session, world.clinic.id, row=booked, after=S(status), now=NOW)
        change = "UPDATE appointments SET status = %(status)s WHERE clinic_id = %(clinic_id)s AND id = %(id)s"
        execute(session, change, asked)


def test_cancelling_one_leaves_the_others_and_gives_its_place_back() -> None:
    world = SeriesWorld()
    series = world.book()
    answer = world.cancel(series, reach=this(series, 2))
    assert [(one["series_number"], one["status"]) for one in answer.body["appointments"]] == [(2, "cancelled")]
    assert statuses(world, series) == ["booked", "cancelled", "booked", "booked"]
    calls.hold(world.clerk, world.slots[0, FIRST_ON + A_WEEK][0], world.service, world.another_patient())
    assert_sound(world.clinic.id)


def test_cancelling_the_following_leaves_the_earlier() -> None:
    world = SeriesWorld()
    series = world.book()
    world.cancel(series, reach=following(series, 3))
    assert statuses(world, series) == ["booked", "booked", "cancelled", "cancelled"]


def test_cancelling_all_leaves_what_has_begun_and_who_has_arrived() -> None:
    world = SeriesWorld()
    series = world.book()
    put_into(world, member(series, 2), "arrived")
    answer = world.cancel(series, now=NOW + timedelta(days=2))
    assert statuses(world, series) == ["booked", "arrived", "cancelled", "cancelled"]
    assert [(one["number"], one["status"]) for one in answer.body["left"]] == [(1, "booked"), (2, "arrived")]
    with pytest.raises(InvalidTransition):
        world.cancel(series, now=NOW + timedelta(days=2))
    assert_sound(world.clinic.id)


def test_what_would_be_cancelled_is_shown_and_nothing_is_written() -> None:
    world = SeriesWorld()
    series = world.book()
    with transaction(world.clerk) as session:
        asked = {"series_id": UUID(series.body["id"]), "reach": following(series, 3)}
        ending, left = plan_cancel(session, world.clerk, **asked, now=NOW)
    assert [one.number for one in ending] == [3, 4]
    assert left == []
    assert statuses(world, series) == ["booked"] * 4


def test_all_moves_to_another_time_on_the_wall_clock() -> None:
    days = [date(2027, 3, 23), date(2027, 3, 30)]
    world = SeriesWorld(days=days)
    series = world.book(world.wish(weekly(days[0], times=2)))
    answer = world.move(series, at=time(9, 30))
    assert times(world, series) == ["2027-03-23T09:30", "2027-03-30T09:30"]
    assert [one["start"] for one in answer.body["appointments"]] == ["2027-03-23T08:30:00Z", "2027-03-30T07:30:00Z"]
    assert answer.body["version"] > series.body["version"]
    assert_sound(world.clinic.id)


def test_a_move_by_a_day_keeps_the_wall_clock_time_over_a_clock_change() -> None:
    days = [date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29)]
    world = SeriesWorld(days=days)
    series = world.book(world.wish(weekly(days[0], unit=SeriesUnit.DAY, times=2)))
    world.move(series, days=1)
    assert times(world, series) == ["2027-03-28T09:00", "2027-03-29T09:00"]


def test_a_daily_series_moves_by_a_day_onto_its_own_places() -> None:
    days = [FIRST_ON + timedelta(days=day) for day in range(5)]
    world = SeriesWorld(days=days, count=1)
    series = world.book(world.wish(weekly(unit=SeriesUnit.DAY)))
    assert [one.conflict for one in world.plan_move(series, days=1)] == [None] * 4
    world.move(series, days=1)
    assert [at[:10] for at in times(world, series)] == [day.isoformat() for day in days[1:]]
    assert_sound(world.clinic.id)


def test_the_following_move_to_another_practitioner_and_keep_their_ids() -> None:
    world = SeriesWorld()
    series = world.book()
    world.move(series, reach=following(series, 3), practitioner_id=world.schedules[1].practitioner_id)
    who = world.ask(
        "SELECT id, practitioner_id FROM appointments WHERE clinic_id = %(clinic_id)s ORDER BY series_number"
    )
    first, second = (schedule.practitioner_id for schedule in world.schedules)
    assert who == [(member(series, number), first if number < 3 else second) for number in range(1, 5)]


def test_a_move_lists_what_is_not_possible_and_then_does_nothing_or_leaves_it_or_takes_another_start() -> None:
    world = SeriesWorld()
    series = world.book()
    other = world.another_patient()
    calls.hold(world.clerk, world.slots[0, FIRST_ON + A_WEEK][1], world.service, other)
    planned = world.plan_move(series, at=A_QUARTER)
    assert [one.conflict.refusal.code if one.conflict else "" for one in planned] == ["", "slot-unavailable", "", ""]
    assert planned[1].alternatives[0].practitioner_id == world.schedules[0].practitioner_id
    assert times(world, series) == [f"{FIRST_ON + week * A_WEEK}T09:00" for week in range(4)]
    with pytest.raises(SeriesConflicts) as refused:
        world.move(series, at=A_QUARTER)
    assert [one["number"] for one in refused.value.details["conflicts"]] == [2]
    assert times(world, series) == [f"{FIRST_ON + week * A_WEEK}T09:00" for week in range(4)]
    answer = world.move(series, at=A_QUARTER, skip=True)
    assert [at[-5:] for at in times(world, series)] == ["09:15", "09:00", "09:15", "09:15"]
    assert [one["number"] for one in answer.body["skipped"]] == [2]
    later = world.slots[1, FIRST_ON + A_WEEK][3].id
    world.move(series, at=time(9, 30), choices={2: later, 4: None})
    assert [at[-5:] for at in times(world, series)] == ["09:30", "09:45", "09:30", "09:15"]
    assert_sound(world.clinic.id)


def test_who_stays_keeps_the_place_that_another_would_take() -> None:
    days = [FIRST_ON + timedelta(days=day) for day in range(3)]
    world = SeriesWorld(days=days, count=1)
    series = world.book(world.wish(weekly(unit=SeriesUnit.DAY, times=2)))
    calls.hold(world.clerk, world.slots[0, days[2]][0], world.service, world.another_patient())
    # The second cannot go, so the first has nowhere to go either.
    with pytest.raises(SeriesConflicts) as refused:
        world.move(series, days=1, skip=True)
    assert [one["number"] for one in refused.value.details["conflicts"]] == [1, 2]
    assert times(world, series) == [f"{day}T09:00" for day in days[:2]]


def test_a_time_that_the_clock_skips_and_one_that_has_passed_are_conflicts() -> None:
    days = [date(2027, 3, 21), date(2027, 3, 28)]
    world = SeriesWorld(days=days)
    series = world.book(world.wish(weekly(days[0], times=2)))
    planned = world.plan_move(series, at=time(2, 30))
    assert [one.conflict.refusal.code if one.conflict else "" for one in planned] == [
        "slot-unavailable",
        "time-missing",
    ]
    planned = world.plan_move(series, days=-80)
    assert {one.conflict.refusal.code for one in planned if one.conflict} >= {"outside-booking-window"}


def test_a_move_of_somebody_who_arrived_while_it_was_worked_out_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SeriesWorld()
    series = world.book()
    read = move.targets_of
    arrived: list[UUID] = []

    def meanwhile(*args: Any, **more: Any) -> Any:
        targets = read(*args, **more)
        if not arrived:
            arrived.append(member(series, 2))
            put_into(world, arrived[0], "arrived")
        return targets

    monkeypatch.setattr(move, "targets_of", meanwhile)
    answer = world.move(series, at=A_QUARTER)
    assert [one["series_number"] for one in answer.body["appointments"]] == [1, 3, 4]
    assert [one["number"] for one in answer.body["left"]] == [2]


def test_a_move_that_moves_nothing_or_too_far_or_nobody_there_is_refused() -> None:
    world = SeriesWorld()
    series = world.book()
    with pytest.raises(InvalidField):
        world.move(series)
    with pytest.raises(InvalidField):
        world.move(series, days=367)
    with pytest.raises(InvalidField):
        world.move(series, practitioner_id=new_id())
    with pytest.raises(InvalidField):
        world.move(series, at=A_QUARTER, choices={9: None})
    with pytest.raises(InvalidField):
        world.cancel(series, reach=Reach(Scope.THIS))
    with pytest.raises(AppointmentNotFound):
        world.cancel(series, reach=Reach(Scope.FOLLOWING, new_id()))
    assert statuses(world, series) == ["booked"] * 4


def test_a_series_of_another_site_is_not_there_and_a_guest_may_not() -> None:
    world = SeriesWorld()
    series = world.book()
    clerk = clerk_of(world.clinic)
    elsewhere = Principal(clerk.clinic_id, clerk.kind, clerk.actor_id, clerk.permissions, frozenset({new_id()}))
    with pytest.raises(SeriesNotFound):
        world.cancel(series, principal=elsewhere)
    with pytest.raises(NotPermitted):
        world.cancel(series, principal=guest_of(world.clinic))
    with transaction(elsewhere) as session, pytest.raises(SeriesNotFound):
        view_series(session, elsewhere, series_id=UUID(series.body["id"]), now=NOW)
    assert live_count(world.clinic.id) == 4


def test_a_change_of_an_older_version_is_refused() -> None:
    world = SeriesWorld()
    series = world.book()
    world.cancel(series, reach=this(series, 1), version=series.body["version"])
    with pytest.raises(StaleVersion):
        world.cancel(series, reach=this(series, 2), version=series.body["version"])
    with pytest.raises(StaleVersion):
        world.move(series, at=A_QUARTER, version=series.body["version"])
    assert statuses(world, series) == ["cancelled", "booked", "booked", "booked"]
    assert [at[-5:] for at in times(world, series)] == ["09:00"] * 4


def test_the_same_key_changes_a_series_once() -> None:
    world = SeriesWorld()
    series = world.book()
    key = request_key(world.clerk, method="POST", path="/series/x/move", key="k", body={})
    first = world.move(series, at=A_QUARTER, key=key)
    assert world.move(series, at=A_QUARTER, key=key).body == first.body
    key = request_key(world.clerk, method="POST", path="/series/x/cancel", key="k", body={})
    first = world.cancel(series, key=key)
    assert world.cancel(series, key=key).body == first.body
    assert world.ask("SELECT version FROM series WHERE clinic_id = %(clinic_id)s") == [(3,)]


def test_a_series_is_shown_with_what_was_asked_and_what_became_of_it() -> None:
    world = SeriesWorld()
    series = world.book()
    world.cancel(series, reach=this(series, 2))
    world.move(series, reach=following(series, 3), at=A_QUARTER)
    with transaction(world.clerk) as session:
        shown = view_series(session, world.clerk, series_id=UUID(series.body["id"]), now=NOW)
    rule = {"every": 1, "unit": "week", "first_on": FIRST_ON.isoformat(), "time": "09:00", "times": 4}
    assert {name: shown[name] for name in rule} == rule
    assert shown["version"] == 3 + sum(one["version"] for one in shown["appointments"])
    assert [(one["series_number"], one["status"]) for one in shown["appointments"]] == [
        (1, S.BOOKED),
        (2, S.CANCELLED),
        (3, S.BOOKED),
        (4, S.BOOKED),
    ]
    seen = world.ask(
        "SELECT action FROM audit_events WHERE clinic_id = %(clinic_id)s AND object_kind = 'series' ORDER BY at, id"
    )
    assert sorted(action for (action,) in seen) == ["book", "cancel", "move", "view"]


def test_a_series_can_be_cancelled_at_any_hour_it_was_moved_to() -> None:
    world = SeriesWorld()
    series = world.book()
    world.move(series, at=A_QUARTER)
    world.cancel(series)
    assert live_count(world.clinic.id) == 0
    assert datetime.combine(FIRST_ON, A_QUARTER) in [at for _, _, at in world.appointments(series)]
    assert_sound(world.clinic.id)

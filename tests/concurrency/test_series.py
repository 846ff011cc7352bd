"""Series against everything: no deadlock, no lost place, and never half a series."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer, request_key
from app.services.booking.expire import sweep
from app.services.series.members import Reach, Scope
from models.db import DatabaseRole, transaction
from tests import calls
from tests.builders import NOW, job_of
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import Heard, crowd, tally
from tests.concurrency.series_crowd import A_WEEK, TIMES, book_all, hold_all
from tests.invariants import assert_sound, live_count
from tests.services.series_world import FIRST_ON, SeriesWorld

LATER = NOW + timedelta(minutes=6)
SIZES = """
SELECT s.id, count(a.id) FILTER (WHERE a.live), count(a.id) FROM series s
  LEFT JOIN appointments a ON a.clinic_id = s.clinic_id AND a.series_id = s.id
 WHERE s.clinic_id = %(clinic_id)s GROUP BY s.id
"""
WITH_WHOM = "SELECT DISTINCT series_id, practitioner_id FROM appointments WHERE clinic_id = %(clinic_id)s"
STRAYS = """
SELECT id FROM appointments WHERE clinic_id = %(clinic_id)s AND status = 'pending' AND hold_expires_at > %(now)s
"""


@pytest.fixture(scope="module", autouse=True)
def no_deadlock(database: DatabaseUrls) -> Iterator[None]:
    """Count 40P01 over all races of this module: there is none."""
    with counted_deadlocks(database) as deadlocks:
        yield
        assert deadlocks() == 0


def require_whole(world: SeriesWorld, *, series: int, now: Any = NOW) -> None:
    """Each series that is there has all of its appointments, and nothing that one held is left behind."""
    sizes = world.ask(SIZES)
    assert len(sizes) == series
    assert all(made == TIMES for _, _, made in sizes)
    assert world.ask(STRAYS, now=now) == []
    assert_sound(world.clinic.id)


def booked(heard: Sequence[Heard]) -> list[Answer]:
    return [one for one in heard if isinstance(one, Answer)]


def test_of_many_series_for_the_same_hours_one_is_booked_whole() -> None:
    world = SeriesWorld()
    heard = tally(crowd(book_all(world, callers=12)))
    assert heard == {201: 1, "series-conflicts": 11}
    assert live_count(world.clinic.id) == TIMES
    require_whole(world, series=1)


def test_series_that_share_rooms_with_two_practitioners_do_not_deadlock() -> None:
    world = SeriesWorld(rooms=1, room_kind="exam")
    heard = tally(crowd(book_all(world, callers=10, who=lambda one: one % 2)))
    assert heard == {201: 1, "series-conflicts": 9}
    require_whole(world, series=1)


def test_nobody_is_refused_when_there_are_rooms_for_both() -> None:
    world = SeriesWorld(rooms=2, room_kind="exam")
    heard = tally(crowd(book_all(world, callers=10, who=lambda one: one % 2)))
    assert heard == {201: 2, "series-conflicts": 8}
    require_whole(world, series=2)


def test_a_series_against_50_holds_on_its_places_is_booked_whole_or_not_at_all() -> None:
    world = SeriesWorld()
    heard = crowd([*hold_all(world, callers=50), *book_all(world, callers=1)])
    series, holds = len(booked(heard[-1:])), len(booked(heard[:-1]))
    assert live_count(world.clinic.id) == TIMES
    # The holds may have filled some places only, and then the series was refused for them.
    assert holds == TIMES * (1 - series)
    require_whole(world, series=series, now=LATER)


def test_a_series_that_may_leave_times_out_and_50_holds_fill_every_place_once() -> None:
    world = SeriesWorld()
    heard = crowd([*hold_all(world, callers=50), *book_all(world, callers=1, skip=True)])
    series = [len(one.body["appointments"]) for one in booked(heard[-1:])]
    assert tally(heard[:-1])[201] + sum(series) == TIMES
    assert live_count(world.clinic.id) == TIMES
    assert_sound(world.clinic.id)


def test_the_same_key_20_times_books_one_series_and_all_hear_of_it() -> None:
    world = SeriesWorld()
    key = request_key(world.clerk, method="POST", path="/series", key="the-same", body={})
    heard = crowd([partial(world.book, key=key)] * 20)
    assert tally(heard) == {201: 20}
    assert len({one.body["id"] for one in booked(heard)}) == 1
    require_whole(world, series=1)


def swept(world: SeriesWorld) -> Answer:
    job = job_of(world.clinic)
    for _ in range(10):
        with transaction(job, role=DatabaseRole.WORKER) as session:
            sweep(session, job, batch=1, now=LATER)
    return Answer(200, {})


def test_series_against_the_sweeper_and_holds_that_have_run_out_on_their_places() -> None:
    world = SeriesWorld()
    for held in hold_all(world, callers=TIMES):
        held()
    everybody = [*book_all(world, callers=4, now=LATER), *hold_all(world, callers=8, now=LATER)]
    heard = crowd([*everybody, *[partial(swept, world)] * 3])
    series = len(booked(heard[:4]))
    assert series * TIMES + len(booked(heard[4:12])) == live_count(world.clinic.id) == TIMES
    require_whole(world, series=series, now=LATER + timedelta(hours=1))


def test_series_against_cancellations_and_moves_on_and_off_their_places() -> None:
    world = SeriesWorld()
    on = [calls.confirm(world.clerk, held()) for held in hold_all(world, callers=TIMES)]
    off = []
    for week in range(TIMES):
        place = world.slots[1, FIRST_ON + week * A_WEEK][0]
        off.append(calls.confirm(world.clerk, calls.hold(world.clerk, place, world.service, world.another_patient())))

    def place(who: int, week: int, slot: int) -> Any:
        return world.slots[who, FIRST_ON + week * A_WEEK][slot]

    everybody = [
        *(partial(calls.cancel, world.clerk, on[week]) for week in range(2)),
        *(partial(calls.reschedule, world.clerk, on[week], place(0, week, 2)) for week in (2, 3)),
        *(partial(calls.reschedule, world.clerk, off[week], place(0, week, 0)) for week in range(TIMES)),
        *book_all(world, callers=4),
    ]
    heard = crowd(everybody)
    assert all(isinstance(one, Answer) for one in heard[:4])
    assert [made for _, _, made in world.ask(SIZES)] == [TIMES] * len(booked(heard[8:]))
    assert live_count(world.clinic.id) == 2 * TIMES - 2 + TIMES * len(booked(heard[8:]))
    assert_sound(world.clinic.id)


def test_two_series_that_want_each_others_places_at_once_both_stay_whole() -> None:
    world = SeriesWorld()
    series = [world.book(world.wish(who=who, patient_id=world.another_patient())) for who in range(2)]
    to = [world.schedules[1 - who].practitioner_id for who in range(2)]
    heard = crowd([partial(world.move, series[who], practitioner_id=to[who]) for who in range(2)])
    # Each finds the other in its places.
    assert tally(heard) == {"series-conflicts": 2}
    require_whole(world, series=2)
    assert sorted(world.ask(WITH_WHOM)) == sorted((UUID(series[who].body["id"]), to[1 - who]) for who in range(2))


def test_a_move_against_cancellations_in_the_same_series_loses_nothing() -> None:
    for _ in range(5):
        world = SeriesWorld()
        series = world.book()
        third = UUID(series.body["appointments"][2]["id"])
        heard = crowd(
            [
                partial(world.move, series, practitioner_id=world.schedules[1].practitioner_id),
                partial(world.cancel, series, reach=Reach(Scope.FOLLOWING, third)),
                partial(calls.cancel, world.clerk, UUID(series.body["appointments"][0]["id"])),
            ]
        )
        assert all(isinstance(one, Answer) for one in heard), tally(heard)
        ((_, live, made),) = world.ask(SIZES)
        assert (live, made) == (1, TIMES)
        assert_sound(world.clinic.id)


def test_the_same_move_20_times_moves_once() -> None:
    world = SeriesWorld()
    series = world.book()
    key = request_key(world.clerk, method="POST", path="/series/x/move", key="the-same", body={})
    move = partial(world.move, series, practitioner_id=world.schedules[1].practitioner_id, key=key)
    heard = crowd([move] * 20)
    assert tally(heard) == {200: 20}
    assert world.ask("SELECT version FROM series WHERE clinic_id = %(clinic_id)s") == [(2,)]
    require_whole(world, series=1)

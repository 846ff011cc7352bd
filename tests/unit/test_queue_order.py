"""Whose turn it is: what the rule promises, for any waiting room."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.queue.order import in_line, turn_of
from tests.builders import NOW

WALK_IN_MINUTES = 30


@dataclass(frozen=True)
class Somebody:
    """One who waits."""

    number: int
    priority: int
    is_walk_in: bool
    since_at: datetime
    starts_at: datetime


def minutes(least: int, most: int) -> st.SearchStrategy[datetime]:
    return st.integers(least, most).map(lambda count: NOW + timedelta(minutes=count))


ROOMS = st.lists(
    st.builds(
        Somebody,
        number=st.integers(1, 999),
        priority=st.sampled_from([0, 0, 0, 1]),
        is_walk_in=st.booleans(),
        since_at=minutes(-240, 0),
        starts_at=minutes(-240, 240),
    ),
    max_size=12,
    unique_by=lambda one: one.number,
)


def line(room: list[Somebody]) -> list[Somebody]:
    return in_line(room, walk_in_minutes=WALK_IN_MINUTES, now=NOW)


def turn(one: Somebody) -> datetime:
    return turn_of(one, walk_in_minutes=WALK_IN_MINUTES)


@given(ROOMS, st.randoms(use_true_random=False))
def test_the_line_does_not_depend_on_how_it_was_read(room: list[Somebody], chance: object) -> None:
    shuffled = list(room)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert line(shuffled) == line(room)
    assert sorted(line(room), key=lambda one: one.number) == sorted(room, key=lambda one: one.number)


@given(ROOMS)
def test_who_is_urgent_stands_before_all_others_the_longest_waiting_first(room: list[Somebody]) -> None:
    urgent = [one.priority for one in line(room)]
    assert urgent == sorted(urgent, reverse=True)
    since = [one.since_at for one in line(room) if one.priority]
    assert since == sorted(since)


@given(ROOMS)
def test_whose_turn_has_come_stands_before_whose_has_not_the_earliest_turn_first(room: list[Somebody]) -> None:
    turns = [turn(one) for one in line(room) if not one.priority]
    due = [at for at in turns if at <= NOW]
    assert due == turns[: len(due)] == sorted(due)


@given(ROOMS)
def test_before_any_turn_walk_ins_come_as_they_arrived_and_then_who_is_early(room: list[Somebody]) -> None:
    rest = [one for one in line(room) if not one.priority and turn(one) > NOW]
    walked_in = [one for one in rest if one.is_walk_in]
    early = [one for one in rest if not one.is_walk_in]
    assert rest == walked_in + early
    assert [one.since_at for one in walked_in] == sorted(one.since_at for one in walked_in)
    assert [turn(one) for one in early] == sorted(turn(one) for one in early)


@given(ROOMS, minutes(-29, 0))
def test_a_walk_in_who_has_waited_long_enough_is_overtaken_by_no_later_booking(
    room: list[Somebody], later: datetime
) -> None:
    patient = Somebody(1000, 0, True, NOW - timedelta(minutes=60), NOW + timedelta(minutes=200))
    booked = Somebody(1001, 0, False, later, later)
    order = line([*(replace(one, priority=0) for one in room), patient, booked])
    assert order.index(patient) < order.index(booked)


@given(ROOMS)
def test_coming_early_gains_nothing_over_the_appointments_time(room: list[Somebody]) -> None:
    early = Somebody(1000, 0, False, NOW - timedelta(minutes=200), NOW - timedelta(minutes=5))
    just = Somebody(1001, 0, False, NOW - timedelta(minutes=6), NOW - timedelta(minutes=6))
    order = line([*room, early, just])
    assert order.index(just) < order.index(early)


@pytest.mark.parametrize(
    ("somebody", "after"),
    [
        (Somebody(1, 0, False, NOW, NOW + timedelta(minutes=10)), 10),
        (Somebody(1, 0, False, NOW + timedelta(minutes=20), NOW), 20),
        (Somebody(1, 0, True, NOW, NOW + timedelta(minutes=10)), 10),
        (Somebody(1, 0, True, NOW, NOW + timedelta(minutes=90)), 30),
    ],
    ids=["booked and early", "booked and late", "walk-in with a near time", "walk-in with a far time"],
)
def test_a_turn_comes_at_the_time_the_sentence_says(somebody: Somebody, after: int) -> None:
    assert turn(somebody) == NOW + timedelta(minutes=after)

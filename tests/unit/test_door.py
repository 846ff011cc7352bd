"""The API's door: who can be answered within the wait is let in, the others are told when to come, each in turn."""

import asyncio

import pytest

from app.errors import Overloaded
from app.infra.door import EARLY, LONGEST_IN_LINE_SECONDS, LONGEST_PAUSE_SECONDS, Door


class Clock:
    """A time that passes when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def enter(door: Door) -> None:
    """Go through a door before which nobody stands in a line."""
    try:
        door.enter().send(None)
    except StopIteration:
        return
    pytest.fail("somebody waits")


def door_of(clock: Clock, *, pace: float, wait: float = 1.0, line: float = 0.0) -> Door:
    """Return a door of four threads that has learnt its pace."""
    door = Door(threads=4, wait_seconds=wait, line_seconds=line, clock=clock)
    for _ in range(6):
        enter(door)
    for _ in range(600):
        clock.now += pace
        door.leave()
        enter(door)
    for _ in range(6):
        door.leave()
    assert door.inside == 0
    return door


def crowd(door: Door, people: int) -> list[int]:
    """Let people come at once, and return the pauses of those who were turned away."""
    pauses = []
    for _ in range(people):
        try:
            enter(door)
        except Overloaded as refusal:
            pauses.append(refusal.retry_after_seconds)
    return pauses


def test_as_many_are_inside_as_can_be_answered_within_the_wait() -> None:
    door = door_of(Clock(), pace=0.02)
    assert not door.is_pressed
    turned_away = crowd(door, 500)
    assert door.inside == pytest.approx(50, rel=0.2)
    assert len(turned_away) == 500 - door.inside
    assert door.is_pressed


def test_those_turned_away_come_back_one_after_the_other() -> None:
    door = door_of(Clock(), pace=0.02)
    pauses = crowd(door, 500)
    assert pauses == sorted(pauses)
    # 450 of 20 ms each, after the 50 who are inside: ten seconds, a little early, and as many in each.
    assert pauses[0] <= 2
    assert pauses[-1] == pytest.approx(10 * EARLY, abs=1)
    assert max(pauses.count(second) for second in set(pauses)) <= 1 + 60 / EARLY


def test_who_comes_again_takes_the_place_of_their_first_promise() -> None:
    clock = Clock()
    door = door_of(clock, pace=0.02)
    crowd(door, 500)
    clock.now += LONGEST_PAUSE_SECONDS
    assert crowd(door, 450)[-1] == pytest.approx(10 * EARLY, abs=1)


def test_nobody_is_sent_away_for_longer_than_the_longest_pause_nor_do_all_come_back_at_its_end() -> None:
    pauses = crowd(door_of(Clock(), pace=0.1), 5_000)
    assert max(pauses) <= LONGEST_PAUSE_SECONDS
    assert pauses.count(max(pauses)) < 2 * len(pauses) / (LONGEST_PAUSE_SECONDS / 2)


def test_few_are_always_let_in_however_slow_it_is() -> None:
    door = door_of(Clock(), pace=0.2, wait=0.1)
    assert crowd(door, 8) == []


def test_a_quiet_hour_is_no_slow_pace() -> None:
    clock = Clock()
    door = door_of(clock, pace=0.02)
    for _ in range(10):
        enter(door)
    clock.now += 3_600
    for _ in range(10):
        door.leave()
    assert len(crowd(door, 60)) < 20


def test_promises_of_a_crowd_that_is_gone_are_forgotten() -> None:
    clock = Clock()
    door = door_of(clock, pace=0.02)
    crowd(door, 500)
    while door.inside:
        clock.now += 0.02
        door.leave()
    clock.now += 60
    assert min(crowd(door, 500)) <= 2


def test_courtesies_are_left_out_until_whoever_was_turned_away_has_come_back() -> None:
    clock = Clock()
    door = door_of(clock, pace=0.02)
    pauses = crowd(door, 100)
    while door.inside:
        door.leave(is_answered=False)
    assert door.is_pressed
    clock.now += max(pauses)
    assert not door.is_pressed


def test_many_who_leave_in_one_moment_are_no_pace_of_their_own() -> None:
    clock = Clock()
    door = door_of(clock, pace=0.02, wait=3.0)
    for _ in range(100):
        enter(door)
    clock.now += 0.02
    for _ in range(90):
        door.leave()
    # Whoever comes next takes as long as all before them.
    assert door.pace_seconds == pytest.approx(0.02, rel=0.4)


def test_who_is_refused_inside_says_nothing_of_the_pace() -> None:
    clock = Clock()
    door = door_of(clock, pace=0.02)
    learnt = door.pace_seconds
    crowd(door, 100)
    for _ in range(40):
        clock.now += 0.001
        door.leave(is_answered=False)
    assert door.pace_seconds == learnt


def test_who_stands_in_the_line_is_let_in_in_turn_as_others_leave() -> None:
    async def told() -> None:
        clock = Clock()
        door = door_of(clock, pace=0.02, line=2.0)
        came: list[int] = []

        async def one(number: int) -> None:
            await door.enter()
            came.append(number)

        people = [asyncio.create_task(one(number)) for number in range(300)]
        await asyncio.sleep(0)
        inside = door.inside
        assert came == list(range(inside))
        # Three seconds in all: of inside and line together as many as are answered in them, the others are told when.
        turned_away = [person for person in people if person.done() and person.exception() is not None]
        assert len(people) - len(turned_away) == pytest.approx(150, rel=0.2)
        for _ in range(20):
            clock.now += 0.02
            door.leave()
            await asyncio.sleep(0)
        assert door.inside == pytest.approx(inside, rel=0.2)
        assert came == list(range(len(came)))
        assert len(came) == pytest.approx(inside + 20, rel=0.2)
        for person in people:
            person.cancel()
        await asyncio.gather(*people, return_exceptions=True)

    asyncio.run(told())


def test_who_gives_up_in_the_line_keeps_no_place() -> None:
    async def told() -> None:
        door = door_of(Clock(), pace=0.02, line=1.0)
        people = [asyncio.create_task(door.enter()) for _ in range(80)]
        await asyncio.sleep(0)
        inside = door.inside
        first_in_line = people[inside]
        door.leave()
        # Let in, and gone before it could know.
        first_in_line.cancel()
        await asyncio.gather(first_in_line, return_exceptions=True)
        for person in people[inside + 1 :]:
            person.cancel()
        await asyncio.gather(*people, return_exceptions=True)
        while door.inside:
            door.leave()
        assert crowd(door, 12) == []

    asyncio.run(told())


def test_nobody_stands_in_the_line_for_longer_than_the_longest_time() -> None:
    async def told() -> None:
        clock = Clock()
        door = door_of(clock, pace=0.02, line=1.0)
        people = [asyncio.create_task(door.enter()) for _ in range(80)]
        await asyncio.sleep(0)
        inside = door.inside
        assert inside < 80
        clock.now += LONGEST_IN_LINE_SECONDS + 1
        door.leave()
        said = await asyncio.gather(*people, return_exceptions=True)
        assert all(isinstance(one, Overloaded) for one in said[inside:])

    asyncio.run(told())

"""A crowd before one thing: one asks, and a refusal is everybody's who waited for it; nobody is left in the line."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from app.errors import ClinicError, Overloaded, SlotUnavailable
from app.infra.crowd import MOST_TOGETHER, Crowd

WHAT = "start"


class Desk:
    """What is asked for: `places` are given one by one; who asks together is told no unless they are among `left`."""

    def __init__(self, *, places: int = 0, left: frozenset[int] = frozenset(), at_once: int = 1) -> None:
        self.places, self.left = places, left
        self.crowd: Crowd[int] = Crowd(refusals=(SlotUnavailable,), at_once=at_once, wait_seconds=5)
        self.alone: list[int] = []
        self.together: list[list[int]] = []
        self.asking = self.most_asking = 0

    def ask(self, who: int) -> Awaitable[int]:
        return self.crowd.ask(WHAT, who, alone=self._alone(who), together=self._together)

    def _alone(self, who: int) -> Callable[[], Awaitable[int]]:
        async def ask() -> int:
            self.alone.append(who)
            self.asking += 1
            self.most_asking = max(self.most_asking, self.asking)
            await asyncio.sleep(0.001)
            self.asking -= 1
            if not self.places:
                raise SlotUnavailable
            self.places -= 1
            return who

        return ask

    @property
    def lines(self) -> list[object]:
        """What is still remembered of anybody."""
        return [line for lines in self.crowd._loops.values() for line in lines.values()]

    async def _together(self, askers: Sequence[int]) -> Sequence[ClinicError | None]:
        self.together.append(list(askers))
        await asyncio.sleep(0.001)
        return [None if who in self.left else SlotUnavailable() for who in askers]


async def heard_by(desk: Desk, people: int) -> list[int | BaseException]:
    return await asyncio.gather(*(desk.ask(who) for who in range(people)), return_exceptions=True)


def test_a_refusal_of_the_first_is_heard_by_all_who_waited() -> None:
    desk = Desk()
    heard = asyncio.run(heard_by(desk, 3 * MOST_TOGETHER))
    assert {type(one) for one in heard} == {SlotUnavailable}
    assert len({id(one) for one in heard}) == len(heard)
    assert desk.alone == [0]
    assert [len(some) for some in desk.together] == [MOST_TOGETHER, MOST_TOGETHER, MOST_TOGETHER - 1]


def test_places_are_given_one_after_the_other_in_the_order_of_coming() -> None:
    desk = Desk(places=5)
    heard = asyncio.run(heard_by(desk, 20))
    assert heard[:5] == [0, 1, 2, 3, 4]
    assert desk.alone == [0, 1, 2, 3, 4, 5]
    assert desk.most_asking == 1
    assert {type(one) for one in heard[5:]} == {SlotUnavailable}


@pytest.mark.parametrize("places", [0, 5, 40])
def test_a_few_ask_at_a_time_and_everybody_hears_their_own(places: int) -> None:
    desk = Desk(places=places, at_once=4)
    heard = asyncio.run(heard_by(desk, 40))
    assert sum(isinstance(one, int) for one in heard) == places
    assert {type(one) for one in heard} <= {int, SlotUnavailable}
    assert desk.most_asking == 4
    assert len(desk.alone) <= places + 4
    assert desk.lines == []


def test_whoever_the_look_for_all_leaves_asks_alone() -> None:
    desk = Desk(left=frozenset({3, 7}))
    asyncio.run(heard_by(desk, 10))
    assert desk.alone == [0, 3, 7]


def test_the_next_one_is_called_up_when_the_first_is_refused_for_a_reason_of_their_own() -> None:
    desk = Desk(places=9)

    async def asked() -> list[int | BaseException]:
        async def breaks() -> int:
            await asyncio.sleep(0.001)
            raise ValueError

        first = desk.crowd.ask(WHAT, -1, alone=breaks, together=desk._together)
        return await asyncio.gather(first, desk.ask(0), desk.ask(1), return_exceptions=True)

    broken, *others = asyncio.run(asked())
    assert isinstance(broken, ValueError)
    assert others == [0, 1]


@pytest.mark.parametrize("gives_up_after", [0.0, 0.0005, 0.001, 0.0015, 0.002])
def test_who_gives_up_holds_nobody_up(gives_up_after: float) -> None:
    desk = Desk(places=9)

    async def asked() -> list[int | BaseException]:
        tasks = [asyncio.ensure_future(desk.ask(who)) for who in range(5)]
        await asyncio.sleep(gives_up_after)
        tasks[0].cancel()
        tasks[1].cancel()
        others = await asyncio.wait_for(asyncio.gather(*tasks[2:]), 3)
        return [*others, await asyncio.wait_for(desk.ask(9), 3)]

    assert asyncio.run(asked()) == [2, 3, 4, 9]


def test_who_is_called_up_in_the_moment_of_giving_up_calls_up_the_next() -> None:
    desk = Desk(places=9)

    async def asked() -> list[int]:
        first, second, third = (asyncio.ensure_future(desk.ask(who)) for who in range(3))
        await first
        # The second has its turn and has not run yet.
        second.cancel()
        return [await asyncio.wait_for(third, 3)]

    assert asyncio.run(asked()) == [2]


def test_who_has_waited_for_long_asks_beside_the_line() -> None:
    desk = Desk(places=9)
    desk.crowd = Crowd(refusals=(SlotUnavailable,), at_once=1, wait_seconds=0.01)

    async def asked() -> list[int | BaseException]:
        async def hangs() -> int:
            await asyncio.wait_for(others_are_told.wait(), 3)
            return -1

        others_are_told = asyncio.Event()
        first = asyncio.ensure_future(desk.crowd.ask(WHAT, -1, alone=hangs, together=desk._together))
        await asyncio.sleep(0)
        others = await asyncio.gather(desk.ask(0), desk.ask(1))
        others_are_told.set()
        return [await first, *others, await asyncio.wait_for(desk.ask(2), 3)]

    assert asyncio.run(asked()) == [-1, 0, 1, 2]


@pytest.mark.parametrize("failure", [Overloaded(), ValueError("told wrongly")], ids=["busy", "broken"])
def test_a_look_that_fails_leaves_all_to_ask_alone_and_the_line_goes_on(failure: Exception) -> None:
    desk = Desk()

    async def fails(_askers: Sequence[int]) -> Sequence[ClinicError | None]:
        raise failure

    desk._together = fails  # type: ignore[method-assign]
    heard = asyncio.run(heard_by(desk, 5))
    assert [type(one) for one in heard] == [SlotUnavailable] * 5
    assert desk.alone == [0, 1, 2, 3, 4]
    assert {type(one) for one in asyncio.run(heard_by(desk, 3))} == {SlotUnavailable}

"""Crowds around one series: many that ask for the same hours, and many that hold their places one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests import calls
from tests.builders import NOW
from tests.services.series_world import FIRST_ON, SeriesWorld

A_WEEK = timedelta(weeks=1)
# As many times as a series of this world has.
TIMES = 4


def book_all(world: SeriesWorld, *, callers: int, who: Callable[[int], int] = lambda _: 0, **more: Any) -> list[Any]:
    """Let as many patients ask for a series at nine."""
    wishes = [world.wish(who=who(one), patient_id=world.another_patient()) for one in range(callers)]
    return [partial(world.book, wish, **more) for wish in wishes]


def hold_all(world: SeriesWorld, *, callers: int, now: datetime = NOW) -> list[Any]:
    """Let as many patients each hold one of the places of a series at nine."""
    places = [world.slots[0, FIRST_ON + week * A_WEEK][0] for week in range(TIMES)]
    return [
        partial(calls.hold, world.clerk, places[one % TIMES], world.service, world.another_patient(), now=now)
        for one in range(callers)
    ]

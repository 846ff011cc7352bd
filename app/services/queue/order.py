"""Whose turn it is: the queue's whole rule, as a sentence for the desk and as the key that sorts by it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from app.words import N_

# Shown on the page; how long a walk-in's turn may take stands beside it there (settings.walk_in_turn_minutes).
RULE = N_(
    "Urgent first. Then whoever's turn has come, the earliest turn first: a booked patient's turn comes at the"
    " appointment's time, or on arrival when that is later; a walk-in's at the time they were given, or sooner. As long"
    " as nobody's turn has come: walk-ins as they arrived, then who came early."
)

URGENT, DUE, WALKED_IN, EARLY = range(4)
Place = tuple[int, datetime, int]


class InLine(Protocol):
    """What the rule looks at."""

    @property
    def number(self) -> int: ...
    @property
    def priority(self) -> int: ...
    @property
    def is_walk_in(self) -> bool: ...
    @property
    def since_at(self) -> datetime: ...
    @property
    def starts_at(self) -> datetime: ...


Waiting = TypeVar("Waiting", bound=InLine)


def turn_of(one: InLine, *, walk_in_minutes: int) -> datetime:
    """Return from when on it is somebody's turn."""
    turn = max(one.starts_at, one.since_at)
    return min(turn, one.since_at + timedelta(minutes=walk_in_minutes)) if one.is_walk_in else turn


def place_in_line(one: InLine, *, walk_in_minutes: int, now: datetime) -> Place:
    """Return what sorts somebody by the rule; the number, given on arrival, decides between equals."""
    turn = turn_of(one, walk_in_minutes=walk_in_minutes)
    if one.priority:
        return URGENT, one.since_at, one.number
    if turn <= now:
        return DUE, turn, one.number
    return (WALKED_IN, one.since_at, one.number) if one.is_walk_in else (EARLY, turn, one.number)


def in_line(waiting: Iterable[Waiting], *, walk_in_minutes: int, now: datetime) -> list[Waiting]:
    """Return the waiting in the order in which they are called."""
    return sorted(waiting, key=lambda one: place_in_line(one, walk_in_minutes=walk_in_minutes, now=now))

"""From wall-clock time to instants: which real time a local interval is, clock changes included."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
# Zones lie up to 14 hours from UTC: a local day lies within these hours around the same date in UTC.
HOURS_AROUND = range(-15, 24 + 16)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Real time [starts_at, ends_at) in which the zone keeps one offset to UTC."""

    starts_at: datetime
    ends_at: datetime
    offset: timedelta


def wall(day: date, at: time) -> datetime:
    """Return a local date and time without a zone; the last microsecond of the day stands for its end."""
    if at == time.max:
        return datetime.combine(day, time.min) + timedelta(days=1)
    return datetime.combine(day, at)


@lru_cache(maxsize=4096)
def stretches_around(day: date, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Return the stretches of constant offset that cover the local day, in order, each beside the next."""
    midnight = datetime.combine(day, time.min, UTC)
    instants = [midnight + HOUR * hour for hour in HOURS_AROUND]
    changes = [
        _change_between(before, after, zone)
        for before, after in itertools.pairwise(instants)
        if _offset(before, zone) != _offset(after, zone)
    ]
    edges = [instants[0], *changes, instants[-1]]
    return tuple(
        Stretch(starts_at=start, ends_at=end, offset=_offset(start, zone)) for start, end in itertools.pairwise(edges)
    )


def real_time(starts: datetime, ends: datetime, *, zone: ZoneInfo) -> list[Stretch]:
    """Return the real time whose local clock shows [starts, ends): less than it when the clock jumps ahead,
    more when it goes back; stretches that touch follow each other directly.
    """
    found = []
    for stretch in stretches_around(starts.date(), zone):
        begin = max(stretch.starts_at, _at_offset(starts, stretch.offset))
        end = min(stretch.ends_at, _at_offset(ends, stretch.offset))
        if begin < end:
            found.append(Stretch(starts_at=begin, ends_at=end, offset=stretch.offset))
    return found


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the date that the zone's calendar shows at the instant."""
    return instant.astimezone(zone).date()


def _at_offset(local: datetime, offset: timedelta) -> datetime:
    return (local - offset).replace(tzinfo=UTC)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second of the new offset, by halving the hour in which it changes."""
    old = _offset(before, zone)
    while after - before > SECOND:
        middle = before + ((after - before) // SECOND // 2) * SECOND
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after

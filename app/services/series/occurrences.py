"""The dates and times of a series. Pure, no database.

Always counted from the first date, so nothing drifts: a month that is too short takes its last day, and the next
long one has the 31st (or 29 February) again. The time is the location's wall clock and stays the same across a clock
change: a time that the clock shows twice is the first of the two, one that it jumps over is no time at all.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice, takewhile
from zoneinfo import ZoneInfo

from models.series import SeriesUnit

MOST = 104
MONTHS_A_YEAR = 12
DAYS = {SeriesUnit.DAY: 1, SeriesUnit.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every so many days, weeks or months from the first date on, at one time of the location's wall clock.

    It ends after `times` dates or with `until`, which is included: one of the two is given.
    """

    every: int
    unit: SeriesUnit
    first_on: date
    at: time
    times: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series, numbered from 1; `starts_at` is None where the clock jumps over the local time."""

    number: int
    starts_local: datetime
    starts_at: datetime | None


def dates_of(rule: Recurrence, *, last_on: date) -> list[date]:
    """Return the dates of a series up to `last_on`, one more than the most that a series may have at the highest."""
    ends_on = min(rule.until or last_on, last_on)
    dates = takewhile(lambda on: on <= ends_on, _from_first(rule))
    return list(islice(dates, MOST + 1 if rule.times is None else rule.times))


def occurrence_of(number: int, starts_local: datetime, *, zone: ZoneInfo) -> Occurrence:
    """Return what a local time of the series is in real time."""
    return Occurrence(number, starts_local, instant_of(starts_local, zone=zone))


def instant_of(local: datetime, *, zone: ZoneInfo) -> datetime | None:
    """Return the first instant at which the zone's clock shows this time; None when it never does."""
    instant = after_jump(local, zone=zone)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == local else None


def after_jump(local: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the same; for a time that the clock jumps over, as long after the jump as the time lies in it."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _from_first(rule: Recurrence) -> Iterator[date]:
    for step in count(step=rule.every):
        if rule.unit is SeriesUnit.MONTH:
            yield months_after(rule.first_on, step)
        else:
            yield rule.first_on + timedelta(days=step * DAYS[rule.unit])


def months_after(first_on: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day when it is shorter."""
    years, month = divmod(first_on.month - 1 + months, MONTHS_A_YEAR)
    year = first_on.year + years
    return date(year, month + 1, min(first_on.day, monthrange(year, month + 1)[1]))

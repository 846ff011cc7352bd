"""What the public booking pages show: days with how many times are free, and the times of one day.

A time is shown once for each site, whoever of its practitioners is free then: who wants one practitioner asks for
that one. Both lists come from `open_starts` (as a copy of half a minute at most), so whatever is shown can be held.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.availability.public import browsed_starts
from app.services.availability.start import Start
from app.services.availability.starts import first_available
from models.principal import Principal

DAYS_AT_ONCE = 14
# Somewhere on earth a date begins 14 hours before UTC's and ends 12 hours after it.
EARLIEST_ZONE, LATEST_ZONE = timedelta(hours=14), timedelta(hours=12)
# Nothing is offered farther away; at the calendar's ends there is no day before or after.
FARTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader wants: a service, and perhaps a practitioner and a site."""

    service_id: UUID
    practitioner_id: UUID | None = None
    location_id: UUID | None = None


class OwnTime(NamedTuple):
    """A time that the reader holds: free for nobody else, but still theirs to choose."""

    day: date
    starts_at: datetime
    location_id: UUID


@dataclass(frozen=True, slots=True)
class FreeDays:
    """The days from `since` on, each with how many times are free; `has_more` when later ones can be asked for."""

    since: date
    days: list[tuple[date, int]]
    has_more: bool


def free_days(
    session: Session,
    principal: Principal,
    *,
    choice: Choice,
    since: date | None,
    own: OwnTime | None = None,
    now: datetime,
) -> FreeDays | None:
    """Return a fortnight of days that begins on `since`, or on the first free day; None when nothing is free."""
    begins_at = _midnight(since) - EARLIEST_ZONE if since else now
    first = _first(session, principal, choice=choice, since=max(begins_at, now), now=now)
    firsts = ([_day_of(first)] if first else []) + ([own.day] if own and own.day >= (since or own.day) else [])
    if not firsts:
        return None
    begins = max(since or date.min, min(firsts))
    ends = begins + timedelta(days=DAYS_AT_ONCE)
    starts = _starts(session, principal, choice=choice, first_day=begins, last_day=ends - timedelta(days=1), now=now)
    places = {(start.starts_at, start.location_id): _day_of(start) for start in starts}
    if own and begins <= own.day < ends:
        places[own.starts_at, own.location_id] = own.day
    later = _first(session, principal, choice=choice, since=max(_midnight(ends), now), now=now)
    if not places:
        next_day = _day_of(later) if later else None
        return free_days(session, principal, choice=choice, since=next_day, own=own, now=now) if next_day else None
    has_more = later is not None or (own is not None and own.day >= ends)
    return FreeDays(begins, sorted(Counter(places.values()).items()), has_more)


def free_times(session: Session, principal: Principal, *, choice: Choice, day: date, now: datetime) -> list[Start]:
    """Return the day's times, each once for a site, on the sites' own calendars."""
    if abs(day - now.date()) > FARTHEST:
        return []
    return _starts(session, principal, choice=choice, first_day=day, last_day=day, now=now)


def _first(session: Session, principal: Principal, *, choice: Choice, since: datetime, now: datetime) -> Start | None:
    found = first_available(
        session,
        principal,
        service_id=choice.service_id,
        practitioner_id=choice.practitioner_id,
        location_id=choice.location_id,
        since=since,
        now=now,
    )
    return found[0] if found else None


def _starts(
    session: Session, principal: Principal, *, choice: Choice, first_day: date, last_day: date, now: datetime
) -> list[Start]:
    since = max(_midnight(first_day) - EARLIEST_ZONE, now)
    until = _midnight(last_day + timedelta(days=1)) + LATEST_ZONE
    if since >= until:
        return []
    found = browsed_starts(
        session,
        principal,
        service_id=choice.service_id,
        practitioner_id=choice.practitioner_id,
        location_id=choice.location_id,
        since=since,
        until=until,
        now=now,
    )
    return _once_a_site(start for start in found if first_day <= _day_of(start) <= last_day)


def _once_a_site(starts: Iterable[Start]) -> list[Start]:
    seen: dict[tuple[datetime, UUID], Start] = {}
    for start in starts:
        seen.setdefault((start.starts_at, start.location_id), start)
    return list(seen.values())


def _day_of(start: Start) -> date:
    return start.starts_at.astimezone(ZoneInfo(start.timezone)).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

"""Open starts, free places by day and the first starts over many practitioners: exactly what a hold accepts.

The first starts of many practitioners are read in windows that begin where something is free and grow from there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.availability.free_slots import FreeSlot, free_slots, next_free
from app.services.availability.obstacles import obstacles_of
from app.services.availability.start import Start
from app.services.availability.terms import LONGEST_RANGE, Terms, Wanted, terms_of
from app.services.booking.visit import Visit, visits_over
from models.principal import Principal

FIRST_LOOK = timedelta(minutes=5)
FIRST_LOOK_AT_ONE = timedelta(days=1)
LONGEST_LOOK = timedelta(days=14)
# Candidates whose practitioner, room and device are looked up at once when only the first starts are wanted.
CANDIDATES_AT_ONCE = 32


class Candidate(NamedTuple):
    """A visit that free slots cover; whether practitioner, room and device are free too is not known yet."""

    visit: Visit
    slots: Sequence[FreeSlot]


def open_starts(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID | None = None,
    specialty: str | None = None,
    location_id: UUID | None = None,
    since: datetime,
    until: datetime,
    now: datetime,
    limit: int | None = None,
    moving: UUID | None = None,
) -> list[Start]:
    """Return the starts in `since` to `until` (half-open, at most 62 days) that a hold of this actor accepts.

    In time order, the first `limit` of them. With `moving`, those that a reschedule of that appointment accepts: its
    own place is free for it, its patient's other appointments are in the way. Raises
    InvalidField for an unknown service or a bad range.
    """
    require(principal, Permission.SLOTS_READ)
    wanted = Wanted(service_id, practitioner_id, specialty, location_id)
    terms = terms_of(session, principal, wanted=wanted, since=since, until=until, now=now, moving=moving)
    found: list[Start] = []
    for window in _windows(session, terms, is_grown=limit is not None):
        for starts in _starts(session, window, at_once=None if limit is None else max(limit, CANDIDATES_AT_ONCE)):
            found.extend(starts)
            if limit is not None and len(found) >= limit:
                return found[:limit]
    return found


def first_available(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID | None = None,
    specialty: str | None = None,
    location_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
    count: int = 1,
    moving: UUID | None = None,
) -> list[Start]:
    """Return the first `count` starts over all practitioners who offer the service; by default of the next 62 days."""
    begins = since or now
    return open_starts(
        session,
        principal,
        service_id=service_id,
        practitioner_id=practitioner_id,
        specialty=specialty,
        location_id=location_id,
        since=begins,
        until=until or begins + LONGEST_RANGE,
        now=now,
        limit=count,
        moving=moving,
    )


def days(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID | None = None,
    specialty: str | None = None,
    location_id: UUID | None = None,
    since: datetime,
    until: datetime,
    now: datetime,
    moving: UUID | None = None,
) -> list[tuple[date, int]]:
    """Return the location-local days that have a free place, with how many: the free places of all their starts."""
    starts = open_starts(
        session,
        principal,
        service_id=service_id,
        practitioner_id=practitioner_id,
        specialty=specialty,
        location_id=location_id,
        since=since,
        until=until,
        now=now,
        moving=moving,
    )
    places: Counter[date] = Counter()
    for start in starts:
        places[start.starts_at.astimezone(ZoneInfo(start.timezone)).date()] += start.free
    return sorted(places.items())


def _windows(session: Session, terms: Terms, *, is_grown: bool) -> Iterator[Terms]:
    if terms.is_hopeless:
        return
    if not is_grown:
        yield terms
        return
    length = FIRST_LOOK if terms.wanted.practitioner_id is None else FIRST_LOOK_AT_ONE
    since = next_free(session, terms)
    while since is not None:
        until = min(since + length, terms.until)
        yield terms.between(since, until)
        length = min(length * 2, LONGEST_LOOK)
        since = next_free(session, terms.between(until, terms.until)) if until < terms.until else None


def _starts(session: Session, terms: Terms, *, at_once: int | None) -> Iterator[list[Start]]:
    """Yield the starts of a window in time order, as many candidates at once as told."""
    candidates = [
        Candidate(visit, slots)
        for row in free_slots(session, terms)
        for visit, slots in visits_over(row, terms.rules)
        if terms.since <= visit.starts_at < terms.until
    ]
    candidates.sort(key=lambda candidate: (candidate.visit.starts_at, candidate.slots[0].practitioner_id))
    step = at_once or max(len(candidates), 1)
    for position in range(0, len(candidates), step):
        some = candidates[position : position + step]
        obstacles = obstacles_of(session, terms, slots=[c.slots[0] for c in some], visits=[c.visit for c in some])
        yield [_start(c) for c in some if obstacles.admit(c.visit, c.slots[0])]


def _start(candidate: Candidate) -> Start:
    first = candidate.slots[0]
    return Start(
        id=first.id,
        practitioner_id=first.practitioner_id,
        location_id=first.location_id,
        starts_at=candidate.visit.starts_at,
        ends_at=candidate.visit.ends_at,
        capacity=min([slot.capacity for slot in candidate.slots]),
        free=min([slot.free for slot in candidate.slots]),
        version=first.version,
        timezone=first.timezone,
    )

"""Open starts as guests browse them, on pages and API: up to half a minute old, so that a crowd reads once.

A copy is dropped by every booking with the practitioner it is about (or with anybody), and by time. What takes the
last room elsewhere is seen when the copy ends; the hold decides in any case. Staff and programs never get a copy.
"""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from app.infra.cache_keys import starts_of
from app.services.accounts.permissions import Permission, require
from app.services.availability.start import Start
from app.services.availability.starts import days, open_starts
from app.services.availability.terms import LONGEST_RANGE, Wanted, terms_of
from app.services.kept import kept
from models.principal import ActorKind, Principal

BROWSING = frozenset({ActorKind.GUEST, ActorKind.KIOSK})
MINUTE = timedelta(minutes=1)
STARTS = TypeAdapter(list[Start])
DAYS = TypeAdapter(list[tuple[date, int]])


def browsed_starts(
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
) -> list[Start]:
    """Return `open_starts`, as a copy when somebody without an account browses; same range, same errors."""
    read = partial(
        open_starts,
        session,
        principal,
        service_id=service_id,
        practitioner_id=practitioner_id,
        specialty=specialty,
        location_id=location_id,
        now=now,
        limit=limit,
    )
    if not is_browsing(principal):
        return read(since=since, until=until)
    require(principal, Permission.SLOTS_READ)
    # The window has moved on since the copy was made.
    wanted = Wanted(service_id, practitioner_id, specialty, location_id)
    terms = terms_of(session, principal, wanted=wanted, since=since, until=until, now=now)
    # Whole minutes, so that those who ask in the same minute ask the same.
    begins, ends = _minute(since), min(_minute(until) + MINUTE, _minute(since) + LONGEST_RANGE)
    key = starts_of(principal.clinic_id, practitioner_id).key(service_id, location_id, begins, ends, specialty, limit)
    copy = kept(key, STARTS, lambda: read(since=begins, until=ends))
    found = [start for start in copy if terms.since <= start.starts_at < terms.until]
    # The copy ends with its last start, though more are open: what has passed since has to be made up for.
    return read(since=since, until=until) if len(found) < len(copy) == limit else found


def browsed_days(
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
) -> list[tuple[date, int]]:
    """Return `days`, as a copy when somebody without an account browses; same range, same errors."""
    read = partial(
        days,
        session,
        principal,
        service_id=service_id,
        practitioner_id=practitioner_id,
        specialty=specialty,
        location_id=location_id,
        since=since,
        until=until,
        now=now,
    )
    if not is_browsing(principal):
        return read()
    require(principal, Permission.SLOTS_READ)
    key = starts_of(principal.clinic_id, practitioner_id).key("days", service_id, location_id, since, until, specialty)
    return kept(key, DAYS, read)


def is_browsing(principal: Principal) -> bool:
    """Tell whether somebody without an account looks at the whole clinic, for whom a copy is good enough."""
    return principal.kind in BROWSING and principal.location_ids is None


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)

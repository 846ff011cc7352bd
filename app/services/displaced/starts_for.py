"""Where displaced visits could go: for a few each one's own look, for many of one service one look for all of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability import Start, open_starts
from app.services.availability.terms import LONGEST_RANGE
from app.services.displaced.worklist import DisplacedVisit
from models.db import rows
from models.principal import Principal

# A look for all costs as much as one, and misses only what a visit's own room or device would make possible.
FEW = 3
# The patients' own appointments; a hold that has run out and is not being paid is in nobody's way.
BUSY: LiteralString = """
SELECT patient_id, id, starts_at, ends_at FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = ANY(%(patient_ids)s::uuid[]) AND live
   AND starts_at > %(now)s::timestamptz - interval '1 day'
   AND (status <> 'pending' OR hold_expires_at > %(now)s::timestamptz OR pay_deadline_at IS NOT NULL)
"""
Busy = dict[UUID, list[tuple[UUID, datetime, datetime]]]


def starts_for(
    session: Session, principal: Principal, visits: Sequence[DisplacedVisit], *, around: timedelta, now: datetime
) -> dict[UUID, list[Start]]:
    """Return for each visit the starts of its service within the time around it, without its patient's other times."""
    by_service: dict[UUID, list[DisplacedVisit]] = defaultdict(list)
    for visit in visits:
        by_service[visit.service_id].append(visit)
    busy = _busy(session, principal, visits, now=now)
    found: dict[UUID, list[Start]] = {}
    for service_id, group in by_service.items():
        if len(group) <= FEW:
            found |= {one.appointment_id: _own(session, principal, one, around=around, now=now) for one in group}
            continue
        since = min(max(visit.starts_at - around, now) for visit in group)
        until = max(visit.starts_at + around for visit in group)
        every = list(_all(session, principal, service_id, since=since, until=until, now=now))
        found |= {visit.appointment_id: _within(every, visit, busy, around=around) for visit in group}
    return found


def _own(
    session: Session, principal: Principal, visit: DisplacedVisit, *, around: timedelta, now: datetime
) -> list[Start]:
    return open_starts(
        session,
        principal,
        service_id=visit.service_id,
        since=max(visit.starts_at - around, now),
        until=visit.starts_at + around,
        now=now,
        moving=visit.appointment_id,
    )


def _all(
    session: Session, principal: Principal, service_id: UUID, *, since: datetime, until: datetime, now: datetime
) -> Iterator[Start]:
    while since < until:
        end = min(since + LONGEST_RANGE, until)
        yield from open_starts(session, principal, service_id=service_id, since=since, until=end, now=now)
        since = end


def _within(every: Sequence[Start], visit: DisplacedVisit, busy: Busy, *, around: timedelta) -> list[Start]:
    others = [(begins, ends) for one, begins, ends in busy.get(visit.patient_id, ()) if one != visit.appointment_id]
    since, until = visit.starts_at - around, visit.starts_at + around
    return [
        start
        for start in every
        if since <= start.starts_at < until
        and not any(begins < start.ends_at and ends > start.starts_at for begins, ends in others)
    ]


def _busy(session: Session, principal: Principal, visits: Sequence[DisplacedVisit], *, now: datetime) -> Busy:
    busy: Busy = defaultdict(list)
    patient_ids = list({visit.patient_id for visit in visits})
    parameters = {"clinic_id": principal.clinic_id, "patient_ids": patient_ids, "now": now}
    for patient_id, *appointment in rows(session, BUSY, parameters) if visits else []:
        busy[patient_id].append((appointment[0], appointment[1], appointment[2]))
    return busy

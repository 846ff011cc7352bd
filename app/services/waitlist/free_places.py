"""The free places of one search, page by page in time order: availability itself, so that a hold accepts each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.permissions import PATIENT_PERMISSIONS
from app.services.availability import Start, open_starts
from app.services.availability.terms import LONGEST_RANGE
from models.db import first_row
from models.principal import Principal

FIRST_PAGE, LARGEST_PAGE = 32, 2_048
PLACE: LiteralString = """
SELECT s.id, s.practitioner_id, s.location_id, s.starts_at + make_interval(mins => v.buffer_before_minutes),
       s.starts_at + make_interval(mins => v.buffer_before_minutes + v.duration_minutes), s.max_capacity::int,
       greatest(s.max_capacity - s.current_bookings, 0)::int, s.version, l.timezone
  FROM slots s
  JOIN services v ON v.clinic_id = s.clinic_id AND v.id = %(service_id)s::uuid
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = %(slot_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Search:
    """What some wishes have in common, so that they are searched for together; None means any."""

    service_id: UUID
    practitioner_id: UUID | None
    location_id: UUID | None


def place_at(session: Session, principal: Principal, *, slot_id: UUID, service_id: UUID) -> Start:
    """Return the place that begins with a slot, free or not; raises InvalidField for one at none of their sites."""
    parameters = {"clinic_id": principal.clinic_id, "slot_id": slot_id, "service_id": service_id}
    found = first_row(session, PLACE, parameters)
    place = Start(*found) if found else None
    if place is None or (principal.location_ids is not None and place.location_id not in principal.location_ids):
        raise InvalidField("slot_id", "There is no such slot or service.")
    return place


def free_places(
    session: Session, principal: Principal, *, search: Search, since: datetime, until: datetime, now: datetime
) -> Iterator[Start]:
    """Yield the starts in `since` to `until` that a patient could hold now; notice and horizon are a patient's."""
    seeker = replace(principal, permissions=PATIENT_PERMISSIONS)
    while since < until:
        end = min(since + LONGEST_RANGE, until)
        yield from _of_range(session, seeker, search=search, since=since, until=end, now=now)
        since = end


def _of_range(
    session: Session, seeker: Principal, *, search: Search, since: datetime, until: datetime, now: datetime
) -> Iterator[Start]:
    size, seen = FIRST_PAGE, set[UUID]()
    while since < until:
        page = open_starts(
            session,
            seeker,
            service_id=search.service_id,
            practitioner_id=search.practitioner_id,
            location_id=search.location_id,
            since=since,
            until=until,
            now=now,
            limit=size,
        )
        yield from (start for start in page if start.id not in seen)
        if len(page) < size:
            return
        # The next page begins at the last instant of this one, where more may start; those seen are left out.
        is_stuck = page[-1].starts_at == since
        since = page[-1].starts_at
        seen = {start.id for start in page}
        size = size * 2 if is_stuck else min(size * 2, LARGEST_PAGE)

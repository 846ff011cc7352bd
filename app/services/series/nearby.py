"""Other starts for a time of a series that is not free: as near as possible, with the same practitioner first."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.availability import Start, open_starts
from app.services.availability.occupied import Occupied
from app.services.series.offers import is_free_for
from models.principal import Principal

MOST = 3
WITH_THE_SAME = timedelta(days=3)
WITH_ANYBODY = timedelta(days=1)


def starts_nearby(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID,
    location_id: UUID,
    wanted: datetime,
    busy: Occupied,
    now: datetime,
) -> list[Start]:
    """Return up to three starts at the site when the patient is free, those with the practitioner before others'.

    `busy` is the patient's time, the rest of the series included, so that each may be chosen beside the others.
    """
    if not principal.may(Permission.SLOTS_READ):
        return []

    def found(within: timedelta, with_whom: UUID | None) -> list[Start]:
        since, until = max(wanted - within, now), wanted + within
        if since >= until:
            return []
        starts = open_starts(
            session,
            principal,
            service_id=service_id,
            practitioner_id=with_whom,
            location_id=location_id,
            since=since,
            until=until,
            now=now,
        )
        free = [start for start in starts if is_free_for(busy, starts_at=start.starts_at, ends_at=start.ends_at)]
        return sorted(free, key=lambda start: (abs(start.starts_at - wanted), start.starts_at, start.practitioner_id))

    nearest = found(WITH_THE_SAME, practitioner_id)[:MOST]
    if len(nearest) < MOST:
        nearest += [start for start in found(WITH_ANYBODY, None) if start.practitioner_id != practitioner_id]
    return nearest[:MOST]

"""Where one displaced visit can go, for who chooses by hand: every free start of one day, with names."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import AppointmentNotFound
from app.services.accounts.permissions import Permission, require
from app.services.availability import Start, open_starts
from app.services.booking.read import read_row
from app.services.catalogue.read import locations, practitioners
from models.principal import Principal

# Somewhere on earth a date begins 14 hours before UTC's, and ends as long after it.
ZONES = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A start with the names of its practitioner and its site."""

    start: Start
    practitioner: str
    location: str


def other_places(
    session: Session, principal: Principal, *, appointment_id: UUID, day: date, now: datetime
) -> list[OtherPlace]:
    """Return the starts of a local day that a move of this appointment accepts, in time order.

    With anybody who offers the service, at any site that the actor reaches. Raises AppointmentNotFound, NotPermitted.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    row = read_row(session, principal, appointment_id=appointment_id)
    if row is None or (principal.location_ids is not None and row.location_id not in principal.location_ids):
        raise AppointmentNotFound
    midnight = datetime.combine(day, time(), UTC)
    since, until = max(midnight - ZONES, now), midnight + timedelta(days=1) + ZONES
    if since >= until:
        return []
    found = open_starts(
        session, principal, service_id=row.service_id, since=since, until=until, now=now, moving=appointment_id
    )
    return named(session, principal, [start for start in found if _day_of(start) == day])


def named(session: Session, principal: Principal, starts: list[Start]) -> list[OtherPlace]:
    """Return starts with their names, those at sites of the actor's only."""
    people = {one.id: one.name for one in practitioners(session, principal)}
    sites = {one.id: one.name for one in locations(session, principal)}
    return [
        OtherPlace(start, people.get(start.practitioner_id, ""), sites.get(start.location_id, ""))
        for start in starts
        if principal.location_ids is None or start.location_id in principal.location_ids
    ]


def _day_of(start: Start) -> date:
    return start.starts_at.astimezone(ZoneInfo(start.timezone)).date()

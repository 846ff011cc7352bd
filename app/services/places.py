"""The locations at which somebody may do something, each with the clock and the calendar on its wall."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import NotFound
from app.services.accounts.permissions import require
from app.words import N_
from models.db import rows
from models.principal import Principal

NO_SUCH_PLACE = N_("There is no such location.")
LOCATIONS: LiteralString = """
SELECT id, name, timezone FROM locations
WHERE clinic_id = %(clinic_id)s AND is_active AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s))
ORDER BY name, id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A location that the reader may look at, with the zone of its wall clocks."""

    id: UUID
    name: str
    timezone: str

    def today(self, now: datetime) -> date:
        """Return the date that the location's calendar shows."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Return the day's first instant and the next day's: 23 to 25 hours apart."""
        zone = ZoneInfo(self.timezone)
        midnights = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
        begin, until = (midnight.astimezone(UTC) for midnight in midnights)
        return begin, until


def places_for(session: Session, principal: Principal, *, permission: str) -> list[Place]:
    """Return the active locations at which the actor has a permission, by name; raises NotPermitted."""
    require(principal, permission)
    ids = None if principal.location_ids is None else list(principal.location_ids)
    return [Place(*row) for row in rows(session, LOCATIONS, {"clinic_id": principal.clinic_id, "ids": ids})]


def place_for(session: Session, principal: Principal, *, permission: str, location_id: UUID) -> Place:
    """Return one of them; raises NotPermitted for another's, NotFound when there is none."""
    require(principal, permission, location_id=location_id)
    for place in places_for(session, principal, permission=permission):
        if place.id == location_id:
            return place
    raise NotFound(NO_SUCH_PLACE)

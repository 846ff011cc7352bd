"""Before something is retired: how many appointments still to come use it. They stay; the reader says so first."""

from datetime import datetime
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import StillNeeded
from app.services.accounts.permissions import Permission, require
from app.services.availability.occupied import RUN_OUT
from models.db import first_row
from models.principal import Principal


class Needed(StrEnum):
    """What an appointment may need."""

    LOCATION = "location"
    ROOM = "room"
    DEVICE = "device"
    SERVICE = "service"
    PRACTITIONER = "practitioner"


COUNT: LiteralString = (
    """
SELECT count(*) FROM appointments a
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.live AND a.starts_at >= %(now)s::timestamptz AND NOT """
    + RUN_OUT
    + """
   AND CASE %(kind)s::text
         WHEN 'location' THEN a.location_id WHEN 'room' THEN a.room_id WHEN 'device' THEN a.device_id
         WHEN 'service' THEN a.service_id ELSE a.practitioner_id END = %(id)s::uuid
"""
)


def appointments_to_come(session: Session, clinic_id: UUID, *, kind: Needed, entry_id: UUID, now: datetime) -> int:
    """Return how many live appointments still to come are at, in, with or for an entry of the settings."""
    found = first_row(session, COUNT, {"clinic_id": clinic_id, "kind": kind.value, "id": entry_id, "now": now})
    return int(found[0]) if found else 0


def count_to_come(session: Session, principal: Principal, *, kind: Needed, entry_id: UUID, now: datetime) -> int:
    """Return the same for whoever is about to retire it; raises NotPermitted."""
    require(principal, Permission.SETTINGS_WRITE)
    return appointments_to_come(session, principal.clinic_id, kind=kind, entry_id=entry_id, now=now)


def require_agreed(
    session: Session, clinic_id: UUID, *, kind: Needed, entry_id: UUID, agreed: int, now: datetime
) -> None:
    """Raise StillNeeded unless the reader has agreed to at least as many appointments that stay as they are."""
    count = appointments_to_come(session, clinic_id, kind=kind, entry_id=entry_id, now=now)
    if count > agreed:
        raise StillNeeded(appointments=count)

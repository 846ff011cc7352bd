"""The worklist of displaced appointments: who stands on time that the schedule no longer has, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.schedules.displacing import ON_BLOCKED_SLOT, STILL_TO_COME
from models.appointments import AppointmentStatus
from models.db import rows
from models.principal import Principal

# An open row whose appointment was cancelled or moved since is not true any more, whoever did it.
OPEN: LiteralString = (
    """
SELECT a.id, a.status, a.version, d.reason, d.since_at, a.patient_id, a.service_id, a.practitioner_id, a.location_id,
       a.starts_at, a.ends_at, a.timezone
  FROM displaced_appointments d
  JOIN appointments a ON a.clinic_id = d.clinic_id AND a.id = d.appointment_id
 WHERE d.clinic_id = %(clinic_id)s::uuid AND d.settled_at IS NULL
   AND (%(location_ids)s::uuid[] IS NULL OR a.location_id = ANY(%(location_ids)s::uuid[]))
   AND (%(appointment_ids)s::uuid[] IS NULL OR a.id = ANY(%(appointment_ids)s::uuid[]))
   AND """
    + STILL_TO_COME
    + " AND "
    + ON_BLOCKED_SLOT
    + " ORDER BY a.starts_at, a.id"
)


@dataclass(frozen=True, slots=True)
class DisplacedVisit:
    """One line of the worklist; `reason` is a code of `explain`, times are in UTC, `timezone` is the location's."""

    appointment_id: UUID
    status: AppointmentStatus
    version: int
    reason: str
    since_at: datetime
    patient_id: UUID
    service_id: UUID
    practitioner_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    timezone: str


def list_displaced(
    session: Session, principal: Principal, *, location_id: UUID | None = None, now: datetime
) -> list[DisplacedVisit]:
    """Return the displaced appointments still to come, of one location or of all that the actor reaches, by time.

    Raises NotPermitted.
    """
    require(principal, Permission.APPOINTMENTS_READ, location_id=location_id)
    found = open_visits(session, principal, location_id=location_id, now=now)
    seen = [visit.appointment_id for visit in found]
    viewed(session, principal, object_kind="displaced-appointment", object_id=location_id, ids=seen, now=now)
    return found


def open_visits(
    session: Session,
    principal: Principal,
    *,
    location_id: UUID | None = None,
    appointment_ids: list[UUID] | None = None,
    now: datetime,
) -> list[DisplacedVisit]:
    """Return lines of the worklist for a service that has asked for its own permission."""
    reached = principal.location_ids if location_id is None else frozenset({location_id})
    parameters = {
        "clinic_id": principal.clinic_id,
        "location_ids": None if reached is None else list(reached),
        "appointment_ids": appointment_ids,
        "now": now,
    }
    return [DisplacedVisit(row[0], AppointmentStatus(row[1]), *row[2:]) for row in rows(session, OPEN, parameters)]

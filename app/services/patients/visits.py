"""A patient's appointments, coming and past."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from models.db import rows
from models.principal import Principal

MOST = 50
COLUMNS: LiteralString = """
SELECT a.id, CASE WHEN a.status = 'checked-in' AND a.roomed_at IS NOT NULL THEN 'in-room' ELSE a.status END,
       a.starts_at, a.ends_at, l.timezone, a.location_id, l.name, a.practitioner_id, d.display_name, s.name,
       a.service_id, coalesce(a.cancel_reason, ''), a.series_id IS NOT NULL
  FROM appointments a
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.patient_id = %(patient_id)s::uuid
   AND (%(places)s::uuid[] IS NULL OR a.location_id = ANY(%(places)s::uuid[]))
   AND (a.status <> 'pending' OR a.hold_expires_at > %(now)s::timestamptz OR a.pay_deadline_at IS NOT NULL)
"""
# What has not ended is coming, also when it began already; what was cancelled before is over.
COMING: LiteralString = (
    COLUMNS + " AND a.live AND a.ends_at > %(now)s::timestamptz AND a.status <> 'fulfilled'"
    " ORDER BY a.starts_at, a.id LIMIT %(most)s::int"
)
PAST: LiteralString = (
    COLUMNS + " AND NOT (a.live AND a.ends_at > %(now)s::timestamptz AND a.status <> 'fulfilled')"
    " AND coalesce(a.cancel_reason, '') NOT IN ('hold-expired', 'moved')"
    " ORDER BY a.starts_at DESC, a.id LIMIT %(most)s::int"
)


@dataclass(frozen=True, slots=True)
class PatientVisit:
    """One appointment as the patient's file lists it."""

    id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    location_id: UUID
    location: str
    practitioner_id: UUID
    practitioner: str
    service: str
    service_id: UUID
    cancel_reason: str
    is_in_series: bool


@dataclass(frozen=True, slots=True)
class PatientVisits:
    """The next ones first, and the last ones first; `has_more` when older ones are not among them."""

    coming: list[PatientVisit]
    past: list[PatientVisit]
    has_more: bool


def visits_of(session: Session, principal: Principal, *, patient_id: UUID, now: datetime) -> PatientVisits:
    """Return a patient's appointments at the actor's locations, up to MOST of either kind."""
    require(principal, Permission.APPOINTMENTS_READ)
    places = None if principal.location_ids is None else list(principal.location_ids)
    place = {"clinic_id": principal.clinic_id, "patient_id": patient_id, "places": places}
    coming = [PatientVisit(*row) for row in rows(session, COMING, {**place, "now": now, "most": MOST})]
    past = [PatientVisit(*row) for row in rows(session, PAST, {**place, "now": now, "most": MOST + 1})]
    return PatientVisits(coming, past[:MOST], has_more=len(past) > MOST)

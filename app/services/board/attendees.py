"""What the pane beside the board shows of a session: what it is, and everybody who has a place in it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import require
from app.services.audit.record import viewed
from app.services.patients.sealing import name_of
from app.words import N_
from models.db import first_row, rows
from models.principal import Principal

READ_SESSION: LiteralString = """
SELECT t.starts_at, t.ends_at, t.location_id, l.timezone, d.id, d.display_name, s.id, s.name, t.max_capacity
  FROM slots t
  JOIN locations l ON l.clinic_id = t.clinic_id AND l.id = t.location_id
  JOIN practitioners d ON d.clinic_id = t.clinic_id AND d.id = t.practitioner_id
  JOIN services s ON s.clinic_id = t.clinic_id AND s.id = t.service_id
 WHERE t.clinic_id = %(clinic_id)s AND t.id = %(id)s
"""
READ_ATTENDEES: LiteralString = """
SELECT a.id, a.status, a.patient_id, p.given_name_sealed, p.family_name_sealed
  FROM appointments a JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
 WHERE a.clinic_id = %(clinic_id)s AND a.slot_id = %(id)s AND a.live
   AND (a.status <> 'pending' OR a.hold_expires_at > %(now)s OR a.pay_deadline_at IS NOT NULL)
 ORDER BY a.created_at, a.id
"""


@dataclass(frozen=True, slots=True)
class Attendee:
    """One place of a session that is taken."""

    id: UUID
    name: str = field(repr=False)
    status: str


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """A session with everybody who has a place in it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    location_id: UUID
    timezone: str
    practitioner_id: UUID
    practitioner: str
    service_id: UUID
    service: str
    places: int
    attendees: list[Attendee]


def session_details(session: Session, principal: Principal, *, slot_id: UUID, now: datetime) -> SessionDetails:
    """Return a session with its attendees, and write which of them the actor saw."""
    found = first_row(session, READ_SESSION, {"clinic_id": principal.clinic_id, "id": slot_id})
    if found is None:
        raise NotFound(N_("There is no such session."))
    require(principal, "appointments:read", location_id=found[2])
    people = rows(session, READ_ATTENDEES, {"clinic_id": principal.clinic_id, "id": slot_id, "now": now})
    viewed(session, principal, object_kind="session", object_id=slot_id, ids=[row[2] for row in people], now=now)
    vault = vault_of(session, principal.clinic_id)
    attendees = [Attendee(row[0], name_of(vault, row[2], row[3], row[4]), row[1]) for row in people]
    starts_at, ends_at, location_id, timezone, practitioner_id, practitioner, service_id, service, places = found
    return SessionDetails(
        id=slot_id,
        starts_at=starts_at,
        ends_at=ends_at,
        location_id=location_id,
        timezone=timezone,
        practitioner_id=practitioner_id,
        practitioner=practitioner,
        service_id=service_id,
        service=service,
        places=places,
        attendees=attendees,
    )

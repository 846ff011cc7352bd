"""Whose day it is: the practitioner that the signed-in account belongs to, and which visits are theirs."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound, NotPermitted
from app.services.accounts.permissions import Permission, require
from app.services.places import Place
from app.words import N_
from models.db import first_row, rows
from models.principal import ActorKind, Principal

NO_PRACTITIONER = N_("Your account is not linked to a practitioner. An administrator can link it under Settings.")
NOT_YOURS = N_("This patient is another practitioner's. Have them handed over to you at Arrivals first.")
ME: LiteralString = """
SELECT p.id, p.display_name
  FROM role_grants g JOIN practitioners p ON p.clinic_id = g.clinic_id AND p.id = g.practitioner_id
 WHERE g.clinic_id = %(clinic_id)s::uuid AND g.user_id::text = %(user_id)s AND g.role = 'practitioner'
 ORDER BY g.id LIMIT 1
"""
PLACES: LiteralString = """
SELECT l.id, l.name, l.timezone FROM locations l
 WHERE l.clinic_id = %(clinic_id)s::uuid AND l.is_active AND (%(ids)s::uuid[] IS NULL OR l.id = ANY(%(ids)s::uuid[]))
   AND EXISTS (SELECT 1 FROM schedules s WHERE s.clinic_id = l.clinic_id AND s.location_id = l.id
                  AND s.practitioner_id = %(practitioner_id)s::uuid)
 ORDER BY l.name, l.id
"""
# Who was handed over waits for whoever took them, not for whom they had booked.
VISIT: LiteralString = """
SELECT a.id, a.patient_id, a.service_id, a.location_id, l.timezone, coalesce(t.practitioner_id, a.practitioner_id)
  FROM appointments a
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  LEFT JOIN queue_tickets t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(appointment_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Me:
    """The practitioner whose day it is."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """An appointment of one's own, as far as what is done with it needs to know."""

    id: UUID
    patient_id: UUID
    service_id: UUID
    location_id: UUID
    timezone: str
    practitioner_id: UUID


def me_of(session: Session, principal: Principal) -> Me | None:
    """Return who the signed-in account is, None when it is no practitioner's; raises NotPermitted."""
    require(principal, Permission.OWN_DAY)
    if principal.kind is not ActorKind.USER:
        return None
    found = first_row(session, ME, {"clinic_id": principal.clinic_id, "user_id": principal.actor_id})
    return Me(*found) if found else None


def require_me(session: Session, principal: Principal) -> Me:
    """Return who the signed-in account is; raises NotPermitted when it is no practitioner's."""
    me = me_of(session, principal)
    if me is None:
        raise NotPermitted(NO_PRACTITIONER, permission=Permission.OWN_DAY)
    return me


def own_places(session: Session, principal: Principal, *, me: Me) -> list[Place]:
    """Return the locations at which the practitioner works and that the actor reaches."""
    ids = None if principal.location_ids is None else list(principal.location_ids)
    found = rows(session, PLACES, {"clinic_id": principal.clinic_id, "ids": ids, "practitioner_id": me.id})
    return [Place(*row) for row in found]


def require_own(session: Session, principal: Principal, *, appointment_id: UUID) -> OwnVisit:
    """Return an appointment of the actor's own; raises AppointmentNotFound, NotPermitted for anybody else's."""
    me = require_me(session, principal)
    found = first_row(session, VISIT, {"clinic_id": principal.clinic_id, "appointment_id": appointment_id})
    if found is None:
        raise AppointmentNotFound()
    visit = OwnVisit(*found)
    require(principal, Permission.APPOINTMENTS_READ, location_id=visit.location_id)
    if visit.practitioner_id != me.id:
        raise NotPermitted(NOT_YOURS, permission=Permission.OWN_DAY)
    return visit

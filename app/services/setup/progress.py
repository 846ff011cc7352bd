"""The steps of the set-up: each is done when what it makes is there, so the guide can be left and resumed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import GUEST_PERMISSIONS, Permission
from app.services.audit.record import record
from app.services.availability import Start, first_available
from app.services.catalogue.editing import require_everywhere
from models.db import execute, first_row, rows
from models.principal import ActorKind, Principal

READ: LiteralString = """
SELECT c.name <> '',
       EXISTS (SELECT 1 FROM locations l WHERE l.clinic_id = c.id AND l.is_active),
       EXISTS (SELECT 1 FROM services v WHERE v.clinic_id = c.id AND v.is_active),
       EXISTS (SELECT 1 FROM schedule_rules r
                 JOIN schedules s ON s.clinic_id = r.clinic_id AND s.id = r.schedule_id AND s.is_active
                 JOIN practitioners p ON p.clinic_id = s.clinic_id AND p.id = s.practitioner_id AND p.is_active
                WHERE r.clinic_id = c.id),
       NOT c.is_being_set_up
  FROM clinics c WHERE c.id = %(clinic_id)s::uuid
"""
OFFERED: LiteralString = """
SELECT v.id, v.name FROM services v WHERE v.clinic_id = %(clinic_id)s::uuid AND v.is_active
   AND EXISTS (SELECT 1 FROM practitioner_services o WHERE o.clinic_id = v.clinic_id AND o.service_id = v.id)
 ORDER BY v.name, v.id
"""
NAMES: LiteralString = """
SELECT p.display_name, l.name FROM practitioners p JOIN locations l ON l.clinic_id = p.clinic_id
 WHERE p.clinic_id = %(clinic_id)s::uuid AND p.id = %(practitioner_id)s::uuid AND l.id = %(location_id)s::uuid
"""
FINISH: LiteralString = """
UPDATE clinics SET is_being_set_up = false WHERE id = %(clinic_id)s::uuid AND is_being_set_up
"""


class Step(StrEnum):
    """What the guide asks for, in its order; the account comes before anybody is signed in."""

    CLINIC = "clinic"
    PLACE = "place"
    SERVICE = "service"
    PEOPLE = "people"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class FirstTime:
    """The first time that a patient can book, with the names to read it by."""

    start: Start
    service: str
    practitioner: str
    location: str


def steps_done(session: Session, principal: Principal) -> frozenset[Step]:
    """Return the steps that are done; raises NotPermitted."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    found = first_row(session, READ, {"clinic_id": principal.clinic_id})
    return frozenset(step for step, is_done in zip(Step, found or (), strict=False) if is_done)


def first_time(session: Session, principal: Principal, *, now: datetime) -> FirstTime | None:
    """Return the first time that patients can book, of any service; None when there is none. Raises NotPermitted."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    # Staff are not bound by notice and horizon: it is looked for as patients do.
    patient = Principal(principal.clinic_id, ActorKind.GUEST, "set-up", GUEST_PERMISSIONS)
    found: list[tuple[Start, str]] = []
    for service_id, name in rows(session, OFFERED, {"clinic_id": principal.clinic_id}):
        found += [(start, name) for start in first_available(session, patient, service_id=service_id, now=now)]
    if not found:
        return None
    start, service = min(found, key=lambda one: (one[0].starts_at, one[1]))
    practitioner, location = _names(session, principal.clinic_id, start)
    return FirstTime(start, service, practitioner, location)


def conclude(session: Session, principal: Principal, *, now: datetime) -> FirstTime | None:
    """Return the first time that patients can book; the first one ever ends the set-up. Raises NotPermitted."""
    found = first_time(session, principal, now=now)
    clinic_id = principal.clinic_id
    if found is not None and execute(session, FINISH, {"clinic_id": clinic_id}):
        record(session, principal, action="clinic.set-up", object_kind="clinic", object_id=clinic_id, now=now)
    return found


def _names(session: Session, clinic_id: UUID, start: Start) -> tuple[str, str]:
    about = {"practitioner_id": start.practitioner_id, "location_id": start.location_id}
    found = first_row(session, NAMES, {"clinic_id": clinic_id, **about})
    return (found[0], found[1]) if found else ("", "")

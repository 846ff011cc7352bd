"""The displaced worklist as the desk reads it: each visit with who it is, what for, with whom and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.displaced.worklist import DisplacedVisit, list_displaced
from app.services.patients.sealing import name_of, opened
from models.db import rows
from models.principal import Principal

# More than these cannot be moved in one go either.
MOST = 200
NAMED: LiteralString = """
SELECT a.id, p.given_name_sealed, p.family_name_sealed, p.phone_sealed, p.email_sealed IS NOT NULL, v.name,
       d.display_name, l.name
  FROM appointments a
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN services v ON v.clinic_id = a.clinic_id AND v.id = a.service_id
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = ANY(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class DisplacedLine:
    """One displaced visit with names; `is_reached` when a letter can tell its patient."""

    visit: DisplacedVisit
    patient: str
    phone: str
    is_reached: bool
    service: str
    practitioner: str
    location: str


@dataclass(frozen=True, slots=True)
class Worklist:
    """The first lines by time, and how many there are in all."""

    lines: list[DisplacedLine]
    total: int


def displaced_lines(
    session: Session, principal: Principal, *, location_id: UUID | None = None, now: datetime
) -> Worklist:
    """Return the displaced of one location, or of all that the actor reaches; raises NotPermitted."""
    found = list_displaced(session, principal, location_id=location_id, now=now)
    return Worklist(_named(session, principal, found[:MOST]), len(found))


def _named(session: Session, principal: Principal, visits: Sequence[DisplacedVisit]) -> list[DisplacedLine]:
    if not visits:
        return []
    vault = vault_of(session, principal.clinic_id)
    asked = {"clinic_id": principal.clinic_id, "ids": [visit.appointment_id for visit in visits]}
    named = {row[0]: row[1:] for row in rows(session, NAMED, asked)}
    lines = []
    for visit in visits:
        given_name, family_name, phone, is_reached, *names = named[visit.appointment_id]
        patient = name_of(vault, visit.patient_id, given_name, family_name)
        number = opened(vault, visit.patient_id, field="phone", sealed=phone) or ""
        lines.append(DisplacedLine(visit, patient, number, is_reached, *names))
    return lines

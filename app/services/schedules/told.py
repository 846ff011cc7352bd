"""A preview as people read it: how many starts come and go on which days, and whom it displaces, by name and time."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission
from app.services.patients.views import view_of
from app.services.schedules.edit import Edit, preview
from app.services.schedules.effect import DayEffect
from models.db import rows
from models.patients import Patient
from models.principal import Principal

ABOUT: LiteralString = """
SELECT a.id, d.display_name, v.name, a.timezone
  FROM appointments a
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN services v ON v.clinic_id = a.clinic_id AND v.id = a.service_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = ANY(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class DisplacedPerson:
    """Who would stand on time that is no longer there; the name is empty for whoever may not read patients."""

    appointment_id: UUID
    patient: str
    practitioner: str
    service: str
    starts_at: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a change would do."""

    added: int
    removed: int
    days: tuple[DayEffect, ...]
    displaced: tuple[DisplacedPerson, ...]
    fits_again: int


def tell_effect(session: Session, principal: Principal, *, edit: Edit, now: datetime) -> Told:
    """Return what an edit would do, undone again; names stand in the audit log as seen. Raises what the edit raises."""
    effect = preview(session, principal, edit, now=now)
    ids = [one.appointment_id for one in effect.displaced]
    about = {row[0]: row[1:] for row in rows(session, ABOUT, {"clinic_id": principal.clinic_id, "ids": ids})}
    names = _names(session, principal, {one.patient_id for one in effect.displaced})
    return Told(
        added=effect.added,
        removed=effect.removed,
        days=effect.days,
        displaced=tuple(
            DisplacedPerson(
                appointment_id=one.appointment_id,
                patient=names.get(one.patient_id, ""),
                practitioner=about[one.appointment_id][0],
                service=about[one.appointment_id][1],
                starts_at=one.starts_at,
                timezone=about[one.appointment_id][2],
            )
            for one in effect.displaced
        ),
        fits_again=len(effect.fits_again),
    )


def _names(session: Session, principal: Principal, patient_ids: set[UUID]) -> dict[UUID, str]:
    if not patient_ids or not principal.may(Permission.PATIENTS_READ):
        return {}
    vault = vault_of(session, principal.clinic_id)
    patients = [session.get_one(Patient, (principal.clinic_id, patient_id)) for patient_id in sorted(patient_ids)]
    return {patient.id: view_of(vault, patient).name.full for patient in patients}

"""A patient's file as it is opened: who they are, who answers for them, for whom they answer; one audit row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.patients.fields import habits_of
from app.services.patients.guardians import family_of
from app.services.patients.read import get
from app.services.patients.views import PatientView
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class PatientFile:
    """The head of a file. `was_merged` when another file was asked for, which now only points here."""

    patient: PatientView
    age: int
    guardian: PatientView | None
    wards: list[PatientView]
    was_merged: bool


def open_file(session: Session, principal: Principal, *, patient_id: UUID, now: datetime) -> PatientFile:
    """Open a patient's file, or the one it was merged into; raises PatientNotFound."""
    patient = get(session, principal, patient_id=patient_id, now=now)
    if patient.merged_into_id is not None:
        patient = get(session, principal, patient_id=patient.merged_into_id, now=now)
    guardian, wards = family_of(session, principal, patient=patient, now=now)
    today = habits_of(session, principal.clinic_id, now=now).today
    born = patient.birth_date
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return PatientFile(patient, max(age, 0), guardian, wards, was_merged=patient.id != patient_id)

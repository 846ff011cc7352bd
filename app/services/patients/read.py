"""Open one patient, or the medical history: either leaves an audit row."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.patients.sealing import opened
from app.services.patients.views import PatientView, view_of
from app.services.patients.write import load
from models.principal import Principal


def get(session: Session, principal: Principal, *, patient_id: UUID, now: datetime) -> PatientView:
    """Return one patient and write down that the actor saw them; raises PatientNotFound."""
    require(principal, Permission.PATIENTS_READ)
    patient = load(session, principal, patient_id=patient_id)
    viewed(session, principal, object_kind="patient", object_id=patient_id, now=now)
    return view_of(vault_of(session, principal.clinic_id), patient)


def medical_history(session: Session, principal: Principal, *, patient_id: UUID, now: datetime) -> str | None:
    """Return the clinical text for those who care for the patient, and write down that it was read."""
    require(principal, Permission.CLINICAL_READ)
    patient = load(session, principal, patient_id=patient_id)
    viewed(session, principal, object_kind="medical-history", object_id=patient_id, now=now)
    vault = vault_of(session, principal.clinic_id)
    return opened(vault, patient_id, field="medical_history", sealed=patient.medical_history_sealed)

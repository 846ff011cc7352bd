"""Whether a file stands for its patient, or only points to the one it was merged into, and what is added to it."""

from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound
from app.file_errors import PatientMerged
from app.services.booking.locks import lock_patients
from app.services.booking.read import read_row
from app.services.patients.write import load
from models.principal import Principal


def require_standing(session: Session, principal: Principal, *, patient_id: UUID) -> None:
    """Hold a file against a merge until the commit, for whoever adds to it; raises PatientMerged, PatientNotFound.

    Taken after every other lock. Without it, what is added while the file is merged would stay behind.
    """
    lock_patients(session, principal.clinic_id, [patient_id])
    patient = load(session, principal, patient_id=patient_id)
    if patient.merged_into_id is not None:
        raise PatientMerged(patient_id=patient.merged_into_id)


def standing_id(session: Session, principal: Principal, *, patient_id: UUID) -> UUID:
    """Return the file that stands for the patient, for whoever only reads; raises PatientNotFound."""
    return load(session, principal, patient_id=patient_id).merged_into_id or patient_id


def require_own_visit(session: Session, principal: Principal, *, patient_id: UUID, appointment_id: UUID | None) -> None:
    """Raise AppointmentNotFound when what is added names an appointment that is not the patient's."""
    if appointment_id is None:
        return
    visit = read_row(session, principal, appointment_id=appointment_id)
    if visit is None or visit.patient_id != patient_id:
        raise AppointmentNotFound

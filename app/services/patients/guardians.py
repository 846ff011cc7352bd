"""Who answers for a child or a person in care, and for whom somebody answers; one phone may serve them all."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import InvalidField
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.booking.locks import lock_patients
from app.services.patients.views import PatientView, view_of
from app.words import N_
from models.patients import Patient
from models.principal import Principal

NOBODY = N_("There is no such patient.")
THEMSELVES = N_("Nobody is their own guardian.")
IN_CARE = N_("Somebody else answers for this person, who cannot be a guardian.")
HAS_WARDS = N_("This patient is a guardian, for whom nobody else can answer.")


def require_guardian(session: Session, principal: Principal, *, patient_id: UUID, guardian_id: UUID | None) -> None:
    """Raise InvalidField unless this person can answer for the patient; one step deep, so that no circle is made."""
    if guardian_id is None:
        return
    if guardian_id == patient_id:
        raise InvalidField("guardian_id", THEMSELVES)
    wanted = select(Patient).where(Patient.clinic_id == principal.clinic_id, Patient.id == guardian_id)
    # Two who make each other their guardian meet here.
    lock_patients(session, principal.clinic_id, [patient_id, guardian_id])
    guardian = session.exec(wanted).first()
    if guardian is None or guardian.merged_into_id is not None:
        raise InvalidField("guardian_id", NOBODY)
    if guardian.guardian_id is not None:
        raise InvalidField("guardian_id", IN_CARE)
    if session.exec(_wards(principal, patient_id).limit(1)).first() is not None:
        raise InvalidField("guardian_id", HAS_WARDS)


def family_of(
    session: Session, principal: Principal, *, patient: PatientView, now: datetime
) -> tuple[PatientView | None, list[PatientView]]:
    """Return the patient's guardian and those for whom the patient answers, the youngest first; audited."""
    require(principal, Permission.PATIENTS_READ)
    vault = vault_of(session, principal.clinic_id)
    mine = (Patient.clinic_id == principal.clinic_id, Patient.id == patient.guardian_id)
    guardian = session.exec(select(Patient).where(*mine)).first() if patient.guardian_id else None
    wards = [view_of(vault, one) for one in session.exec(_wards(principal, patient.id))]
    wards.sort(key=lambda one: (one.birth_date, one.given_name), reverse=True)
    seen = [one.id for one in wards] + ([guardian.id] if guardian else [])
    if seen:
        viewed(session, principal, object_kind="patient", ids=seen, now=now)
    return (view_of(vault, guardian) if guardian else None), wards


def _wards(principal: Principal, patient_id: UUID) -> SelectOfScalar[Patient]:
    return select(Patient).where(
        Patient.clinic_id == principal.clinic_id,
        Patient.guardian_id == patient_id,
        col(Patient.merged_into_id).is_(None),
    )

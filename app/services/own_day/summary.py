"""What a practitioner wants to know of the patient before them, in one look: the visit, who it is, what was before."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.board.details import AppointmentDetails, appointment_details
from app.services.notes.read import NoteView, list_notes
from app.services.own_day.me import require_own
from app.services.patients.read import medical_history
from app.services.patients.visits import PatientVisit, visits_of
from app.services.prescriptions.read import list_prescriptions
from app.services.prescriptions.views import PrescriptionView
from models.principal import Principal

MOST_VISITS, MOST_COMING = 4, 2
MOST_NOTES, MOST_PRESCRIPTIONS = 3, 4
# A visit that never took place tells nothing of the patient's history.
NEVER_WAS = frozenset({"cancelled", "entered-in-error", "noshow", "pending"})


@dataclass(frozen=True, slots=True)
class Summary:
    """One visit with its patient, the visits before and after it, and what was written last.

    What is clinical is empty for who may not read it.
    """

    visit: AppointmentDetails
    history: str = field(repr=False)
    past: list[PatientVisit]
    coming: list[PatientVisit]
    notes: list[NoteView] = field(repr=False)
    prescriptions: list[PrescriptionView] = field(repr=False)


def summary_of(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> Summary:
    """Return what is to be seen beside a visit of one's own, and write down that it was seen.

    Raises what `require_own` raises.
    """
    own = require_own(session, principal, appointment_id=appointment_id)
    patient_id = own.patient_id
    visit = appointment_details(session, principal, appointment_id=appointment_id, now=now)
    visits = visits_of(session, principal, patient_id=patient_id, now=now)
    past = [one for one in visits.past if one.id != appointment_id and one.status not in NEVER_WAS]
    coming = [one for one in visits.coming if one.id != appointment_id]
    notes = list_notes(session, principal, patient_id=patient_id, now=now, most=MOST_NOTES)
    history, ordered = _clinical(session, principal, patient_id, now=now)
    return Summary(visit, history, past[:MOST_VISITS], coming[:MOST_COMING], notes, ordered)


def _clinical(
    session: Session, principal: Principal, patient_id: UUID, *, now: datetime
) -> tuple[str, list[PrescriptionView]]:
    if not principal.may(Permission.CLINICAL_READ):
        return "", []
    history = medical_history(session, principal, patient_id=patient_id, now=now) or ""
    ordered = list_prescriptions(session, principal, patient_id=patient_id, now=now)
    return history, [one for one in ordered if one.revoked_at is None][:MOST_PRESCRIPTIONS]

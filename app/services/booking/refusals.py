"""The database's last word as domain errors: constraints by their name, and what a second look may lift."""

import psycopg

from app.errors import (
    ClinicError,
    DeviceUnavailable,
    PatientNotFound,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
)
from app.file_errors import NoteReplaced

BY_CONSTRAINT: dict[str, type[ClinicError]] = {
    "uq_appointments_patient_start": PatientOverlap,
    "ex_appointments_patient": PatientOverlap,
    "ex_appointments_practitioner": PractitionerOverlap,
    "ex_appointments_room": RoomUnavailable,
    "ex_appointments_device": DeviceUnavailable,
    "ck_slots_current_bookings": SlotUnavailable,
    "fk_patients_patient_id": PatientNotFound,
    "uq_notes_clinic_id_replaces_id": NoteReplaced,
}
# Overlaps that an expired hold may cause: a constraint cannot say now().
LIFTABLE = (PatientOverlap, PractitionerOverlap, RoomUnavailable, DeviceUnavailable, SlotUnavailable)
KEY_TAKEN = "pk_idempotency_keys"


class Contended(Exception):
    """A claim met something that may be an expired hold; `refusal` is what the caller hears if it is not."""

    def __init__(self, refusal: ClinicError) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def refusal_of(error: psycopg.IntegrityError) -> ClinicError | None:
    """Return the domain error that a violated constraint stands for; None for one we do not know."""
    refusal = BY_CONSTRAINT.get(error.diag.constraint_name or "")
    return refusal() if refusal else None

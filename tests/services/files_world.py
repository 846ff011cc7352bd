"""A clinic with a practitioner who has an account, a nurse, a desk and one patient with an appointment."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from app.services.notes.read import NoteView, list_notes
from app.services.notes.write import write_note
from app.services.patients.views import PatientView
from app.services.patients.write import create
from app.services.prescriptions.fields import PrescriptionFields
from app.services.prescriptions.prescribe import prescribe
from app.services.prescriptions.read import list_prescriptions
from app.services.prescriptions.revoke import revoke_prescription
from app.services.prescriptions.views import PrescriptionView
from models.accounts import Role, RoleGrant, User
from models.base import new_id
from models.db import transaction
from models.files import NoteKind, RevokeReason
from models.practitioners import Practitioner
from models.principal import Principal
from models.records import AuditEvent
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_practitioner,
    make_schedule,
    make_service,
    make_slots,
    staff_of,
)
from tests.calls import confirm, hold

BORN = date(1980, 2, 3)
IRON = PrescriptionFields("Ferrous sulfate", "200 mg", "Once a day", "3 months", "With orange juice.")


class Files:
    """The place of one test, with the verbs as pages call them: each in a transaction of its own."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session, name="Harbour Clinic")
            self.location = make_location(session, clinic=self.clinic, name="Quay")
            self.practitioner = make_practitioner(session, clinic=self.clinic, display_name="Dr Tide")
            schedule = make_schedule(
                session, clinic=self.clinic, practitioner=self.practitioner, location=self.location
            )
            self.service = make_service(session, clinic=self.clinic, practitioners=[self.practitioner])
            self.slots = make_slots(session, schedule=schedule, count=4)
            self.doctor = self.account(session, self.practitioner)
        self.desk, self.nurse = clerk_of(self.clinic), staff_of(self.clinic, role=Role.NURSE)
        self.patient = self.file("Ana")

    def account(self, session: Session, practitioner: Practitioner, *, name: str = "Dr Tide") -> Principal:
        """Make an account whose role is linked to a practitioner."""
        user = User(login=f"user-{new_id()}", display_name=name, password_hash="-", created_at=NOW)
        session.add(user)
        session.flush()
        ids = {"clinic_id": self.clinic.id, "user_id": user.id, "practitioner_id": practitioner.id}
        session.add(RoleGrant(**ids, role=Role.PRACTITIONER))
        session.flush()
        return staff_of(self.clinic, role=Role.PRACTITIONER, actor_id=str(user.id))

    def file(self, given_name: str) -> PatientView:
        with transaction(self.desk) as session:
            names = {"given_name": given_name, "family_name": "Muñoz"}
            return create(session, self.desk, **names, birth_date=BORN, now=NOW)

    def visit(self, patient: PatientView | None = None, *, slot: int = 0) -> UUID:
        held = hold(self.desk, self.slots[slot], self.service, patient or self.patient)
        return UUID(confirm(self.desk, held).body["id"])

    def write(self, text: str = "Called, no answer.", *, by: Principal | None = None, **more: Any) -> NoteView:
        who = by or self.desk
        given = {"patient_id": self.patient.id, "kind": NoteKind.DESK, "now": NOW, **more}
        with transaction(who) as session:
            return write_note(session, who, text=text, **given)

    def notes(self, who: Principal, *, patient_id: UUID | None = None) -> list[NoteView]:
        with transaction(who) as session:
            return list_notes(session, who, patient_id=patient_id or self.patient.id, now=NOW)

    def prescribe(
        self, fields: PrescriptionFields = IRON, *, by: Principal | None = None, **more: Any
    ) -> PrescriptionView:
        who = by or self.doctor
        with transaction(who) as session:
            return prescribe(session, who, **{"patient_id": self.patient.id, "now": NOW, **more}, fields=fields)

    def revoke(self, prescription_id: UUID, *, by: Principal | None = None, **more: Any) -> PrescriptionView:
        who = by or self.doctor
        given = {"patient_id": self.patient.id, "reason": RevokeReason.NOT_TOLERATED, "now": NOW, **more}
        with transaction(who) as session:
            return revoke_prescription(session, who, prescription_id=prescription_id, **given)

    def prescriptions(self, who: Principal, *, patient_id: UUID | None = None) -> list[PrescriptionView]:
        with transaction(who) as session:
            return list_prescriptions(session, who, patient_id=patient_id or self.patient.id, now=NOW)

    def audit(self, object_kind: str) -> list[AuditEvent]:
        """Return what was written down of notes or prescriptions, the first one first."""
        with building() as session:
            asked = select(AuditEvent).where(
                AuditEvent.clinic_id == self.clinic.id, AuditEvent.object_kind == object_kind
            )
            return sorted(session.exec(asked), key=lambda event: event.id)

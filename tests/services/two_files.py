"""Two files of one person, with appointments, letters and the rest, and the merge of them as a page calls it."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.services.accounts.keys import vault_of
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.retry import attempt
from app.services.patients.merge import merge as merging
from app.services.patients.views import PatientView
from app.services.patients.write import create
from models.appointments import Appointment
from models.base import new_id
from models.db import transaction
from models.files import Document, DocumentKind, Note, NoteKind
from models.patients import Patient
from models.principal import Principal
from models.records import Message
from models.schedules import Slot
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_schedule,
    make_service,
    make_slots,
)
from tests.calls import confirm, hold

BORN = date(1980, 2, 3)


class TwoFiles:
    """A clinic with one practitioner beside another, and two files of one person there."""

    def __init__(self, *, starts: int = 4) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.location = make_location(session, clinic=self.clinic)
            schedules = [make_schedule(session, clinic=self.clinic, location=self.location) for _ in range(2)]
            self.service = make_service(
                session, clinic=self.clinic, practitioners=[one.practitioner_id for one in schedules]
            )
            self.here, self.there = (make_slots(session, schedule=one, count=starts) for one in schedules)
        self.clerk = clerk_of(self.clinic)
        self.keep = self.file(given_name="Ana", family_name="Muñoz", phone="030 1234567")
        self.lose = self.file(given_name="Anna", family_name="Munoz Vidal", email="ana@example.org", alert="Latex")

    def file(self, **fields: Any) -> PatientView:
        with transaction(self.clerk) as session:
            return create(session, self.clerk, **{"birth_date": BORN, **fields}, now=NOW)

    def book(self, slot: Slot, patient: PatientView) -> UUID:
        return UUID(confirm(self.clerk, hold(self.clerk, slot, self.service, patient)).body["id"])

    def merge(self, *, keep: PatientView | None = None, lose: PatientView | None = None, **more: Any) -> Answer:
        return merge(self.clerk, keep or self.keep, lose or self.lose, **more)

    def write_to(self, patient: PatientView, *, appointment_id: UUID) -> None:
        """Leave a letter, a document and a note in a file."""
        with building() as session:
            vault = vault_of(session, self.clinic.id)
            here: dict[str, Any] = {"clinic_id": self.clinic.id, "patient_id": patient.id, "created_at": NOW}
            sealed = {f"{name}_sealed": b"-" for name in ("recipient", "subject", "body")}
            session.add(
                Message(**here, **sealed, appointment_id=appointment_id, kind="confirmation", appointment_version=1,
                        channel="email", language="en", message_id="<1@clinic>", outcome="sent")
            )  # fmt: skip
            document_id = new_id()
            session.add(
                Document(**here, id=document_id, kind=DocumentKind.LETTER, content_type="text/plain", size_bytes=1,
                         name_sealed=vault.seal("documents", "name", document_id, "a.txt"),
                         storage_key=f"{document_id}", added_by="user:tests")
            )  # fmt: skip
            session.add(Note(**here, kind=NoteKind.DESK, text_sealed=b"-", made_by="user:tests", author="Tests"))

    def row(self, patient: PatientView) -> Patient:
        with building() as session:
            return session.exec(select(Patient).where(Patient.id == patient.id)).one()

    def appointments_of(self, patient: PatientView) -> list[Appointment]:
        with building() as session:
            return list(session.exec(select(Appointment).where(Appointment.patient_id == patient.id)))

    def count(self, table: type[Any], patient: PatientView) -> int:
        with building() as session:
            return len(session.exec(select(table).where(col(table.patient_id) == patient.id)).all())


def merge(
    principal: Principal,
    keep: PatientView,
    lose: PatientView,
    *,
    taken: frozenset[str] = frozenset(),
    versions: tuple[int, int] | None = None,
) -> Answer:
    """Merge two files in a transaction of its own."""
    return attempt(
        principal, verb(principal, keep, lose, taken=taken, versions=versions), key=single_use_key(principal, "merge"),
        now=NOW,
    )  # fmt: skip


def verb(
    principal: Principal,
    keep: PatientView,
    lose: PatientView,
    *,
    taken: frozenset[str] = frozenset(),
    versions: tuple[int, int] | None = None,
) -> Any:
    """Return the merge with all but its session bound."""
    return partial(
        merging,
        principal=principal,
        keep_id=keep.id,
        lose_id=lose.id,
        taken=taken,
        versions=versions or (keep.version, lose.version),
        key=single_use_key(principal, "merge"),
        now=NOW,
    )


def merge_in(session: Session, files: TwoFiles) -> None:
    """Merge without a commit: whoever waits for its locks waits on."""
    verb(files.clerk, files.keep, files.lose)(session, clearing=False)

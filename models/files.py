"""What lies in a patient's file: documents, prescriptions and notes; every text in them is sealed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from models.base import ClinicOwned, Instant, one_of, same_clinic


class DocumentKind(StrEnum):
    """What a document is; `referral`, `consent` and `insurance` are office papers, the others clinical."""

    REFERRAL = "referral"
    CONSENT = "consent"
    INSURANCE = "insurance"
    LETTER = "letter"
    RESULT = "result"
    IMAGE = "image"
    OTHER = "other"


class NoteKind(StrEnum):
    """Who a note is for: the desk, or those who care."""

    DESK = "desk"
    CLINICAL = "clinical"


class RevokeReason(StrEnum):
    """Why a prescription counts no longer."""

    MISTAKE = "mistake"
    REPLACED = "replaced"
    NOT_TOLERATED = "not-tolerated"
    NOT_NEEDED = "not-needed"


class Document(ClinicOwned, table=True):
    """A file in the object store, encrypted under the clinic's data key; its name is sealed, its bytes are not here."""

    __tablename__ = "documents"
    __table_args__ = (
        same_clinic("patient_id", "patients"),
        same_clinic("appointment_id", "appointments"),
        UniqueConstraint("clinic_id", "storage_key"),
        CheckConstraint("size_bytes > 0", name="size"),
        Index("ix_documents_patient", "clinic_id", "patient_id", "created_at"),
    )

    patient_id: UUID
    appointment_id: UUID | None = None
    kind: DocumentKind = Field(sa_type=one_of(DocumentKind, "document_kind"))
    name_sealed: bytes = Field(sa_type=LargeBinary)
    content_type: str
    size_bytes: int
    storage_key: str
    added_by: str
    created_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class Prescription(ClinicOwned, table=True):
    """A drug with its dosage, frequency and duration, ordered by one practitioner; revoked, never changed."""

    __tablename__ = "prescriptions"
    __table_args__ = (
        same_clinic("patient_id", "patients"),
        same_clinic("appointment_id", "appointments"),
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("location_id", "locations"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoke_reason IS NULL)",
            name="revoked",
        ),
        Index("ix_prescriptions_patient", "clinic_id", "patient_id", "created_at"),
        Index("ix_prescriptions_practitioner", "clinic_id", "practitioner_id", "created_at"),
    )

    patient_id: UUID
    appointment_id: UUID | None = None
    practitioner_id: UUID
    # Where it was ordered, which stands at its head; None for who has no schedule anywhere.
    location_id: UUID | None = None
    drug_sealed: bytes = Field(sa_type=LargeBinary)
    dosage_sealed: bytes = Field(sa_type=LargeBinary)
    frequency_sealed: bytes = Field(sa_type=LargeBinary)
    duration_sealed: bytes = Field(sa_type=LargeBinary)
    advice_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_by: str
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str | None = None
    revoke_reason: RevokeReason | None = Field(default=None, sa_type=one_of(RevokeReason, "revoke_reason"))
    revoke_words_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class Note(ClinicOwned, table=True):
    """A note in a patient's file; a correction is a new note that names the one it replaces."""

    __tablename__ = "notes"
    __table_args__ = (
        same_clinic("patient_id", "patients"),
        same_clinic("appointment_id", "appointments"),
        same_clinic("replaces_id", "notes"),
        UniqueConstraint("clinic_id", "replaces_id"),
        Index("ix_notes_patient", "clinic_id", "patient_id", "created_at"),
    )

    patient_id: UUID
    appointment_id: UUID | None = None
    replaces_id: UUID | None = None
    kind: NoteKind = Field(sa_type=one_of(NoteKind, "note_kind"))
    text_sealed: bytes = Field(sa_type=LargeBinary)
    made_by: str
    author: str
    created_at: datetime = Field(sa_type=Instant)

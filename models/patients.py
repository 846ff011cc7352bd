"""Patients: every identifying field is encrypted by the application; search goes by keyed tokens only."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, text
from sqlmodel import Field, SQLModel

from models.base import ClinicOwned, Instant, directly_under_clinic, one_of, same_clinic, stored_default


class Verification(StrEnum):
    """Whether staff have seen who this is; a guest starts unverified."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Patient(ClinicOwned, table=True):
    """A person who is cared for. `*_sealed` fields are AES-GCM under the clinic's data key, bound to the row."""

    __tablename__ = "patients"
    __table_args__ = (
        directly_under_clinic(),
        same_clinic("guardian_id", "patients"),
        same_clinic("merged_into_id", "patients"),
        CheckConstraint("guardian_id <> id", name="guardian"),
        CheckConstraint("merged_into_id <> id AND (merged_into_id IS NULL) = (merged_at IS NULL)", name="merged"),
        Index("ix_patients_merged", "clinic_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
        Index("ix_patients_guardian", "clinic_id", "guardian_id", postgresql_where=text("guardian_id IS NOT NULL")),
    )

    given_name_sealed: bytes = Field(sa_type=LargeBinary)
    family_name_sealed: bytes = Field(sa_type=LargeBinary)
    birth_date_sealed: bytes = Field(sa_type=LargeBinary)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    email_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    address_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    medical_history_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    # What everybody at the desk must see before anything else ("hard of hearing", "latex allergy").
    alert_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    insurer_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    member_number_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    # What another system called this patient, by which files from there name them.
    external_number_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    needs_interpreter: bool = Field(default=False, sa_column_kwargs=stored_default("false"))
    # Who answers for a child or a person in care; they may share one phone.
    guardian_id: UUID | None = None
    # Two files of one person: this one only points to the other.
    merged_into_id: UUID | None = None
    merged_at: datetime | None = Field(default=None, sa_type=Instant)
    language: str = Field(default="en", max_length=8)
    verification: Verification = Field(
        default=Verification.UNVERIFIED,
        sa_type=one_of(Verification, "verification"),
    )
    version: int = 1
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class PatientSearchToken(SQLModel, table=True):
    """A keyed hash of something a patient can be found by; equality only, the key is not in the database."""

    __tablename__ = "patient_search_tokens"
    __table_args__ = (
        PrimaryKeyConstraint("clinic_id", "token", "patient_id"),
        same_clinic("patient_id", "patients", ondelete="CASCADE"),
        Index("ix_patient_search_tokens_patient", "clinic_id", "patient_id"),
    )

    clinic_id: UUID
    token: bytes = Field(sa_type=LargeBinary)
    patient_id: UUID

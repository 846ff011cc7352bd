"""What every change leaves behind: audit events, outbox rows, idempotency keys, messages, job runs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import ClinicOwned, Instant, one_of, same_clinic, stored_default


class OutboxState(StrEnum):
    """Where an outbox row stands; `dead` waits for a person."""

    READY = "ready"
    DONE = "done"
    SUPERSEDED = "superseded"
    DEAD = "dead"


class AuditEvent(ClinicOwned, table=True):
    """One change or view: who, what, when, why. Append-only for the application's roles.

    `sequence` and `digest` are filled when the row is sealed into the clinic's hash chain.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_object", "clinic_id", "object_id", "at"),
        Index("ix_audit_events_at", "clinic_id", "at"),
    )

    at: datetime = Field(sa_type=Instant)
    actor: str
    action: str
    object_kind: str
    object_id: UUID | None = None
    from_status: str | None = None
    to_status: str | None = None
    reason: str | None = None
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    request_id: str = Field(default="", sa_column_kwargs=stored_default("''"))
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)


class OutboxEvent(ClinicOwned, table=True):
    """Something to be done outside the database after the commit; ids only, claimed with a lease and an epoch."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        UniqueConstraint("clinic_id", "dedupe_key"),
        Index("ix_outbox_events_ready", "clinic_id", "not_before", postgresql_where=text("state = 'ready'")),
        Index("ix_outbox_events_aggregate", "clinic_id", "aggregate_id"),
    )

    kind: str
    aggregate_id: UUID
    aggregate_version: int
    payload: dict[str, Any] = Field(sa_type=JSONB)
    dedupe_key: str
    state: OutboxState = Field(
        default=OutboxState.READY,
        sa_type=one_of(OutboxState, "outbox_state"),
        sa_column_kwargs=stored_default("'ready'"),
    )
    not_before: datetime = Field(sa_type=Instant)
    attempts: int = Field(default=0, sa_column_kwargs=stored_default("0"))
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    lease_epoch: int = Field(default=0, sa_column_kwargs=stored_default("0"))
    last_error: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class InboxEvent(SQLModel, table=True):
    """An event that somebody else sent us, stored once; `processed_at` is set by its effect's transaction."""

    __tablename__ = "inbox_events"
    __table_args__ = (PrimaryKeyConstraint("provider", "event_id"),)

    provider: str
    event_id: str
    kind: str
    payload: dict[str, Any] = Field(sa_type=JSONB)
    received_at: datetime = Field(sa_type=Instant)
    processed_at: datetime | None = Field(default=None, sa_type=Instant)


class IdempotencyKey(SQLModel, table=True):
    """The answer that a caller's key already got; the same key and body get it again for 24 hours."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        PrimaryKeyConstraint("clinic_id", "principal", "method", "path", "key"),
        CheckConstraint("octet_length(key) BETWEEN 1 AND 255", name="key_length"),
        Index("ix_idempotency_keys_expires", "clinic_id", "expires_at"),
    )

    clinic_id: UUID
    principal: str
    method: str
    path: str
    key: str
    body_hash: bytes = Field(sa_type=LargeBinary)
    status: int
    body: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class Message(ClinicOwned, table=True):
    """A message to one person, made once for each (appointment, kind, version); its text is sealed."""

    __tablename__ = "messages"
    __table_args__ = (
        same_clinic("appointment_id", "appointments"),
        same_clinic("patient_id", "patients"),
        UniqueConstraint("clinic_id", "appointment_id", "kind", "appointment_version"),
        Index("ix_messages_created", "clinic_id", "created_at"),
        Index("ix_messages_patient", "clinic_id", "patient_id", "created_at"),
    )

    appointment_id: UUID
    patient_id: UUID
    kind: str
    appointment_version: int
    channel: str
    language: str
    recipient_sealed: bytes = Field(sa_type=LargeBinary)
    subject_sealed: bytes = Field(sa_type=LargeBinary)
    body_sealed: bytes = Field(sa_type=LargeBinary)
    message_id: str
    outcome: str
    created_at: datetime = Field(sa_type=Instant)


class JobRun(SQLModel, table=True):
    """The right to run a job for a period: whoever inserts the row may run it, nobody else."""

    __tablename__ = "job_runs"
    __table_args__ = (PrimaryKeyConstraint("job", "period"),)

    job: str
    period: str
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = None

"""The day's queue: a ticket for everybody who has come, and who runs late."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field

from models.base import ClinicOwned, Instant, one_of, same_clinic, stored_default


class TicketState(StrEnum):
    """Where somebody who has come stands; `in-room` and `ended` (done, left, sent back) follow the appointment."""

    WAITING = "waiting"
    CALLED = "called"
    PARKED = "parked"
    MISSED = "missed"
    IN_ROOM = "in-room"
    ENDED = "ended"


class QueueTicket(ClinicOwned, table=True):
    """The number of somebody who has come: one an appointment, counted a location and day from 1.

    `priority` 1 is urgent. `before` is the state that one undo brings back.
    """

    __tablename__ = "queue_tickets"
    __table_args__ = (
        same_clinic("location_id", "locations"),
        same_clinic("appointment_id", "appointments"),
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("room_id", "rooms"),
        UniqueConstraint("clinic_id", "location_id", "on_date", "number"),
        UniqueConstraint("clinic_id", "appointment_id"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("priority BETWEEN 0 AND 1", name="priority"),
        CheckConstraint("(state = 'called') <= (called_at IS NOT NULL)", name="called"),
        Index("ix_queue_tickets_day", "clinic_id", "location_id", "on_date", "state"),
    )

    location_id: UUID
    on_date: date
    number: int
    appointment_id: UUID
    # Whom the patient waits for: the appointment's practitioner, or who took them over.
    practitioner_id: UUID
    is_walk_in: bool = False
    priority: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs=stored_default("0"))
    state: TicketState = Field(sa_type=one_of(TicketState, "ticket_state"))
    before: TicketState | None = Field(default=None, sa_type=one_of(TicketState, "ticket_before"))
    since_at: datetime = Field(sa_type=Instant)
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    called_by: str | None = None
    called_to: str | None = None
    calls: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs=stored_default("0"))
    room_id: UUID | None = None
    version: int = Field(default=1, sa_column_kwargs=stored_default("1"))
    created_at: datetime = Field(sa_type=Instant)


class RunningLate(ClinicOwned, table=True):
    """By how many minutes a practitioner said to be late at a location today; 0 takes it back."""

    __tablename__ = "running_late"
    __table_args__ = (
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("location_id", "locations"),
        UniqueConstraint("clinic_id", "practitioner_id", "location_id", "on_date"),
        CheckConstraint("minutes BETWEEN 0 AND 600", name="minutes"),
    )

    practitioner_id: UUID
    location_id: UUID
    on_date: date
    minutes: int
    said_by: str
    said_at: datetime = Field(sa_type=Instant)

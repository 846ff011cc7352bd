"""Schedules as wall-clock rules, and the slots that are generated from them."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from models.base import ClinicOwned, Instant, directly_under_clinic, one_of, same_clinic, stored_default


class ExceptionKind(StrEnum):
    """What an exception does to its interval: take bookable time away, or add some."""

    CLOSED = "closed"
    EXTRA = "extra"


class SlotStatus(StrEnum):
    """Follows the schedule, never the count: a full slot stays open, fullness is judged at read."""

    OPEN = "open"
    BLOCKED = "blocked"


class Schedule(ClinicOwned, table=True):
    """One practitioner's bookable time at one location, cut into slots of `slot_minutes`."""

    __tablename__ = "schedules"
    __table_args__ = (
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("location_id", "locations"),
        UniqueConstraint("clinic_id", "practitioner_id", "location_id"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 60", name="slot_minutes"),
        CheckConstraint("overbook_limit BETWEEN 0 AND 20", name="overbook_limit"),
    )

    practitioner_id: UUID
    location_id: UUID
    slot_minutes: int = 15
    # How many visits beyond its capacity each slot may take, by permission and with a reason.
    overbook_limit: int = Field(default=1, sa_type=SmallInteger, sa_column_kwargs=stored_default("1"))
    is_active: bool = True
    generated_until: date | None = None


class ScheduleRule(ClinicOwned, table=True):
    """Bookable wall-clock time on one weekday (0 is Monday), between two dates; with a service, one session.

    `capacity` changes how many places that session has; without it, as many as the service says.
    """

    __tablename__ = "schedule_rules"
    __table_args__ = (
        same_clinic("schedule_id", "schedules", ondelete="CASCADE"),
        same_clinic("service_id", "services"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_local < ends_local", name="interval"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
        CheckConstraint("capacity IS NULL OR (service_id IS NOT NULL AND capacity BETWEEN 1 AND 500)", name="capacity"),
        Index("ix_schedule_rules_schedule", "clinic_id", "schedule_id"),
    )

    schedule_id: UUID
    weekday: int
    starts_local: time
    ends_local: time
    valid_from: date
    valid_until: date | None = None
    service_id: UUID | None = None
    capacity: int | None = None


class ScheduleException(ClinicOwned, table=True):
    """One day's departure from the weekly rules, in wall-clock time."""

    __tablename__ = "schedule_exceptions"
    __table_args__ = (
        same_clinic("schedule_id", "schedules", ondelete="CASCADE"),
        CheckConstraint("starts_local < ends_local", name="interval"),
        Index("ix_schedule_exceptions_schedule", "clinic_id", "schedule_id", "on_date"),
    )

    schedule_id: UUID
    on_date: date
    starts_local: time
    ends_local: time
    kind: ExceptionKind = Field(sa_type=one_of(ExceptionKind, "exception_kind"))
    reason: str = ""


class Leave(ClinicOwned, table=True):
    """Wall-clock time during which a practitioner is at none of their schedules, half-open, each site by its clock."""

    __tablename__ = "leaves"
    __table_args__ = (
        same_clinic("practitioner_id", "practitioners"),
        CheckConstraint("starts_local < ends_local", name="interval"),
        Index("ix_leaves_practitioner", "clinic_id", "practitioner_id", "ends_local"),
    )

    practitioner_id: UUID
    starts_local: datetime = Field(sa_type=DateTime)
    ends_local: datetime = Field(sa_type=DateTime)
    reason: str = ""


class Closure(ClinicOwned, table=True):
    """Wall-clock time during which a location, or without one the whole clinic, is closed; half-open."""

    __tablename__ = "closures"
    __table_args__ = (
        directly_under_clinic(),
        same_clinic("location_id", "locations"),
        CheckConstraint("starts_local < ends_local", name="interval"),
        Index("ix_closures_ends", "clinic_id", "ends_local"),
    )

    location_id: UUID | None = None
    starts_local: datetime = Field(sa_type=DateTime)
    ends_local: datetime = Field(sa_type=DateTime)
    reason: str = ""


class Holiday(ClinicOwned, table=True):
    """A day on which a location is closed; without a location, the whole clinic.

    One that is not kept was taken off by somebody: its row stays, so that no list of holidays brings it back.
    """

    __tablename__ = "holidays"
    __table_args__ = (
        directly_under_clinic(),
        same_clinic("location_id", "locations"),
        Index(
            "uq_holidays_on_date",
            "clinic_id",
            "on_date",
            "location_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    location_id: UUID | None = None
    on_date: date
    name: str
    is_kept: bool = Field(default=True, sa_column_kwargs=stored_default("true"))


class Slot(ClinicOwned, table=True):
    """A bookable interval of a schedule, with its capacity and its counts; with a service, a session.

    No index holds `current_bookings`, `overbooked` or `version`: that would end heap-only updates (+28 % CPU).
    """

    __tablename__ = "slots"
    __table_args__ = (
        same_clinic("schedule_id", "schedules"),
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("location_id", "locations"),
        same_clinic("service_id", "services"),
        # What an appointment copies from its slot is checked by one foreign key to this.
        UniqueConstraint("clinic_id", "id", "practitioner_id", "location_id", name="uq_slots_place"),
        CheckConstraint("ends_at > starts_at", name="interval"),
        CheckConstraint("max_capacity > 0", name="max_capacity"),
        CheckConstraint("service_id IS NOT NULL OR max_capacity = 1", name="session_capacity"),
        CheckConstraint("current_bookings BETWEEN 0 AND max_capacity", name="current_bookings"),
        CheckConstraint("overbooked BETWEEN 0 AND overbook_limit", name="overbooked"),
        Index("ix_slots_practitioner", "clinic_id", "practitioner_id", "starts_at"),
        # Blocked slots are what history keeps of earlier timetables: a new one may begin at the same time.
        Index(
            "uq_slots_open_practitioner",
            "clinic_id",
            "practitioner_id",
            "starts_at",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_slots_open_specialty",
            "clinic_id",
            "specialty",
            "starts_at",
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_slots_location", "clinic_id", "location_id", "starts_at"),
        Index("ix_slots_schedule", "clinic_id", "schedule_id", "starts_at"),
        {"postgresql_with": {"fillfactor": 80}},
    )

    schedule_id: UUID
    practitioner_id: UUID
    location_id: UUID
    specialty: str
    service_id: UUID | None = None
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    max_capacity: int = Field(default=1, sa_type=SmallInteger, sa_column_kwargs=stored_default("1"))
    current_bookings: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs=stored_default("0"))
    overbook_limit: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs=stored_default("0"))
    overbooked: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs=stored_default("0"))
    status: SlotStatus = Field(
        default=SlotStatus.OPEN,
        sa_type=one_of(SlotStatus, "slot_status"),
        sa_column_kwargs=stored_default("'open'"),
    )
    version: int = Field(default=1, sa_column_kwargs=stored_default("1"))

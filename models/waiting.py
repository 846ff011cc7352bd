"""The waitlist: who waits for which kind of place, and which freed place was offered to whom."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlmodel import Field

from models.base import ClinicOwned, Instant, one_of, same_clinic, stored_default


class PartOfDay(StrEnum):
    """When on a day somebody can come, by the location's clock."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class EntryStatus(StrEnum):
    """Where a waitlist entry stands; the first two are in the queue."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class OfferStatus(StrEnum):
    """What became of an offer; `open` while its hold runs."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLASHED = "clashed"


class WaitlistEntry(ClinicOwned, table=True):
    """A patient's wish for a place that is not free yet; with an appointment, to be moved to an earlier one.

    `weekdays` holds a bit for each day, Monday's is 1. Both dates are the location's, included, and may be absent.
    """

    __tablename__ = "waitlist_entries"
    __table_args__ = (
        same_clinic("patient_id", "patients"),
        same_clinic("service_id", "services"),
        same_clinic("practitioner_id", "practitioners"),
        same_clinic("location_id", "locations"),
        same_clinic("appointment_id", "appointments"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        CheckConstraint("earliest_on IS NULL OR latest_on IS NULL OR earliest_on <= latest_on", name="dates"),
        # One wish of a patient for a service at a time: asking twice must not give two turns.
        Index(
            "uq_waitlist_entries_wish",
            "clinic_id",
            "patient_id",
            "service_id",
            unique=True,
            postgresql_where=text("status IN ('waiting', 'offered')"),
        ),
        Index(
            "ix_waitlist_entries_queue",
            "clinic_id",
            "service_id",
            "created_at",
            postgresql_where=text("status IN ('waiting', 'offered')"),
        ),
    )

    patient_id: UUID
    service_id: UUID
    practitioner_id: UUID | None = None
    location_id: UUID | None = None
    appointment_id: UUID | None = None
    weekdays: int = Field(default=127, sa_type=SmallInteger, sa_column_kwargs=stored_default("127"))
    part_of_day: PartOfDay = Field(default=PartOfDay.ANY, sa_type=one_of(PartOfDay, "part_of_day"))
    earliest_on: date | None = None
    latest_on: date | None = None
    is_urgent: bool = Field(default=False, sa_column_kwargs=stored_default("false"))
    status: EntryStatus = Field(default=EntryStatus.WAITING, sa_type=one_of(EntryStatus, "entry_status"))
    made_by: str
    version: int = Field(default=1, sa_column_kwargs=stored_default("1"))
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class WaitlistOffer(ClinicOwned, table=True):
    """A freed place that is held for one person on the waitlist until `expires_at`; never two at a time.

    One that `clashed` with another appointment of theirs was never held, so it has no appointment.
    """

    __tablename__ = "waitlist_offers"
    __table_args__ = (
        same_clinic("entry_id", "waitlist_entries"),
        same_clinic("appointment_id", "appointments"),
        same_clinic("slot_id", "slots"),
        CheckConstraint("status = 'clashed' OR appointment_id IS NOT NULL", name="held"),
        Index(
            "uq_waitlist_offers_open",
            "clinic_id",
            "entry_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("uq_waitlist_offers_appointment", "clinic_id", "appointment_id", unique=True),
        Index("ix_waitlist_offers_slot", "clinic_id", "slot_id"),
        Index("ix_waitlist_offers_expires", "clinic_id", "expires_at", postgresql_where=text("status = 'open'")),
    )

    entry_id: UUID
    # The hold that keeps the place, and its first slot.
    appointment_id: UUID | None = None
    slot_id: UUID
    status: OfferStatus = Field(default=OfferStatus.OPEN, sa_type=one_of(OfferStatus, "offer_status"))
    offered_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)

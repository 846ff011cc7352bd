"""Who gives the care and what can be booked with them."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from models.base import ClinicOwned, directly_under_clinic, one_of, same_clinic, stored_default


class Prepayment(StrEnum):
    """How much of the price is due before the visit."""

    NONE = "none"
    DEPOSIT = "deposit"
    FULL = "full"


class Practitioner(ClinicOwned, table=True):
    """A person who gives care, in one specialty."""

    __tablename__ = "practitioners"
    __table_args__ = (
        directly_under_clinic(),
        UniqueConstraint("clinic_id", "license_number"),
        Index("ix_practitioners_specialty", "clinic_id", "specialty"),
    )

    display_name: str
    specialty: str
    license_number: str
    languages: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    is_active: bool = True


class HealthcareService(ClinicOwned, table=True):
    """A bookable kind of visit: how long, at what price, with which buffers, room, device and booking window.

    Minutes throughout; the price is in minor units of the clinic's currency. `capacity` above one makes it a
    session service: its visits share one slot.
    """

    __tablename__ = "services"
    __table_args__ = (
        directly_under_clinic(),
        UniqueConstraint("clinic_id", "name"),
        CheckConstraint("duration_minutes BETWEEN 5 AND 480", name="duration"),
        CheckConstraint("buffer_before_minutes BETWEEN 0 AND 120", name="buffer_before"),
        CheckConstraint("buffer_after_minutes BETWEEN 0 AND 120", name="buffer_after"),
        CheckConstraint("capacity BETWEEN 1 AND 500", name="capacity"),
        CheckConstraint("price_amount >= 0", name="price"),
        CheckConstraint("hold_minutes BETWEEN 1 AND 60", name="hold"),
        CheckConstraint("notice_minutes >= 0 AND horizon_days BETWEEN 1 AND 730", name="window"),
    )

    name: str
    specialty: str
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    capacity: int = 1
    price_amount: int = 0
    currency: str = Field(max_length=3)
    prepayment: Prepayment = Field(default=Prepayment.NONE, sa_type=one_of(Prepayment, "prepayment"))
    hold_minutes: int = 5
    notice_minutes: int = 60
    horizon_days: int = 84
    room_kind: str | None = None
    device_kind: str | None = None
    is_video: bool = False
    needs_referral: bool = Field(default=False, sa_column_kwargs=stored_default("false"))
    is_active: bool = True


class PractitionerService(ClinicOwned, table=True):
    """That a practitioner offers a service."""

    __tablename__ = "practitioner_services"
    __table_args__ = (
        same_clinic("practitioner_id", "practitioners", ondelete="CASCADE"),
        same_clinic("service_id", "services", ondelete="CASCADE"),
        UniqueConstraint("clinic_id", "service_id", "practitioner_id"),
    )

    practitioner_id: UUID
    service_id: UUID

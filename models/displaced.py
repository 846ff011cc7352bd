"""Live appointments that no longer fit their schedule, until somebody or something settles them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.base import ClinicOwned, Instant, one_of, same_clinic


class Settlement(StrEnum):
    """How a displaced appointment left the worklist."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    KEPT = "kept"
    FITS_AGAIN = "fits-again"


class DisplacedAppointment(ClinicOwned, table=True):
    """That an appointment stands on time which its schedule no longer offers; `reason` is a code of `explain`.

    Whom no message reaches is called: `called_at` says that it was done.
    """

    __tablename__ = "displaced_appointments"
    __table_args__ = (
        same_clinic("appointment_id", "appointments"),
        CheckConstraint("(settled_at IS NULL) = (settlement IS NULL)", name="settled"),
        Index(
            "uq_displaced_appointments_open",
            "clinic_id",
            "appointment_id",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    appointment_id: UUID
    reason: str
    since_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    settlement: Settlement | None = Field(default=None, sa_type=one_of(Settlement, "settlement"))
    called_at: datetime | None = Field(default=None, sa_type=Instant)

"""The appointment: its status with every time stamp of its life, what it occupies, and the slots it takes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, SQLModel

from models.base import ClinicOwned, Instant, one_of, same_clinic, stored_default


class AppointmentStatus(StrEnum):
    """FHIR's appointment codes; the first five occupy time and count."""

    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    CHECKED_IN = "checked-in"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def is_live(self) -> bool:
        """Whether an appointment in this status occupies time and is counted."""
        return self in LIVE


LIVE = frozenset(
    {
        AppointmentStatus.PENDING,
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.CHECKED_IN,
        AppointmentStatus.FULFILLED,
    }
)


class CancelReason(StrEnum):
    """Why an appointment ended without a visit."""

    HOLD_EXPIRED = "hold-expired"
    PATIENT = "patient"
    CLINIC = "clinic"
    PAYMENT_FAILED = "payment-failed"
    LEFT = "left"
    MOVED = "moved"


class Channel(StrEnum):
    """Where an appointment was made."""

    DESK = "desk"
    KIOSK = "kiosk"
    ONLINE = "online"
    API = "api"
    WAITLIST = "waitlist"
    WALK_IN = "walk-in"
    IMPORT = "import"


_LIVE_SQL = "status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled')"


def _no_overlap(name: str, column: str, *, span: str, where: str, sessions: bool = True) -> ExcludeConstraint:
    # Scalars before the range: range first costs a third of the throughput.
    shared_slot = (("slot_id", "<>"),) if sessions else ()
    return ExcludeConstraint(
        ("clinic_id", "="),
        (column, "="),
        *shared_slot,
        (span, "&&"),
        name=name,
        using="gist",
        where=text(where),
    )


class Appointment(ClinicOwned, table=True):
    """The plan of one visit. `during` is the patient's time, `occupies` adds the buffers; both half-open."""

    __tablename__ = "appointments"
    __table_args__ = (
        same_clinic("patient_id", "patients"),
        same_clinic("service_id", "services"),
        ForeignKeyConstraint(
            ["clinic_id", "slot_id", "practitioner_id", "location_id"],
            ["slots.clinic_id", "slots.id", "slots.practitioner_id", "slots.location_id"],
            name="fk_slots_place",
        ),
        same_clinic("room_id", "rooms"),
        same_clinic("device_id", "devices"),
        same_clinic("series_id", "series"),
        CheckConstraint("starts_at < ends_at", name="interval"),
        CheckConstraint("occupies_from <= starts_at AND occupies_until >= ends_at", name="buffers"),
        CheckConstraint("(status = 'pending') <= (hold_expires_at IS NOT NULL)", name="hold_has_end"),
        CheckConstraint("(status = 'cancelled') <= (cancel_reason IS NOT NULL)", name="cancel_has_reason"),
        CheckConstraint("NOT overbook OR overbook_reason <> ''", name="overbook_has_reason"),
        CheckConstraint("price_amount >= 0", name="price"),
        CheckConstraint("(series_id IS NULL) = (series_number IS NULL)", name="series"),
        Index(
            "uq_appointments_patient_start",
            "clinic_id",
            "patient_id",
            "starts_at",
            unique=True,
            postgresql_where=text("live"),
        ),
        _no_overlap("ex_appointments_patient", "patient_id", span="during", where="live", sessions=False),
        _no_overlap("ex_appointments_practitioner", "practitioner_id", span="occupies", where="live AND NOT overbook"),
        _no_overlap(
            "ex_appointments_room",
            "room_id",
            span="occupies",
            where="live AND NOT overbook AND room_id IS NOT NULL",
        ),
        _no_overlap(
            "ex_appointments_device",
            "device_id",
            span="occupies",
            where="live AND NOT overbook AND device_id IS NOT NULL",
        ),
        Index("ix_appointments_patient", "clinic_id", "patient_id", "starts_at"),
        # With `live` at its end, those who only ask what occupies time pass over the cancelled without reading them.
        Index("ix_appointments_practitioner", "clinic_id", "practitioner_id", "starts_at", "live"),
        Index("ix_appointments_location", "clinic_id", "location_id", "starts_at"),
        Index("ix_appointments_slot", "clinic_id", "slot_id"),
        Index(
            "ix_appointments_room",
            "clinic_id",
            "room_id",
            "starts_at",
            postgresql_where=text("live AND room_id IS NOT NULL"),
        ),
        Index(
            "ix_appointments_device",
            "clinic_id",
            "device_id",
            "starts_at",
            postgresql_where=text("live AND device_id IS NOT NULL"),
        ),
        Index(
            "ix_appointments_pending",
            "clinic_id",
            "hold_expires_at",
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_appointments_series",
            "clinic_id",
            "series_id",
            "series_number",
            postgresql_where=text("series_id IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": 90}},
    )

    patient_id: UUID
    practitioner_id: UUID
    location_id: UUID
    service_id: UUID
    slot_id: UUID
    room_id: UUID | None = None
    device_id: UUID | None = None
    status: AppointmentStatus = Field(sa_type=one_of(AppointmentStatus, "status"))
    cancel_reason: CancelReason | None = Field(default=None, sa_type=one_of(CancelReason, "cancel_reason"))
    live: bool = Field(sa_column=Column(Boolean, Computed(_LIVE_SQL, persisted=True), nullable=False))
    version: int = Field(default=1, sa_column_kwargs=stored_default("1"))

    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    occupies_from: datetime = Field(sa_type=Instant)
    occupies_until: datetime = Field(sa_type=Instant)
    during: str = Field(
        sa_column=Column(TSTZRANGE, Computed("tstzrange(starts_at, ends_at)", persisted=True), nullable=False)
    )
    occupies: str = Field(
        sa_column=Column(
            TSTZRANGE, Computed("tstzrange(occupies_from, occupies_until)", persisted=True), nullable=False
        )
    )
    # What the patient was told, so that a later change of zone rules can be found.
    starts_local: datetime = Field(sa_type=DateTime)
    timezone: str

    hold_expires_at: datetime | None = Field(default=None, sa_type=Instant)
    pay_deadline_at: datetime | None = Field(default=None, sa_type=Instant)
    price_amount: int = Field(default=0, sa_column_kwargs=stored_default("0"))
    currency: str = Field(max_length=3)
    is_due_at_desk: bool = Field(default=False, sa_column_kwargs=stored_default("false"))

    overbook: bool = Field(default=False, sa_column_kwargs=stored_default("false"))
    overbook_reason: str | None = None
    channel: Channel = Field(sa_type=one_of(Channel, "channel"))
    made_by: str
    holder_browser: bytes | None = Field(default=None, sa_type=LargeBinary)
    holder_address: bytes | None = Field(default=None, sa_type=LargeBinary)
    comment_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    # Whether the referral that the service asks for was seen.
    has_referral: bool = Field(default=False, sa_column_kwargs=stored_default("false"))

    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    booked_at: datetime | None = Field(default=None, sa_type=Instant)
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    checked_in_at: datetime | None = Field(default=None, sa_type=Instant)
    roomed_at: datetime | None = Field(default=None, sa_type=Instant)
    fulfilled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    noshow_at: datetime | None = Field(default=None, sa_type=Instant)

    series_id: UUID | None = None
    series_number: int | None = None


class AppointmentSlot(SQLModel, table=True):
    """That an appointment takes a slot: one row for a single-slot visit, several for a longer one."""

    __tablename__ = "appointment_slots"
    __table_args__ = (
        PrimaryKeyConstraint("clinic_id", "appointment_id", "slot_id"),
        same_clinic("appointment_id", "appointments", ondelete="CASCADE"),
        same_clinic("slot_id", "slots"),
        Index("ix_appointment_slots_slot", "clinic_id", "slot_id"),
    )

    clinic_id: UUID
    appointment_id: UUID
    slot_id: UUID

"""Reading appointments: the row that verbs decide on, and the API's answers for one and for many."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import AppointmentNotFound, StaleVersion
from app.services.accounts.permissions import Permission, require, require_any
from app.services.booking.answer import Change
from app.services.booking.claim import appointment_body
from models.appointments import AppointmentStatus
from models.db import first_row
from models.principal import Principal

COLUMNS: LiteralString = """
a.id, a.status, a.version, a.hold_expires_at, a.pay_deadline_at, a.slot_id, a.patient_id, a.practitioner_id,
a.location_id, a.service_id, a.starts_at, a.ends_at, a.starts_local, a.price_amount, a.currency, a.is_due_at_desk,
a.made_by, a.cancel_reason, a.timezone, a.room_id, a.device_id, a.overbook, a.overbook_reason, a.booked_at,
a.roomed_at, a.fulfilled_at, a.cancelled_at, a.noshow_at
"""
ONE: LiteralString = (
    "SELECT " + COLUMNS + " FROM appointments a WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(id)s::uuid"
)


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """What verbs and answers need of one appointment; instants in UTC, `starts_local` on the location's wall clock."""

    id: UUID
    status: AppointmentStatus
    version: int
    hold_expires_at: datetime | None
    pay_deadline_at: datetime | None
    slot_id: UUID
    patient_id: UUID
    practitioner_id: UUID
    location_id: UUID
    service_id: UUID
    starts_at: datetime
    ends_at: datetime
    starts_local: datetime
    price_amount: int
    currency: str
    is_due_at_desk: bool
    made_by: str
    cancel_reason: str | None
    timezone: str
    room_id: UUID | None
    device_id: UUID | None
    overbook: bool
    overbook_reason: str | None
    booked_at: datetime | None
    roomed_at: datetime | None
    fulfilled_at: datetime | None
    cancelled_at: datetime | None
    noshow_at: datetime | None

    @property
    def day(self) -> date:
        """The board's day, in the location's zone."""
        return self.starts_local.date()

    @property
    def minutes(self) -> int:
        """How long the patient's time is: the service's length, unless it was changed for this appointment."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def body(self, *, status: AppointmentStatus | None = None, version: int | None = None) -> dict[str, Any]:
        """Return the API's answer, with the status and version after a change when they are given."""
        after = status or self.status
        return appointment_body(
            appointment_id=self.id,
            status=after.value,
            hold_expires_at=self.hold_expires_at if after is AppointmentStatus.PENDING else None,
            slot_id=self.slot_id,
            patient_id=self.patient_id,
            practitioner_id=self.practitioner_id,
            location_id=self.location_id,
            service_id=self.service_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            price_amount=self.price_amount,
            currency=self.currency,
            is_due_at_desk=self.is_due_at_desk,
            version=version or self.version,
        )

    def change(self, clinic_id: UUID, *, version: int) -> Change:
        """Return which board a change of this appointment concerns."""
        return Change(clinic_id, self.location_id, self.practitioner_id, self.patient_id, self.day, version)


def row_of(columns: tuple[Any, ...]) -> AppointmentRow:
    """Make a row from `COLUMNS`."""
    appointment_id, status, *rest = columns
    return AppointmentRow(appointment_id, AppointmentStatus(status), *rest)


def get_appointment(session: Session, principal: Principal, *, appointment_id: UUID) -> AppointmentRow:
    """Return one appointment; AppointmentNotFound also for one that the caller may not see."""
    require_any(principal, Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_OWN)
    return _reached(session, principal, appointment_id, permission=Permission.APPOINTMENTS_READ)


def require_change(
    session: Session, principal: Principal, *, appointment_id: UUID, version: int | None
) -> AppointmentRow:
    """Return an appointment that the caller may change; StaleVersion when it is no longer the version they saw."""
    require_any(principal, Permission.APPOINTMENTS_WRITE, Permission.APPOINTMENTS_OWN)
    row = _reached(session, principal, appointment_id, permission=Permission.APPOINTMENTS_WRITE)
    return _as_seen(row, version)


def require_visit(
    session: Session, principal: Principal, *, appointment_id: UUID, version: int | None, at_kiosk: bool = False
) -> AppointmentRow:
    """Return an appointment whose visit the caller may lead through the clinic: staff, never who only made it.

    With `at_kiosk`, also a kiosk at its own location.
    """
    row = read_row(session, principal, appointment_id=appointment_id)
    if at_kiosk and principal.may(Permission.KIOSK_USE):
        # A kiosk that stands nowhere may open nobody's appointment.
        if row is None or row.location_id not in (principal.location_ids or ()):
            raise AppointmentNotFound()
        return _as_seen(row, version)
    require(principal, Permission.APPOINTMENTS_WRITE)
    if row is None or _is_elsewhere(principal, row):
        raise AppointmentNotFound()
    return _as_seen(row, version)


def read_row(session: Session, principal: Principal, *, appointment_id: UUID) -> AppointmentRow | None:
    """Return an appointment as it stands, whoever may see it; for verbs that have asked that already."""
    found = first_row(session, ONE, {"clinic_id": principal.clinic_id, "id": appointment_id})
    return row_of(found) if found else None


def _as_seen(row: AppointmentRow, version: int | None) -> AppointmentRow:
    if version is not None and version != row.version:
        raise StaleVersion(version=row.version)
    return row


def _reached(session: Session, principal: Principal, appointment_id: UUID, *, permission: Permission) -> AppointmentRow:
    """Return an appointment that the permission reaches at its site, or that the caller made."""
    row = read_row(session, principal, appointment_id=appointment_id)
    if row is None or _is_elsewhere(principal, row):
        raise AppointmentNotFound()
    if not (principal.may(permission) or row.made_by == principal.actor):
        raise AppointmentNotFound()
    return row


def _is_elsewhere(principal: Principal, row: AppointmentRow) -> bool:
    return principal.location_ids is not None and row.location_id not in principal.location_ids

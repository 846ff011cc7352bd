"""What is asked for and under which terms: the service's rules, the booking window, the filters."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.permissions import Permission
from app.services.booking.read import get_appointment, require_change
from app.services.booking.visit import VisitRules, booking_window
from app.words import N_
from models.db import first_row
from models.principal import Principal

LONGEST_RANGE = timedelta(days=62)

TERMS: LiteralString = """
SELECT duration_minutes, buffer_before_minutes, buffer_after_minutes, notice_minutes, horizon_days,
       is_active, capacity, room_kind, device_kind
  FROM services WHERE clinic_id = %(clinic_id)s::uuid AND id = %(service_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a search; None means any."""

    service_id: UUID
    practitioner_id: UUID | None
    specialty: str | None
    location_id: UUID | None


@dataclass(frozen=True, slots=True)
class Moving:
    """The appointment for which another start is sought: its own place is free for it, its patient's time is not.

    It is as long there as it is now.
    """

    id: UUID
    patient_id: UUID
    minutes: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A search as the database is asked: starts of visits in the half-open range `since` to `until`."""

    clinic_id: UUID
    wanted: Wanted
    rules: VisitRules
    is_active: bool
    takes_base_slots: bool
    room_kind: str | None
    device_kind: str | None
    location_ids: frozenset[UUID] | None
    since: datetime
    until: datetime
    now: datetime
    moving: Moving | None = None

    @property
    def moving_id(self) -> UUID | None:
        """The appointment whose own place is free, for a statement."""
        return self.moving.id if self.moving else None

    @property
    def is_hopeless(self) -> bool:
        """Whether nothing can be found, so that nothing has to be read."""
        out_of_reach = self.location_ids is not None and not self.location_ids
        return out_of_reach or not self.is_active or self.since >= self.until

    def between(self, since: datetime, until: datetime) -> "Terms":
        """Return the same search over a part of its range."""
        return replace(self, since=since, until=until)


def terms_of(
    session: Session,
    principal: Principal,
    *,
    wanted: Wanted,
    since: datetime,
    until: datetime,
    now: datetime,
    moving: UUID | None = None,
) -> Terms:
    """Read the service and cut the range to the booking window; raises InvalidField for a bad range or service.

    With an appointment to be moved, raises AppointmentNotFound, and InvalidField for one of another service.
    """
    require_range(since, until)
    found = first_row(session, TERMS, {"clinic_id": principal.clinic_id, "service_id": wanted.service_id})
    if found is None:
        raise InvalidField("service_id", "There is no such service.")
    rules = VisitRules(*found[:5])
    is_active, capacity, room_kind, device_kind = found[5:]
    window = booking_window(rules, principal, now=now)
    moved = None if moving is None else _moving(session, principal, moving, service_id=wanted.service_id)
    if moved is not None and capacity == 1:
        rules = replace(rules, duration_minutes=moved.minutes)
    return Terms(
        clinic_id=principal.clinic_id,
        wanted=wanted,
        rules=rules,
        is_active=is_active,
        takes_base_slots=capacity == 1,
        room_kind=room_kind,
        device_kind=device_kind,
        location_ids=_locations(principal, wanted),
        since=max(since, window.opens_at),
        # The window's end is included, the range's is not.
        until=min(until, window.closes_at + timedelta(microseconds=1)),
        now=now,
        moving=moved,
    )


def _moving(session: Session, principal: Principal, appointment_id: UUID, *, service_id: UUID) -> Moving:
    if principal.may(Permission.APPOINTMENTS_READ):
        row = get_appointment(session, principal, appointment_id=appointment_id)
    else:
        row = require_change(session, principal, appointment_id=appointment_id, version=None)
    if row.service_id != service_id:
        raise InvalidField("service_id", N_("The appointment that is moved is for another service."))
    return Moving(row.id, row.patient_id, row.minutes)


def require_range(since: datetime, until: datetime) -> None:
    """Refuse a range that is empty, or longer than one answer may look."""
    if until <= since:
        raise InvalidField("to", "The end must be later than the start.")
    if until - since > LONGEST_RANGE:
        raise InvalidField("to", f"The range may be at most {LONGEST_RANGE.days} days long.")


def _locations(principal: Principal, wanted: Wanted) -> frozenset[UUID] | None:
    if wanted.location_id is None:
        return principal.location_ids
    one = frozenset({wanted.location_id})
    return one if principal.location_ids is None else one & principal.location_ids

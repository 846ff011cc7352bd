"""Appointments as lists: filtered, in time order, page after page by the last row seen. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.permissions import Permission, require_any
from app.services.audit.record import viewed
from app.services.booking.read import COLUMNS, AppointmentRow, get_appointment, row_of
from models.appointments import AppointmentStatus
from models.db import rows
from models.principal import Principal

MOST = 200

# Composed of these parts only: plans are generic, so a filter that is not given must not stand in the statement.
SELECT: LiteralString = "SELECT " + COLUMNS + " FROM appointments a WHERE a.clinic_id = %(clinic_id)s::uuid"
IN_RANGE: LiteralString = "a.starts_at >= %(since)s::timestamptz AND a.starts_at < %(until)s::timestamptz"
AFTER: LiteralString = (
    "a.starts_at >= %(after_at)s::timestamptz AND (a.starts_at, a.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid)"
)
PATIENT: LiteralString = "a.patient_id = %(patient_id)s::uuid"
PRACTITIONER: LiteralString = "a.practitioner_id = %(practitioner_id)s::uuid"
LOCATIONS: LiteralString = "a.location_id = ANY(%(location_ids)s::uuid[])"
# The index over starts begins with the location: every site is named when nothing else narrows.
EVERY_LOCATION: LiteralString = (
    "a.location_id IN (SELECT l.id FROM locations l WHERE l.clinic_id = %(clinic_id)s::uuid)"
)
OWN: LiteralString = "a.made_by = %(made_by)s::text"
STATUSES: LiteralString = "a.status = ANY(%(statuses)s::text[])"
IN_ORDER: LiteralString = " ORDER BY a.starts_at, a.id LIMIT %(limit)s::int"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which appointments are wanted; starts in the half-open range `since` to `until`, None means any."""

    since: datetime
    until: datetime
    patient_id: UUID | None = None
    practitioner_id: UUID | None = None
    location_id: UUID | None = None
    statuses: tuple[AppointmentStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and whether more follow."""

    items: list[AppointmentRow]
    has_more: bool


def list_appointments(
    session: Session,
    principal: Principal,
    *,
    filters: Filters,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
    now: datetime,
) -> Page:
    """Return up to `limit` appointments after the given one that the caller may see, and write down that they did."""
    require_any(principal, Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_OWN)
    if not 1 <= limit <= MOST:
        raise InvalidField("limit", f"Give a limit from 1 to {MOST}.")
    after_at, after_id = after or (filters.since, UUID(int=0))
    parameters = {
        "clinic_id": principal.clinic_id,
        "patient_id": filters.patient_id,
        "practitioner_id": filters.practitioner_id,
        "location_ids": _locations(principal, filters.location_id),
        "made_by": None if principal.may(Permission.APPOINTMENTS_READ) else principal.actor,
        "statuses": [status.value for status in filters.statuses] or None,
        "since": filters.since,
        "until": filters.until,
        "after_at": after_at,
        "after_id": after_id,
        "limit": limit + 1,
    }
    found = [row_of(columns) for columns in rows(session, _statement(parameters), parameters)]
    page = Page(found[:limit], has_more=len(found) > limit)
    viewed(session, principal, object_kind="appointment", ids=[row.id for row in page.items], now=now)
    return page


def view_appointment(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> AppointmentRow:
    """Return one appointment and write down that it was seen; raises AppointmentNotFound."""
    row = get_appointment(session, principal, appointment_id=appointment_id)
    viewed(session, principal, object_kind="appointment", object_id=row.id, now=now)
    return row


def _statement(parameters: dict[str, Any]) -> LiteralString:
    optional: dict[str, LiteralString] = {
        "patient_id": PATIENT,
        "practitioner_id": PRACTITIONER,
        "location_ids": LOCATIONS,
        "made_by": OWN,
        "statuses": STATUSES,
    }
    given = [condition for name, condition in optional.items() if parameters[name] is not None]
    is_narrow = any(parameters[name] is not None for name in ("patient_id", "practitioner_id", "location_ids"))
    every = [] if is_narrow else [EVERY_LOCATION]
    return " AND ".join([SELECT, IN_RANGE, AFTER, *given, *every]) + IN_ORDER


def _locations(principal: Principal, wanted: UUID | None) -> list[UUID] | None:
    if wanted is None:
        return None if principal.location_ids is None else list(principal.location_ids)
    allowed = principal.location_ids is None or wanted in principal.location_ids
    return [wanted] if allowed else []

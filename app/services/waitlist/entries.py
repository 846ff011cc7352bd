"""Waitlist entries as verbs and readers see them, with the days on which somebody can come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import StaleVersion, WaitlistEntryEnded, WaitlistEntryNotFound
from app.services.accounts.permissions import Permission, require_any
from app.services.audit.record import viewed
from app.services.booking.claim import utc_text
from models.db import first_row
from models.principal import Principal
from models.waiting import EntryStatus, PartOfDay

COLUMNS: LiteralString = """
e.id, e.patient_id, e.service_id, e.practitioner_id, e.location_id, e.appointment_id, e.weekdays, e.part_of_day,
e.earliest_on, e.latest_on, e.is_urgent, e.status, e.made_by, e.version, e.created_at
"""
ONE: LiteralString = (
    "SELECT " + COLUMNS + " FROM waitlist_entries e WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = %(id)s::uuid"
)
# After slots and appointments in the order of locks. Whoever holds it may change the entry's offers too.
LOCK: LiteralString = """
SELECT id FROM waitlist_entries WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid FOR NO KEY UPDATE
"""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
IN_THE_QUEUE = frozenset({EntryStatus.WAITING, EntryStatus.OFFERED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One wish, as it stands in the table."""

    id: UUID
    patient_id: UUID
    service_id: UUID
    practitioner_id: UUID | None
    location_id: UUID | None
    appointment_id: UUID | None
    weekdays: int
    part_of_day: PartOfDay
    earliest_on: date | None
    latest_on: date | None
    is_urgent: bool
    status: EntryStatus
    made_by: str
    version: int
    created_at: datetime

    @property
    def order(self) -> tuple[bool, datetime, UUID]:
        """The fair order: whoever is urgent first, then whoever has waited longest."""
        return not self.is_urgent, self.created_at, self.id

    @property
    def is_in_the_queue(self) -> bool:
        """Whether a place may still come of it."""
        return self.status in IN_THE_QUEUE

    def body(self) -> dict[str, Any]:
        """Return the entry as the API shows it."""
        return {
            "id": str(self.id),
            "status": self.status.value,
            "patient_id": str(self.patient_id),
            "service_id": str(self.service_id),
            "practitioner_id": _text(self.practitioner_id),
            "location_id": _text(self.location_id),
            "appointment_id": _text(self.appointment_id),
            "weekdays": weekday_names(self.weekdays),
            "part_of_day": self.part_of_day.value,
            "earliest_on": _text(self.earliest_on),
            "latest_on": _text(self.latest_on),
            "urgent": self.is_urgent,
            "version": self.version,
            "created_at": utc_text(self.created_at),
        }


def entry_of(columns: tuple[Any, ...]) -> Entry:
    """Make an entry from `COLUMNS`."""
    entry_id, patient_id, service_id, practitioner_id, location_id, appointment_id, weekdays, *rest = columns
    part_of_day, earliest_on, latest_on, is_urgent, status, made_by, version, created_at = rest
    return Entry(
        id=entry_id,
        patient_id=patient_id,
        service_id=service_id,
        practitioner_id=practitioner_id,
        location_id=location_id,
        appointment_id=appointment_id,
        weekdays=weekdays,
        part_of_day=PartOfDay(part_of_day),
        earliest_on=earliest_on,
        latest_on=latest_on,
        is_urgent=is_urgent,
        status=EntryStatus(status),
        made_by=made_by,
        version=version,
        created_at=created_at,
    )


def weekday_bits(names: Sequence[str] | None) -> int:
    """Return the bits of the days, Monday's is 1; every day when none is named."""
    return sum(1 << WEEKDAYS.index(name) for name in set(names)) if names else 2 ** len(WEEKDAYS) - 1


def weekday_names(bits: int) -> list[str]:
    """Return the days whose bits are set, Monday first."""
    return [name for number, name in enumerate(WEEKDAYS) if bits & 1 << number]


def get_entry(session: Session, principal: Principal, *, entry_id: UUID) -> Entry:
    """Return one entry; WaitlistEntryNotFound also for one that the caller may not see."""
    require_any(principal, Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_OWN)
    return _reached(session, principal, entry_id, permission=Permission.APPOINTMENTS_READ)


def is_reached(principal: Principal, entry: Entry) -> bool:
    """Tell whether an entry is for a site of the caller's, or for any."""
    return principal.location_ids is None or entry.location_id is None or entry.location_id in principal.location_ids


def view_entry(session: Session, principal: Principal, *, entry_id: UUID, now: datetime) -> Entry:
    """Return one entry and write down that it was seen; raises WaitlistEntryNotFound."""
    entry = get_entry(session, principal, entry_id=entry_id)
    viewed(session, principal, object_kind="waitlist-entry", object_id=entry.id, now=now)
    return entry


def require_entry(session: Session, principal: Principal, *, entry_id: UUID, version: int | None = None) -> Entry:
    """Return an entry of the queue that the caller may change; lock it before.

    Raises WaitlistEntryNotFound, StaleVersion, WaitlistEntryEnded.
    """
    require_any(principal, Permission.APPOINTMENTS_WRITE, Permission.APPOINTMENTS_OWN)
    entry = _reached(session, principal, entry_id, permission=Permission.APPOINTMENTS_WRITE)
    if version is not None and version != entry.version:
        raise StaleVersion(version=entry.version)
    if not entry.is_in_the_queue:
        raise WaitlistEntryEnded
    return entry


def lock_entry(session: Session, clinic_id: UUID, entry_id: UUID) -> None:
    """Lock one entry, and with it its offers."""
    first_row(session, LOCK, {"clinic_id": clinic_id, "id": entry_id})


def read_entry(session: Session, clinic_id: UUID, entry_id: UUID) -> Entry:
    """Return an entry that is known to exist, whoever may see it."""
    found = first_row(session, ONE, {"clinic_id": clinic_id, "id": entry_id})
    if found is None:
        raise WaitlistEntryNotFound
    return entry_of(found)


def _reached(session: Session, principal: Principal, entry_id: UUID, *, permission: Permission) -> Entry:
    entry = read_entry(session, principal.clinic_id, entry_id)
    may = principal.may(permission) or entry.made_by == principal.actor
    if not may or not is_reached(principal, entry):
        raise WaitlistEntryNotFound
    return entry


def _text(value: UUID | date | None) -> str | None:
    return None if value is None else str(value)

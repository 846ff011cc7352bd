"""What the tables say of a waitlist, and the rules of who can come when, said without the product's own modules."""

from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
WAITING = """
SELECT e.id, e.patient_id, e.weekdays, e.part_of_day, e.earliest_on, e.latest_on, e.is_urgent, e.created_at,
       e.appointment_id, a.starts_at, a.status, EXISTS (
         SELECT 1 FROM appointments b WHERE b.patient_id = e.patient_id AND b.service_id = e.service_id
            AND b.status = 'booked' AND b.booked_at > e.created_at)
  FROM waitlist_entries e LEFT JOIN appointments a ON a.id = e.appointment_id
 WHERE e.clinic_id = %(clinic_id)s AND e.status = 'waiting' ORDER BY NOT e.is_urgent, e.created_at, e.id
"""
ENTRIES = "SELECT id, is_urgent, created_at FROM waitlist_entries WHERE clinic_id = %(clinic_id)s"
OFFERS = """
SELECT o.id, o.entry_id, o.slot_id, o.status, o.offered_at, o.expires_at, e.patient_id, a.status, a.patient_id,
       a.hold_expires_at, a.booked_at IS NOT NULL, e.appointment_id
  FROM waitlist_offers o JOIN waitlist_entries e ON e.id = o.entry_id
  LEFT JOIN appointments a ON a.id = o.appointment_id
 WHERE o.clinic_id = %(clinic_id)s ORDER BY o.id
"""
LIVE = "SELECT patient_id, slot_id, starts_at, ends_at, status, hold_expires_at FROM appointments WHERE live"
STEPS = """
SELECT action, count(*) FROM audit_events
 WHERE clinic_id = %(clinic_id)s AND object_kind = 'waitlist-entry' GROUP BY action
"""
# Entries that ended as booked though no offer of theirs was accepted.
FULFILLED = """
SELECT object_id FROM audit_events
 WHERE clinic_id = %(clinic_id)s AND object_kind = 'waitlist-entry' AND action = 'waitlist-fulfil'
"""
STEP_OF = {"accepted": "accept", "declined": "decline", "expired": "expire", "clashed": "clash"}


class Offer(NamedTuple):
    """One row of an offer with its hold."""

    id: UUID
    entry_id: UUID
    slot_id: UUID
    status: str
    offered_at: datetime
    expires_at: datetime
    patient_id: UUID
    held: str | None
    held_for: UUID | None
    held_until: datetime | None
    was_booked: bool
    replaces: UUID | None


class Wanting(NamedTuple):
    """One row of an entry that waits."""

    id: UUID
    patient_id: UUID
    weekdays: int
    part_of_day: str
    earliest_on: date | None
    latest_on: date | None
    is_urgent: bool
    created_at: datetime
    appointment_id: UUID | None
    to_beat: datetime | None
    to_beat_status: str | None
    has_it: bool


class Facts(NamedTuple):
    """What takes places and time now, and what was offered."""

    live: list[Any]
    offers: list[Offer]


def day(at: datetime) -> date:
    """Return the date in Berlin."""
    return at.astimezone(BERLIN).date()


def part_of(local: datetime) -> str:
    """Return the part of the day."""
    return "morning" if local.hour < 12 else "afternoon" if local.hour < 17 else "evening"


def is_quiet(at: datetime) -> bool:
    """Tell whether nobody is written to."""
    local = at.astimezone(BERLIN).time()
    return local >= time(21) or local < time(8)


def has_lapsed(one: Wanting, now: datetime) -> bool:
    """Tell whether a wish is over."""
    if one.latest_on is not None and one.latest_on < now.astimezone(BERLIN).date():
        return True
    return one.appointment_id is not None and (one.to_beat_status != "booked" or one.to_beat <= now)


def is_fulfilled(one: Wanting) -> bool:
    """Tell whether the desk has booked otherwise what somebody waits for."""
    return one.appointment_id is None and one.has_it

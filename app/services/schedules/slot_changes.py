"""Make a difference true: each statement for all slots at once. Slots must be locked (`lock_slots_to_change`)."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.schedules.arrange import Placed
from app.services.schedules.difference import Wanted
from models.base import new_id
from models.db import execute, rows

# Read in a statement of its own after the locks: what somebody booked before we had them is seen, and nobody books
# after.
DELETE_WITHOUT_HISTORY: LiteralString = """
DELETE FROM slots s
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = ANY(%(ids)s::uuid[])
   AND NOT EXISTS (SELECT 1 FROM appointment_slots t WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id)
   AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.clinic_id = s.clinic_id AND a.slot_id = s.id)
   AND NOT EXISTS (SELECT 1 FROM waitlist_offers o WHERE o.clinic_id = s.clinic_id AND o.slot_id = s.id)
"""
BLOCK: LiteralString = """
UPDATE slots SET status = 'blocked', version = version + 1
 WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[]) AND status = 'open'
RETURNING id
"""
FIT: LiteralString = """
UPDATE slots s
   SET status = 'open', specialty = w.specialty, max_capacity = greatest(w.capacity, s.current_bookings),
       overbook_limit = greatest(w.overbook_limit, s.overbooked), version = s.version + 1
  FROM unnest(%(ids)s::uuid[], %(specialties)s::text[], %(capacities)s::smallint[], %(overbook_limits)s::smallint[])
         AS w (id, specialty, capacity, overbook_limit)
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = w.id
"""
INSERT: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, service_id, starts_at, ends_at,
                   max_capacity, overbook_limit)
SELECT %(clinic_id)s::uuid, n.*
  FROM unnest(%(ids)s::uuid[], %(schedules)s::uuid[], %(practitioners)s::uuid[], %(locations)s::uuid[],
              %(specialties)s::text[], %(services)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
              %(capacities)s::smallint[], %(overbook_limits)s::smallint[]) AS n
"""


def take_away(session: Session, clinic_id: UUID, slot_ids: Sequence[UUID]) -> list[UUID]:
    """Delete slots that nobody ever had and block the others; return the blocked ones."""
    if not slot_ids:
        return []
    parameters = {"clinic_id": clinic_id, "ids": list(slot_ids)}
    execute(session, DELETE_WITHOUT_HISTORY, parameters)
    return [slot_id for (slot_id,) in rows(session, BLOCK, parameters)]


def fit(session: Session, clinic_id: UUID, wanted: Sequence[Wanted]) -> None:
    """Open slots that are planned again and give each what the plan gives it."""
    if not wanted:
        return
    parameters = {
        "clinic_id": clinic_id,
        "ids": [slot.id for slot, _ in wanted],
        "specialties": [placed.schedule.specialty for _, placed in wanted],
        "capacities": [placed.slot.capacity for _, placed in wanted],
        "overbook_limits": [placed.schedule.overbook_limit for _, placed in wanted],
    }
    execute(session, FIT, parameters)


def add(session: Session, clinic_id: UUID, missing: Sequence[Placed]) -> None:
    """Insert planned slots; none of them may meet an open slot of its practitioner."""
    if not missing:
        return
    parameters = {
        "clinic_id": clinic_id,
        "ids": [new_id() for _ in missing],
        "schedules": [schedule.schedule_id for schedule, _ in missing],
        "practitioners": [schedule.practitioner_id for schedule, _ in missing],
        "locations": [schedule.location_id for schedule, _ in missing],
        "specialties": [schedule.specialty for schedule, _ in missing],
        "services": [slot.service_id for _, slot in missing],
        "starts": [slot.starts_at for _, slot in missing],
        "ends": [slot.ends_at for _, slot in missing],
        "capacities": [slot.capacity for _, slot in missing],
        "overbook_limits": [schedule.overbook_limit for schedule, _ in missing],
    }
    execute(session, INSERT, parameters)

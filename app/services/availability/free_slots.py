"""The open slots with a place left, by which visits can be covered; an expired hold takes no place."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.services.availability.terms import Terms
from models.db import first_row, rows

# Holds whose time has run out and the appointment that is moved, counted by slot. A paying hold is never among them.
# No appointment starts more than 12 hours after its first slot or before its last one.
FREE_SLOTS: LiteralString = """
WITH lapsed AS MATERIALIZED (
  SELECT g.slot_id, count(*) AS places FROM (
  SELECT t.slot_id
    FROM appointments a JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
   WHERE a.clinic_id = %(clinic_id)s::uuid AND a.status = 'pending' AND a.hold_expires_at <= %(now)s::timestamptz
     AND a.pay_deadline_at IS NULL AND NOT a.overbook
     AND (%(practitioner_id)s::uuid IS NULL OR a.practitioner_id = %(practitioner_id)s::uuid)
     AND a.starts_at > %(since)s::timestamptz - interval '12 hours'
     AND a.starts_at < %(until)s::timestamptz + interval '12 hours'
  UNION ALL
  SELECT t.slot_id
    FROM appointments a JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
   WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(moving_id)s::uuid AND a.live AND NOT a.overbook
  ) AS g GROUP BY g.slot_id
)
SELECT s.id, s.schedule_id, s.service_id IS NOT NULL, s.practitioner_id, s.location_id, s.starts_at, s.ends_at,
       s.max_capacity::int, (s.max_capacity - s.current_bookings + coalesce(d.places, 0))::int, s.version, l.timezone
  FROM practitioner_services o
  JOIN practitioners p ON p.clinic_id = o.clinic_id AND p.id = o.practitioner_id AND p.is_active
  JOIN slots s ON s.clinic_id = o.clinic_id AND s.practitioner_id = o.practitioner_id
  JOIN schedules c ON c.clinic_id = s.clinic_id AND c.id = s.schedule_id AND c.is_active
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id AND l.is_active
  LEFT JOIN lapsed d ON d.slot_id = s.id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.service_id = %(service_id)s::uuid
   AND (%(practitioner_id)s::uuid IS NULL OR o.practitioner_id = %(practitioner_id)s::uuid)
   AND s.status = 'open' AND s.starts_at >= %(since)s::timestamptz AND s.starts_at < %(until)s::timestamptz
   AND (s.service_id = %(service_id)s::uuid OR (s.service_id IS NULL AND %(takes_base_slots)s::boolean))
   AND (%(specialty)s::text IS NULL OR s.specialty = %(specialty)s::text)
   AND (%(location_ids)s::uuid[] IS NULL OR s.location_id = ANY(%(location_ids)s::uuid[]))
   AND s.max_capacity - s.current_bookings + coalesce(d.places, 0) > 0
 ORDER BY s.schedule_id, 3, s.starts_at
"""


# A time before which nothing is free: each practitioner's next open slot with a place, or what an expired hold takes.
# A bound only, so that nights and full days are skipped in one step; FREE_SLOTS decides.
NEXT_FREE: LiteralString = """
SELECT least(
  (SELECT min(n.starts_at)
     FROM practitioner_services o
     CROSS JOIN LATERAL (
       SELECT s.starts_at FROM slots s
        WHERE s.clinic_id = o.clinic_id AND s.practitioner_id = o.practitioner_id AND s.status = 'open'
          AND s.starts_at >= %(since)s::timestamptz AND s.starts_at < %(until)s::timestamptz
          AND s.current_bookings < s.max_capacity
          AND (s.service_id = %(service_id)s::uuid OR (s.service_id IS NULL AND %(takes_base_slots)s::boolean))
          AND (%(specialty)s::text IS NULL OR s.specialty = %(specialty)s::text)
          AND (%(location_ids)s::uuid[] IS NULL OR s.location_id = ANY(%(location_ids)s::uuid[]))
        ORDER BY s.starts_at LIMIT 1
     ) n
    WHERE o.clinic_id = %(clinic_id)s::uuid AND o.service_id = %(service_id)s::uuid
      AND (%(practitioner_id)s::uuid IS NULL OR o.practitioner_id = %(practitioner_id)s::uuid)),
  (SELECT min(greatest(a.occupies_from, %(since)s::timestamptz)) FROM appointments a
    WHERE a.clinic_id = %(clinic_id)s::uuid AND a.status = 'pending' AND a.hold_expires_at <= %(now)s::timestamptz
      AND a.pay_deadline_at IS NULL AND a.occupies_until > %(since)s::timestamptz),
  (SELECT greatest(a.occupies_from, %(since)s::timestamptz) FROM appointments a
    WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(moving_id)s::uuid
      AND a.occupies_until > %(since)s::timestamptz))
"""


class FreeSlot(NamedTuple):
    """One open slot with `free` of `capacity` places left."""

    id: UUID
    schedule_id: UUID
    is_session: bool
    practitioner_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    version: int
    timezone: str


def free_slots(session: Session, terms: Terms) -> Iterator[list[FreeSlot]]:
    """Yield the free slots for visits that start in the range, ascending, a list for each row of slots.

    Slots form one row when they are of one schedule, and base slots or sessions: a visit takes its slots from one.
    """
    found = rows(session, FREE_SLOTS, _parameters(terms))
    for _, row in groupby(found, key=itemgetter(1, 2)):
        yield [FreeSlot._make(slot) for slot in row]


def next_free(session: Session, terms: Terms) -> datetime | None:
    """Return a time in the range before which no visit can start; None when there is nothing free in the range."""
    found = first_row(session, NEXT_FREE, _parameters(terms))
    if found is None or found[0] is None:
        return None
    earliest: datetime = found[0] + timedelta(minutes=terms.rules.buffer_before_minutes)
    return max(earliest, terms.since) if earliest < terms.until else None


def _parameters(terms: Terms) -> dict[str, Any]:
    rules = terms.rules
    return {
        "clinic_id": terms.clinic_id,
        "service_id": terms.wanted.service_id,
        "practitioner_id": terms.wanted.practitioner_id,
        "specialty": terms.wanted.specialty,
        "location_ids": None if terms.location_ids is None else list(terms.location_ids),
        "takes_base_slots": terms.takes_base_slots,
        "since": terms.since - timedelta(minutes=rules.buffer_before_minutes),
        "until": terms.until + timedelta(minutes=rules.duration_minutes + rules.buffer_after_minutes),
        "now": terms.now,
        "moving_id": terms.moving_id,
    }

"""The rows of displaced appointments: made when a slot of theirs is blocked, settled when all of them are open again.

Whether an open row is still true is read from the appointment itself: one that was cancelled, or moved by anybody to
open slots, is displaced no more, whoever did it.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.occupied import RUN_OUT
from app.services.schedules.effect import Displaced
from models.base import new_id
from models.db import execute, rows

# Who can still be moved: a visit that has begun is where it is, and a hold that has run out is nobody's.
STILL_TO_COME: LiteralString = (
    "a.status IN ('pending', 'booked', 'arrived') AND a.starts_at >= %(now)s::timestamptz AND NOT " + RUN_OUT
)
ON_BLOCKED_SLOT: LiteralString = """EXISTS (
  SELECT 1 FROM appointment_slots t JOIN slots s ON s.clinic_id = t.clinic_id AND s.id = t.slot_id
   WHERE t.clinic_id = a.clinic_id AND t.appointment_id = a.id AND s.status = 'blocked')"""

# Ascending, before any of them is changed, so that two who settle some of the same rows never meet.
LOCK_OPEN: LiteralString = """
SELECT d.id FROM displaced_appointments d JOIN appointments a ON a.clinic_id = d.clinic_id AND a.id = d.appointment_id
 WHERE d.clinic_id = %(clinic_id)s::uuid AND d.settled_at IS NULL
   AND a.practitioner_id = ANY(%(practitioner_ids)s::uuid[])
 ORDER BY d.id FOR NO KEY UPDATE OF d
"""
# Before a change: what is not true any more leaves the list, so that a new row may be made of the same appointment.
SETTLE_PAST: LiteralString = (
    """
UPDATE displaced_appointments d
   SET settled_at = %(now)s::timestamptz, settlement = CASE WHEN a.live THEN 'moved' ELSE 'cancelled' END
  FROM appointments a
 WHERE d.clinic_id = %(clinic_id)s::uuid AND d.settled_at IS NULL
   AND a.clinic_id = d.clinic_id AND a.id = d.appointment_id
   AND a.practitioner_id = ANY(%(practitioner_ids)s::uuid[]) AND NOT (a.live AND """
    + ON_BLOCKED_SLOT
    + ")"
)
# After it: nothing but the change itself can have opened their slots.
SETTLE_FITTING: LiteralString = (
    """
UPDATE displaced_appointments d SET settled_at = %(now)s::timestamptz, settlement = 'fits-again'
  FROM appointments a
 WHERE d.clinic_id = %(clinic_id)s::uuid AND d.settled_at IS NULL
   AND a.clinic_id = d.clinic_id AND a.id = d.appointment_id
   AND a.practitioner_id = ANY(%(practitioner_ids)s::uuid[]) AND NOT """
    + ON_BLOCKED_SLOT
    + " RETURNING d.appointment_id"
)
# The first of its slots that this change has blocked says why.
MET: LiteralString = (
    """
SELECT DISTINCT ON (a.starts_at, a.id) a.id, a.patient_id, a.practitioner_id, a.location_id, a.service_id,
       a.starts_at, s.id
  FROM slots s
  JOIN appointment_slots t ON t.clinic_id = s.clinic_id AND t.slot_id = s.id
  JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = ANY(%(slot_ids)s::uuid[])
   AND """
    + STILL_TO_COME
    + " ORDER BY a.starts_at, a.id, s.starts_at"
)
INSERT: LiteralString = """
INSERT INTO displaced_appointments (clinic_id, id, appointment_id, reason, since_at)
SELECT %(clinic_id)s::uuid, n.id, n.appointment_id, n.reason, %(now)s::timestamptz
  FROM unnest(%(ids)s::uuid[], %(appointments)s::uuid[], %(reasons)s::text[]) AS n (id, appointment_id, reason)
ON CONFLICT (clinic_id, appointment_id) WHERE settled_at IS NULL DO NOTHING
"""


def settle_past(session: Session, clinic_id: UUID, *, practitioner_ids: Collection[UUID], now: datetime) -> None:
    """Settle the rows of these practitioners' appointments that were cancelled or moved since."""
    parameters = {"clinic_id": clinic_id, "practitioner_ids": list(practitioner_ids), "now": now}
    execute(session, LOCK_OPEN, parameters)
    execute(session, SETTLE_PAST, parameters)


def settle_fitting(
    session: Session, clinic_id: UUID, *, practitioner_ids: Collection[UUID], now: datetime
) -> tuple[UUID, ...]:
    """Settle the rows of these practitioners' appointments whose slots are all planned again; return whose."""
    parameters = {"clinic_id": clinic_id, "practitioner_ids": list(practitioner_ids), "now": now}
    found = rows(session, SETTLE_FITTING, parameters)
    return tuple(sorted(appointment_id for (appointment_id,) in found))


def displace(
    session: Session, clinic_id: UUID, *, blocked: Sequence[UUID], reason_of: Callable[[UUID], str], now: datetime
) -> tuple[Displaced, ...]:
    """Put every appointment still to come on the worklist that has one of the slots just blocked."""
    found = rows(session, MET, {"clinic_id": clinic_id, "slot_ids": list(blocked), "now": now}) if blocked else []
    displaced = tuple(Displaced(*(*row[:-1], reason_of(row[-1]))) for row in found)
    if displaced:
        parameters = {
            "clinic_id": clinic_id,
            "ids": [new_id() for _ in displaced],
            "appointments": [one.appointment_id for one in displaced],
            "reasons": [one.reason for one in displaced],
            "now": now,
        }
        execute(session, INSERT, parameters)
    return displaced

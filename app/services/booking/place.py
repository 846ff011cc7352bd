"""The place of an appointment that is there already: lifted out of it, and put into another or back into it."""

from collections.abc import Collection
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.claim import BEYOND, REGULAR, take
from app.services.booking.plan import Plan
from models.appointments import AppointmentStatus
from models.db import execute

# Seen by nobody: until it is put into a place by the same transaction, the appointment is not live, so that it
# stands in nobody's way, least of all its own.
LIFT: LiteralString = """
WITH lifted AS (
  UPDATE appointments SET status = 'noshow'
   WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(appointment_ids)s::uuid[]) AND live
  RETURNING id, overbook
), freed AS (
  SELECT t.slot_id, count(*) FILTER (WHERE NOT l.overbook) AS places, count(*) FILTER (WHERE l.overbook) AS extra
    FROM lifted l JOIN appointment_slots t ON t.clinic_id = %(clinic_id)s::uuid AND t.appointment_id = l.id
   GROUP BY t.slot_id
)
UPDATE slots s SET current_bookings = s.current_bookings - f.places, overbooked = s.overbooked - f.extra,
                   version = s.version + 1
  FROM freed f WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = f.slot_id
"""
_PUT: LiteralString = """
), moved AS (
  UPDATE appointments
     SET status = %(status)s::text, slot_id = %(slot_id)s::uuid, practitioner_id = %(practitioner_id)s::uuid,
         location_id = %(location_id)s::uuid, room_id = %(room_id)s::uuid, device_id = %(device_id)s::uuid,
         starts_at = %(starts_at)s::timestamptz, ends_at = %(ends_at)s::timestamptz,
         occupies_from = %(occupies_from)s::timestamptz, occupies_until = %(occupies_until)s::timestamptz,
         starts_local = %(starts_at)s::timestamptz AT TIME ZONE %(timezone)s::text, timezone = %(timezone)s::text,
         overbook = %(overbook_reason)s::text IS NOT NULL, overbook_reason = %(overbook_reason)s::text
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
     AND (SELECT count(*) FROM place) = cardinality(%(slot_ids)s::uuid[])
  RETURNING id
), left_behind AS (
  DELETE FROM appointment_slots t USING moved
   WHERE t.clinic_id = %(clinic_id)s::uuid AND t.appointment_id = moved.id
     AND t.slot_id <> ALL(%(slot_ids)s::uuid[])
), taken AS (
  INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id)
  SELECT %(clinic_id)s::uuid, moved.id, place.id FROM moved CROSS JOIN place
   WHERE NOT EXISTS (SELECT 1 FROM appointment_slots t
                      WHERE t.clinic_id = %(clinic_id)s::uuid AND t.appointment_id = moved.id AND t.slot_id = place.id)
)
SELECT id FROM moved
"""
# Slots that are closed to everybody else are open to who returns to them.
_OPEN: LiteralString = "status = 'open'"
_OPEN_TO_IT: LiteralString = "(status = 'open' OR id = ANY(%(closed_ids)s::uuid[]))"
PUT: LiteralString = "WITH place AS (" + REGULAR.replace(_OPEN, _OPEN_TO_IT) + _PUT
PUT_BEYOND: LiteralString = "WITH place AS (" + BEYOND.replace(_OPEN, _OPEN_TO_IT) + _PUT


def lift(session: Session, clinic_id: UUID, appointment_ids: Collection[UUID]) -> None:
    """Take appointments out of their places, which are free again; their slots must be locked."""
    execute(session, LIFT, {"clinic_id": clinic_id, "appointment_ids": list(appointment_ids)})


def put(
    session: Session,
    clinic_id: UUID,
    appointment_id: UUID,
    *,
    plan: Plan,
    status: AppointmentStatus,
    overbook_reason: str | None,
    closed_ids: Collection[UUID] = (),
) -> None:
    """Put an appointment that is not live into the planned place, beyond the capacity when there is a reason.

    Of closed slots it may take only those named.
    """
    parameters = {
        "clinic_id": clinic_id,
        "id": appointment_id,
        "status": status.value,
        "slot_ids": [slot.id for slot in plan.slots],
        "slot_id": plan.slots[0].id,
        "practitioner_id": plan.practitioner_id,
        "location_id": plan.location_id,
        "room_id": plan.room_id,
        "device_id": plan.device_id,
        "starts_at": plan.visit.starts_at,
        "ends_at": plan.visit.ends_at,
        "occupies_from": plan.visit.occupies_from,
        "occupies_until": plan.visit.occupies_until,
        "timezone": plan.timezone,
        "overbook_reason": overbook_reason,
        "closed_ids": list(closed_ids),
    }
    take(session, PUT if overbook_reason is None else PUT_BEYOND, parameters)

"""Giving places back: one statement ends appointments and returns exactly the places that each of them took."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.queue.ticket import PRESENT, end_tickets
from models.appointments import AppointmentStatus as S
from models.db import rows
from models.principal import Principal

# Whoever waited for the locks came earlier than what they waited for: a change is never older than the one before it.
# Counted per slot: several holds of one session that end together give back several places.
RELEASE: LiteralString = """
WITH ended AS (
  UPDATE appointments
     SET status = %(to_status)s::text,
         cancel_reason = CASE WHEN %(to_status)s::text = 'cancelled' THEN %(reason)s::text END,
         cancelled_at = CASE WHEN %(to_status)s::text = 'cancelled' THEN %(now)s::timestamptz END,
         noshow_at = CASE WHEN %(to_status)s::text = 'noshow' THEN %(now)s::timestamptz END,
         updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond'), version = version + 1
   WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(appointment_ids)s::uuid[])
     AND status = %(from_status)s::text
     AND (NOT %(only_expired)s::boolean
          OR (hold_expires_at <= %(now)s::timestamptz AND pay_deadline_at IS NULL))
  RETURNING id, version, overbook, patient_id, practitioner_id, location_id, starts_local, updated_at
), freed AS (
  SELECT t.slot_id, count(*) FILTER (WHERE NOT e.overbook) AS places, count(*) FILTER (WHERE e.overbook) AS extra
    FROM ended e JOIN appointment_slots t ON t.clinic_id = %(clinic_id)s::uuid AND t.appointment_id = e.id
   GROUP BY t.slot_id
), given_back AS (
  UPDATE slots s SET current_bookings = s.current_bookings - f.places, overbooked = s.overbooked - f.extra,
                     version = s.version + 1
    FROM freed f WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = f.slot_id
), audited AS (
  INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, reason,
                            request_id)
  SELECT %(clinic_id)s::uuid, gen_random_uuid(), e.updated_at, %(actor)s::text, %(action)s::text,
         'appointment', e.id, %(from_status)s::text, %(to_status)s::text, %(reason)s::text, %(request_id)s::text
    FROM ended e
), queued AS (
  INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                             created_at)
  SELECT %(clinic_id)s::uuid, gen_random_uuid(), %(event)s::text, e.id, e.version,
         CASE WHEN %(tell)s::boolean THEN '{}'::jsonb ELSE '{"tell": false}'::jsonb END,
         %(event)s::text || '/' || e.id || '/' || e.version, %(not_before)s::timestamptz, %(now)s::timestamptz
    FROM ended e
)
SELECT id, version, patient_id, practitioner_id, location_id, starts_local::date FROM ended
"""


# What an end of each kind is called outside (in the API): whatever took a place and was wrong is cancelled.
EVENTS = {
    S.CANCELLED: "appointment.cancelled",
    S.ENTERED_IN_ERROR: "appointment.cancelled",
    S.NOSHOW: "appointment.noshow",
}


def release(
    session: Session,
    principal: Principal,
    *,
    appointment_ids: Sequence[UUID],
    action: str,
    reason: str | None,
    from_status: S,
    to_status: S = S.CANCELLED,
    now: datetime,
    not_before: datetime | None = None,
    only_expired: bool = False,
    tell: bool = True,
) -> list[tuple[Any, ...]]:
    """End the live appointments that are in this status and give their places back; return one row for each.

    Slots must be locked before (`locks.lock_visits`); an appointment that has changed meanwhile is left alone.
    """
    parameters = {
        "clinic_id": principal.clinic_id,
        "appointment_ids": list(appointment_ids),
        "from_status": from_status.value,
        "to_status": to_status.value,
        "only_expired": only_expired,
        "reason": None if reason is None else str(reason),
        "action": action,
        "event": EVENTS[to_status],
        "actor": principal.actor,
        "request_id": principal.request_id,
        "not_before": not_before or now,
        "tell": tell,
        "now": now,
    }
    ended = list(rows(session, RELEASE, parameters))
    if from_status in PRESENT and ended:
        end_tickets(session, principal.clinic_id, [row[0] for row in ended])
    return ended

"""`confirm`: a hold whose time has not run out becomes a booked appointment."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import lock_appointment
from app.services.booking.read import AppointmentRow, require_change
from app.services.booking.status import require_transition
from app.services.booking.visiting import require_time_left
from models.appointments import AppointmentStatus
from models.base import new_id
from models.db import execute
from models.principal import Principal

CONFIRM: LiteralString = """
WITH booked AS (
  UPDATE appointments SET status = 'booked', booked_at = %(now)s::timestamptz, version = version + 1,
                          updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND status = 'pending'
     AND (hold_expires_at > %(now)s::timestamptz OR pay_deadline_at IS NOT NULL)
  RETURNING id, version, updated_at
), audited AS (
  INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status,
                            request_id)
  SELECT %(clinic_id)s::uuid, %(audit_id)s::uuid, updated_at, %(actor)s::text, 'confirm', 'appointment',
         id, 'pending', 'booked', %(request_id)s::text FROM booked
)
INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                           created_at)
SELECT %(clinic_id)s::uuid, %(outbox_id)s::uuid, 'appointment.confirmed', id, version, '{}',
       'appointment.confirmed/' || id || '/' || version, %(not_before)s::timestamptz, %(now)s::timestamptz FROM booked
"""


def confirm(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    not_before: datetime | None = None,
    clearing: bool = False,
) -> Answer:
    """Book a hold; the answer is the API's 200. The patient is told at once, or not before the time given.

    Raises AppointmentNotFound, StaleVersion, HoldExpired (410, also after the sweeper ended it), InvalidTransition.
    Until online payment exists, a prepaid service is due at the desk. `clearing` has no meaning here.
    """
    lock_appointment(session, principal.clinic_id, appointment_id)
    require_new(session, principal.clinic_id, key)
    row = require_change(session, principal, appointment_id=appointment_id, version=version)
    _require_live_hold(row, now=now)
    parameters = {
        "clinic_id": principal.clinic_id,
        "id": appointment_id,
        "audit_id": new_id(),
        "outbox_id": new_id(),
        "actor": principal.actor,
        "request_id": principal.request_id,
        "now": now,
        "not_before": not_before or now,
    }
    execute(session, CONFIRM, parameters)
    body = row.body(status=AppointmentStatus.BOOKED, version=row.version + 1)
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, row.change(principal.clinic_id, version=row.version + 1))


def _require_live_hold(row: AppointmentRow, *, now: datetime) -> None:
    require_time_left(row, now=now)
    require_transition(row.status, AppointmentStatus.BOOKED)

"""A step of an appointment's life: its status and time stamps, with the audit row and the event in one statement."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep
from app.services.booking.locks import Overtaken
from app.services.booking.read import AppointmentRow
from app.services.queue.ticket import follow
from models.appointments import AppointmentStatus
from models.base import new_id
from models.db import first_row
from models.principal import Principal

STAMPS: Final = ("arrived_at", "checked_in_at", "roomed_at", "fulfilled_at", "cancelled_at", "noshow_at")
_STAMPED: LiteralString = ", ".join(
    name + " = CASE WHEN '" + name + "' = ANY(%(cleared)s::text[]) THEN NULL"
    " WHEN '" + name + "' = %(stamp)s::text THEN %(now)s::timestamptz ELSE " + name + " END"
    for name in STAMPS
)
STEP: LiteralString = (
    "WITH stepped AS (UPDATE appointments SET "
    + _STAMPED
    + """,
         status = %(to_status)s::text, room_id = CASE WHEN 'room_id' = ANY(%(cleared)s::text[]) THEN NULL
                                                    ELSE coalesce(%(room_id)s::uuid, room_id) END,
         cancel_reason = CASE WHEN 'cancelled_at' = ANY(%(cleared)s::text[]) THEN NULL ELSE cancel_reason END,
         updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond'), version = version + 1
   WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND version = %(version)s::int
  RETURNING id, version, updated_at
), audited AS (
  INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, reason,
                            detail, request_id)
  SELECT %(clinic_id)s::uuid, %(audit_id)s::uuid, updated_at, %(actor)s::text, %(action)s::text,
         'appointment', id, %(from_status)s::text, %(to_status)s::text, %(reason)s::text, %(detail)s::jsonb,
         %(request_id)s::text FROM stepped
), queued AS (
  INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                             created_at)
  SELECT %(clinic_id)s::uuid, %(outbox_id)s::uuid, %(event)s::text, id, version, %(payload)s::jsonb,
         %(event)s::text || '/' || id || '/' || version, %(not_before)s::timestamptz, %(now)s::timestamptz
    FROM stepped WHERE %(event)s::text IS NOT NULL
)
SELECT id FROM stepped
"""
)


@dataclass(frozen=True, slots=True)
class Step:
    """What changes: the status reached, the time stamp set and those cleared, and which event tells of it outside.

    `detail` and `payload` hold ids and times only.
    """

    action: str
    to_status: AppointmentStatus
    stamp: str | None = None
    cleared: tuple[str, ...] = ()
    event: str | None = None
    not_before: datetime | None = None
    room_id: UUID | None = None
    reason: str | None = None
    detail: dict[str, Any] | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def take_step(session: Session, principal: Principal, row: AppointmentRow, step: Step, *, now: datetime) -> None:
    """Take a step of an appointment that is locked and whose status allows it; its version grows by one.

    Its ticket in the queue follows. Raises Overtaken when the row is not any more the version that was decided on.
    """
    parameters = {
        "clinic_id": principal.clinic_id,
        "id": row.id,
        "version": row.version,
        "audit_id": new_id(),
        "outbox_id": new_id(),
        "actor": principal.actor,
        "request_id": principal.request_id,
        "action": step.action,
        "from_status": row.status.value,
        "to_status": step.to_status.value,
        "stamp": step.stamp,
        "cleared": list(step.cleared),
        "event": step.event,
        "not_before": step.not_before or now,
        "room_id": step.room_id,
        "reason": step.reason,
        "detail": None if step.detail is None else Jsonb(step.detail),
        "payload": Jsonb(step.payload),
        "now": now,
    }
    if first_row(session, STEP, parameters) is None:
        raise Overtaken
    follow(
        session,
        principal.clinic_id,
        row=row,
        after=step.to_status,
        is_undone=any(name in STAMPS for name in step.cleared),
        room_id=step.room_id,
        is_unnamed="room_id" in step.cleared,
        is_entered=step.stamp == "roomed_at",
        now=now,
    )


def answer_step(
    session: Session, principal: Principal, row: AppointmentRow, step: Step, *, key: RequestKey, now: datetime
) -> Answer:
    """Take a step and return its answer, kept under the key."""
    take_step(session, principal, row, step, now=now)
    body = row.body(status=step.to_status, version=row.version + 1)
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, row.change(principal.clinic_id, version=row.version + 1))

"""One letter for a change of a series, instead of one for each of its appointments.

The appointments' own events stay for those who follow them; they only name the event whose letter tells the patient.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.series.members import SeriesRow
from models.base import new_id
from models.db import execute
from models.principal import Principal

SERIES_EVENTS = {
    "appointment.confirmed": "series.booked",
    "appointment.cancelled": "series.cancelled",
    "appointment.rescheduled": "series.moved",
}
TELL_TOGETHER: LiteralString = """
WITH quiet AS (
  UPDATE outbox_events o SET payload = o.payload || jsonb_build_object('told_by', %(letter_id)s::uuid)
    FROM appointments a
   WHERE o.clinic_id = %(clinic_id)s::uuid AND o.aggregate_id = ANY(%(ids)s::uuid[]) AND o.kind = %(event)s::text
     AND o.state = 'ready' AND o.lease_until IS NULL
     AND a.clinic_id = o.clinic_id AND a.id = o.aggregate_id AND a.version = o.aggregate_version
)
INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                           created_at)
VALUES (%(clinic_id)s::uuid, %(letter_id)s::uuid, %(kind)s::text, %(series_id)s::uuid, %(version)s::int, '{}',
        %(kind)s::text || '/' || %(series_id)s::uuid || '/' || %(version)s::int, %(at)s::timestamptz,
        %(now)s::timestamptz)
"""


def tell_together(
    session: Session,
    principal: Principal,
    series: SeriesRow,
    *,
    event: str,
    ids: Collection[UUID],
    at: datetime,
    now: datetime,
) -> None:
    """Let one letter, not before the time given, tell what this transaction did to some appointments of a series.

    A single one has a letter of its own already.
    """
    if len(ids) < 2:
        return
    parameters: dict[str, Any] = {
        "clinic_id": principal.clinic_id,
        "letter_id": new_id(),
        "kind": SERIES_EVENTS[event],
        "event": event,
        "series_id": series.id,
        "version": series.version,
        "ids": list(ids),
        "at": at,
        "now": now,
    }
    execute(session, TELL_TOGETHER, parameters)

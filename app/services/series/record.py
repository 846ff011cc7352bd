"""What a booked series leaves: its rule, its numbers, an audit and an outbox row for each time, and one letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.audit.record import record
from app.services.series.letter import tell_together
from app.services.series.members import SeriesRow
from app.services.series.wish import SeriesWish
from models.base import new_id
from models.db import execute
from models.principal import Principal
from models.series import Series

# As `confirm.CONFIRM`, for all at once.
BOOK: LiteralString = """
WITH booked AS (
  UPDATE appointments a
     SET status = 'booked', booked_at = %(now)s::timestamptz, updated_at = %(now)s::timestamptz,
         version = a.version + 1, series_id = %(series_id)s::uuid, series_number = n.number
    FROM unnest(%(ids)s::uuid[], %(numbers)s::int[], %(audit_ids)s::uuid[]) AS n (id, number, audit_id)
   WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = n.id AND a.status = 'pending'
  RETURNING a.id, a.version, a.series_number, n.audit_id
), audited AS (
  INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, detail,
                            request_id)
  SELECT %(clinic_id)s::uuid, audit_id, %(now)s::timestamptz, %(actor)s::text, 'confirm', 'appointment', id,
         'pending', 'booked', jsonb_build_object('series_id', %(series_id)s::uuid, 'series_number', series_number),
         %(request_id)s::text FROM booked
)
INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                           created_at)
SELECT %(clinic_id)s::uuid, gen_random_uuid(), 'appointment.confirmed', id, version,
       '{}', 'appointment.confirmed/' || id || '/' || version, %(now)s::timestamptz, %(now)s::timestamptz
  FROM booked
"""


def record_rule(
    session: Session, principal: Principal, *, wish: SeriesWish, occurrences: int, now: datetime
) -> SeriesRow:
    """Keep what was asked for, and return the series."""
    rule = wish.rule
    series = Series(
        clinic_id=principal.clinic_id,
        patient_id=wish.patient_id,
        service_id=wish.service_id,
        practitioner_id=wish.practitioner_id,
        location_id=wish.location_id,
        every=rule.every,
        unit=rule.unit,
        first_on=rule.first_on,
        starts_local=rule.at,
        occurrences=occurrences,
        made_by=principal.actor,
        created_at=now,
    )
    session.add(series)
    session.flush()
    return SeriesRow(series.id, wish, 1)


def record_booked(
    session: Session, principal: Principal, series: SeriesRow, *, held: Mapping[int, UUID], now: datetime
) -> None:
    """Book what is held under the numbers of a series, and tell of all of it in one letter."""
    ids = list(held.values())
    parameters: dict[str, Any] = {
        "clinic_id": principal.clinic_id,
        "series_id": series.id,
        "ids": ids,
        "numbers": list(held),
        # Made here, so that each comes after the hold's at the same instant.
        "audit_ids": [new_id() for _ in ids],
        "actor": principal.actor,
        "request_id": principal.request_id,
        "now": now,
    }
    execute(session, BOOK, parameters)
    tell_together(session, principal, series, event="appointment.confirmed", ids=ids, at=now, now=now)
    detail = {"appointment_ids": [str(one) for one in ids]}
    record(session, principal, action="book", object_kind="series", object_id=series.id, detail=detail, now=now)

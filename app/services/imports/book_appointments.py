"""Appointments of a file: each is held by the engine's own plan and claim, then all of them are booked at once.

Nobody is written to: the former system has told the patients.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Change
from app.services.imports.hold_rows import hold_rows
from app.services.imports.problems import Problem
from app.services.imports.read_appointments import Order
from models.base import new_id
from models.db import execute
from models.principal import Principal

# As `series/record.BOOK`; with `tell` false no letter follows from it.
BOOK: LiteralString = """
WITH booked AS (
  UPDATE appointments a
     SET status = 'booked', booked_at = %(now)s::timestamptz, updated_at = %(now)s::timestamptz,
         version = a.version + 1
    FROM unnest(%(ids)s::uuid[], %(audit_ids)s::uuid[]) AS n (id, audit_id)
   WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = n.id AND a.status = 'pending'
  RETURNING a.id, a.version, n.audit_id
), audited AS (
  INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, detail,
                            request_id)
  SELECT %(clinic_id)s::uuid, audit_id, %(now)s::timestamptz, %(actor)s::text, 'confirm', 'appointment', id,
         'pending', 'booked', jsonb_build_object('import_id', %(import_id)s::uuid), %(request_id)s::text
    FROM booked
)
INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                           created_at)
SELECT %(clinic_id)s::uuid, gen_random_uuid(), 'appointment.confirmed', id, version, '{"tell": false}',
       'appointment.confirmed/' || id || '/' || version, %(now)s::timestamptz, %(now)s::timestamptz FROM booked
"""
BATCH = 500
# Held is the first version of an appointment, booked the second.
BOOKED_VERSION = 2


def book_appointments(
    session: Session,
    principal: Principal,
    *,
    orders: Sequence[Order],
    import_id: UUID,
    problems: list[Problem],
    step: Callable[[int], None],
    now: datetime,
) -> list[Change]:
    """Book every row, or say why not; returns the boards that change. Raises Overtaken."""
    held, ended = hold_rows(session, principal, orders=orders, problems=problems, step=step, now=now)
    ids = [UUID(str(answer.body["id"])) for _, answer in held]
    for start in range(0, len(ids), BATCH):
        _book(session, principal, ids[start : start + BATCH], import_id=import_id, now=now)
    return [*ended, *(replace(answer.change, version=BOOKED_VERSION) for _, answer in held if answer.change)]


def _book(session: Session, principal: Principal, ids: Sequence[UUID], *, import_id: UUID, now: datetime) -> None:
    parameters: dict[str, Any] = {
        "clinic_id": principal.clinic_id,
        "ids": list(ids),
        "audit_ids": [new_id() for _ in ids],
        "import_id": import_id,
        "actor": principal.actor,
        "request_id": principal.request_id,
        "now": now,
    }
    execute(session, BOOK, parameters)

"""The outbox: rows are claimed with a lease and an epoch, and only the holder of that epoch may finish them.

The database's clock alone decides what is due and which lease has run out, so that workers with wrong clocks,
paused ones and resumed ones change nothing. A row is claimed only when no earlier row of its aggregate is
unfinished; a dead row waits for a person and holds up nobody.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.settings import settings
from models.db import execute, first_row, rows
from models.records import OutboxState

# MATERIALIZED: inlined, the subquery could run again and lock more rows than its limit.
CLAIM: LiteralString = """
WITH due AS MATERIALIZED (
  SELECT o.id FROM outbox_events o
   WHERE o.clinic_id = %(clinic_id)s::uuid AND o.state = 'ready' AND o.not_before <= now()
     AND (o.lease_until IS NULL OR o.lease_until <= now())
     AND NOT EXISTS (
       SELECT 1 FROM outbox_events e
        WHERE e.clinic_id = o.clinic_id AND e.aggregate_id = o.aggregate_id AND e.state = 'ready'
          AND e.aggregate_version < o.aggregate_version)
   ORDER BY o.not_before LIMIT %(limit)s::int FOR NO KEY UPDATE OF o SKIP LOCKED
)
UPDATE outbox_events o
   SET lease_owner = %(owner)s::text, lease_until = now() + make_interval(secs => %(lease)s::float8),
       lease_epoch = o.lease_epoch + 1
  FROM due WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = due.id
RETURNING o.id, o.kind, o.aggregate_id, o.aggregate_version, o.attempts, o.lease_epoch
"""
# Of a hold that was never booked nobody is told anything, nor of their own visit. What another event's letter tells
# has not been told by then: that letter says so (messages/series.py). What the desk says itself needs no letter.
FINISH_SILENT: LiteralString = """
UPDATE outbox_events o
   SET state = CASE WHEN o.payload ? 'told_by' THEN 'superseded' ELSE 'done' END, done_at = now(), lease_owner = NULL,
       lease_until = NULL
  FROM appointments a
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = ANY(%(ids)s::uuid[]) AND o.state = 'ready'
   AND a.clinic_id = o.clinic_id AND a.id = o.aggregate_id
   AND (o.kind IN ('appointment.created', 'appointment.arrived', 'appointment.completed', 'appointment.noshow',
                   'appointment.resized', 'appointment.room-changed')
        OR o.payload ? 'told_by' OR o.payload -> 'tell' = 'false'
        OR (o.kind = 'appointment.cancelled' AND a.booked_at IS NULL))
RETURNING o.id
"""
BEGIN: LiteralString = """
UPDATE outbox_events SET lease_until = now() + make_interval(secs => %(lease)s::float8), attempts = attempts + 1
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND lease_epoch = %(epoch)s::int AND state = 'ready'
RETURNING attempts
"""
FINISH: LiteralString = """
UPDATE outbox_events SET state = %(state)s::text, done_at = now(), lease_owner = NULL, lease_until = NULL,
                         last_error = %(error)s::text
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND lease_epoch = %(epoch)s::int AND state = 'ready'
"""
PUT_OFF: LiteralString = """
UPDATE outbox_events SET not_before = now() + make_interval(secs => %(wait)s::float8), lease_owner = NULL,
                         lease_until = NULL, last_error = %(error)s::text
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND lease_epoch = %(epoch)s::int AND state = 'ready'
"""
GIVE_BACK: LiteralString = """
UPDATE outbox_events o SET lease_owner = NULL, lease_until = NULL
  FROM unnest(%(ids)s::uuid[], %(epochs)s::int[]) AS mine (id, epoch)
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = mine.id AND o.lease_epoch = mine.epoch AND o.state = 'ready'
"""
FIRST_WAIT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 4 * 3_600.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """One row that this worker may work on until its lease runs out; `epoch` proves it, `attempts` have begun."""

    clinic_id: UUID
    id: UUID
    kind: str
    aggregate_id: UUID
    aggregate_version: int
    attempts: int
    epoch: int

    @property
    def is_last_attempt(self) -> bool:
        """Whether another failure parks the row for a person."""
        return self.attempts >= settings().outbox_attempts


def claim_due(session: Session, clinic_id: UUID, *, owner: str, limit: int) -> list[Claimed]:
    """Lease up to `limit` due rows of one clinic, the earliest of each aggregate only."""
    parameters = {"clinic_id": clinic_id, "owner": owner, "limit": limit, "lease": settings().outbox_lease_seconds}
    return [Claimed(clinic_id, *columns) for columns in rows(session, CLAIM, parameters)]


def finish_silent(session: Session, clinic_id: UUID, claimed: Sequence[Claimed]) -> set[UUID]:
    """Finish those rows of which nobody has to be told; return their ids."""
    parameters = {"clinic_id": clinic_id, "ids": [row.id for row in claimed]}
    return {row_id for (row_id,) in rows(session, FINISH_SILENT, parameters)}


def begin(session: Session, row: Claimed) -> Claimed | None:
    """Count an attempt and lease the row anew, to be committed before anything else; None when the lease is lost.

    Rows are leased many at a time: one whose turn did not come has not been tried.
    """
    found = first_row(session, BEGIN, {**_place(row), "lease": settings().outbox_lease_seconds})
    return replace(row, attempts=found[0]) if found else None


def give_back(session: Session, clinic_id: UUID, claimed: Sequence[Claimed]) -> int:
    """Free rows that were leased and not begun, for a process that stops; return how many were still ours."""
    parameters = {"ids": [row.id for row in claimed], "epochs": [row.epoch for row in claimed]}
    return execute(session, GIVE_BACK, {"clinic_id": clinic_id, **parameters})


def finish(session: Session, row: Claimed, *, state: OutboxState, error: str | None = None) -> bool:
    """End the row's life; False, with nothing touched, when the lease was lost meanwhile."""
    return execute(session, FINISH, {**_place(row), "state": state.value, "error": error}) == 1


def put_off(session: Session, row: Claimed, *, error: str) -> bool:
    """Try again later, or park the row for a person after the last attempt; False when the lease was lost."""
    if row.is_last_attempt:
        return finish(session, row, state=OutboxState.DEAD, error=error)
    return execute(session, PUT_OFF, {**_place(row), "wait": wait_after(row.attempts), "error": error}) == 1


def wait_after(attempts: int) -> float:
    """Return the seconds until the next attempt: doubled each time, and spread so that rows do not come in step."""
    longest: float = min(FIRST_WAIT_SECONDS * 2.0 ** (attempts - 1), LONGEST_WAIT_SECONDS)
    return longest * random.uniform(0.5, 1.0)


def _place(row: Claimed) -> dict[str, Any]:
    return {"clinic_id": row.clinic_id, "id": row.id, "epoch": row.epoch}

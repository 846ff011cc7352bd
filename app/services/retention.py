"""What is kept for a while only: answers for repeated requests, ended sessions and tokens, finished work."""

from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from models.db import execute

BATCH = 5_000
# In batches, so that no statement holds locks for long and autovacuum keeps up.
KEYS: LiteralString = """
DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM idempotency_keys
   WHERE clinic_id = %(clinic_id)s::uuid AND expires_at <= now() LIMIT %(batch)s::int))
"""
FINISHED_EVENTS: LiteralString = """
DELETE FROM outbox_events WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM outbox_events
   WHERE clinic_id = %(clinic_id)s::uuid AND state IN ('done', 'superseded')
     AND done_at <= now() - interval '30 days' LIMIT %(batch)s::int))
"""
ENDED: tuple[LiteralString, ...] = (
    "DELETE FROM sessions WHERE ends_at <= now() - interval '1 day' OR revoked_at <= now() - interval '1 day'",
    "DELETE FROM revoked_tokens WHERE ends_at <= now() - interval '1 day'",
    "DELETE FROM job_runs WHERE started_at <= now() - interval '90 days'",
)


def delete_kept_answers(session: Session, clinic_id: UUID) -> int:
    """Delete one batch of the clinic's answers whose 24 hours are over; return how many."""
    return execute(session, KEYS, {"clinic_id": clinic_id, "batch": BATCH})


def delete_finished_events(session: Session, clinic_id: UUID) -> int:
    """Delete one batch of the clinic's outbox rows that ended 30 days ago or earlier; return how many."""
    return execute(session, FINISHED_EVENTS, {"clinic_id": clinic_id, "batch": BATCH})


def delete_ended_sign_ins(session: Session) -> int:
    """Delete sessions and revoked tokens that ended a day ago or earlier, and old job runs; return how many."""
    return sum(execute(session, statement, {}) for statement in ENDED)

"""Answers kept for repeated requests: same key and body, the first answer again, whatever happened since."""

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.pq import TransactionStatus
from sqlmodel import Session

from app.errors import ClinicError, IdempotencyKeyReused, restore
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.claim import as_json
from models.db import commit_lazily, driver, execute, first_row

KEPT: LiteralString = """
SELECT status, body, body_hash FROM idempotency_keys
 WHERE clinic_id = %(clinic_id)s::uuid AND principal = %(principal)s AND method = %(method)s
   AND path = %(path)s AND key = %(key)s
"""
# A twin waits here for the first one's commit.
KEEP: LiteralString = """
INSERT INTO idempotency_keys (clinic_id, principal, method, path, key, body_hash, status, body, created_at, expires_at)
VALUES (%(clinic_id)s, %(principal)s, %(method)s, %(path)s, %(key)s, %(body_hash)s, %(status)s, %(body)s::jsonb,
        %(now)s, %(expires_at)s)
ON CONFLICT DO NOTHING
"""
# A refusal in the transaction that refused: only if that has written nothing yet, not even locked a row, which the
# server knows by whether it has a number already. Then nothing but this is committed, and a crash may undo it.
KEEP_UNWRITTEN: LiteralString = """
INSERT INTO idempotency_keys (clinic_id, principal, method, path, key, body_hash, status, body, created_at, expires_at)
SELECT %(clinic_id)s, %(principal)s, %(method)s, %(path)s, %(key)s, %(body_hash)s, %(status)s, %(body)s::jsonb,
       %(now)s, %(expires_at)s
 WHERE pg_current_xact_id_if_assigned() IS NULL AND set_config('synchronous_commit', 'off', true) IS NOT NULL
ON CONFLICT DO NOTHING
"""
KEEP_FOR = timedelta(hours=24)


class AnsweredBefore(Exception):
    """This key already has its answer; leave the transaction and give it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


def require_unanswered(kept: tuple[int, dict[str, Any], bytes] | None, key: RequestKey) -> None:
    """Leave by AnsweredBefore when the key has an answer; refuse a key that was used with another body."""
    if kept is None:
        return
    status, body, body_hash = kept
    if bytes(body_hash) != key.body_hash:
        raise IdempotencyKeyReused()
    if status >= 400:
        raise restore(body)
    raise AnsweredBefore(Answer(status, body))


def require_new(session: Session, clinic_id: UUID, key: RequestKey) -> None:
    """The same check as a statement of its own, for verbs without a plan."""
    row = first_row(session, KEPT, _parameters(clinic_id, key))
    require_unanswered(None if row is None else (row[0], row[1], row[2]), key)


def keep(
    session: Session, clinic_id: UUID, key: RequestKey, *, status: int, body: dict[str, Any], now: datetime
) -> bool:
    """Keep an answer; False when the key has one already."""
    return execute(session, KEEP, _kept(clinic_id, key, status=status, body=body, now=now)) == 1


def keep_refusal(session: Session, clinic_id: UUID, key: RequestKey, *, refusal: ClinicError, now: datetime) -> None:
    """Keep a refusal whose transaction was undone; if the key has an answer by now, leave with that one."""
    commit_lazily(session)
    if not keep(session, clinic_id, key, status=refusal.status_code, body=refusal.as_kept(), now=now):
        require_new(session, clinic_id, key)


def keep_refusal_at_once(
    session: Session, clinic_id: UUID, key: RequestKey, *, refusal: ClinicError, now: datetime
) -> bool:
    """Keep a refusal in its own transaction, to be committed with nothing else; False when that cannot be.

    It cannot when the transaction has written something, which must be undone, or when the key has an answer by now.
    """
    if driver(session).info.transaction_status != TransactionStatus.INTRANS:
        return False
    kept = _kept(clinic_id, key, status=refusal.status_code, body=refusal.as_kept(), now=now)
    return execute(session, KEEP_UNWRITTEN, kept) == 1


def _kept(clinic_id: UUID, key: RequestKey, *, status: int, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    return _parameters(clinic_id, key) | {
        "body_hash": key.body_hash,
        "status": status,
        "body": as_json(body),
        "now": now,
        "expires_at": now + KEEP_FOR,
    }


def _parameters(clinic_id: UUID, key: RequestKey) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "principal": key.principal,
        "method": key.method,
        "path": key.path,
        "key": key.key,
    }

"""`refuse_together`: tell several who wait for the same start that it is full, in one look and one transaction.

In a crowd most are refused, and for the same reason. Whoever had asked before the look is answered truly by it: while
they waited, the start was full and no run-out hold stood in it. Everybody's refusal is kept under their own key, as
`hold` keeps it. Whoever this look cannot answer (a place is free again, the key has its answer, another rule refuses
them before) is left to `hold`; only what is wrong with a person who was described is told after this instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, SlotUnavailable
from app.infra import metrics
from app.services.accounts.permissions import Permission, require_any, require_at
from app.services.booking.answer import RequestKey
from app.services.booking.claim import as_json
from app.services.booking.fit import may_be_lifted, refusal_of_plan
from app.services.booking.idempotency import KEEP_FOR
from app.services.booking.plan import Plan, make_plan
from app.services.booking.retry import retrying
from app.services.booking.visit import require_in_window
from models.db import commit_lazily, rows, transaction
from models.principal import Principal

KEEP_EACH: LiteralString = """
INSERT INTO idempotency_keys (clinic_id, principal, method, path, key, body_hash, status, body, created_at, expires_at)
SELECT %(clinic_id)s::uuid, k.principal, k.method, k.path, k.key, k.body_hash, %(status)s, %(body)s::jsonb,
       %(now)s, %(expires_at)s
  FROM unnest(%(principals)s::text[], %(methods)s::text[], %(paths)s::text[], %(keys)s::text[],
              %(body_hashes)s::bytea[]) AS k (principal, method, path, key, body_hash)
ON CONFLICT DO NOTHING
RETURNING principal, method, path, key
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """One who wants the start, with the key under which their answer is kept."""

    principal: Principal
    key: RequestKey


def refuse_together(
    askers: Sequence[Asker], *, slot_id: UUID, service_id: UUID, now: datetime
) -> list[ClinicError | None]:
    """Return each one's refusal, kept already, or None for whoever is left to `hold`; all are of one clinic."""
    began = perf_counter()
    refused = retrying(lambda: _refused(askers, slot_id=slot_id, service_id=service_id, now=now))
    metrics.count_refused_holds(SlotUnavailable.code, times=len(refused), seconds=perf_counter() - began)
    answers: list[ClinicError | None] = []
    for asker in askers:
        # A twin with the same key is left to `hold`, which knows what a repetition hears.
        is_refused = _scope(asker.key) in refused
        refused.discard(_scope(asker.key))
        answers.append(_kept_refusal() if is_refused else None)
    return answers


def _refused(
    askers: Sequence[Asker], *, slot_id: UUID, service_id: UUID, now: datetime
) -> set[tuple[str, str, str, str]]:
    first = askers[0]
    with transaction(first.principal) as session:
        try:
            plan = make_plan(
                session, first.principal.clinic_id, slot_id=slot_id, service_id=service_id, key=first.key, now=now
            )
        except ClinicError:
            return set()
        if not _is_full(plan):
            return set()
        return _keep_each(session, [asker for asker in askers if _may_ask(asker.principal, plan, now=now)], now=now)


def _is_full(plan: Plan) -> bool:
    refusal = refusal_of_plan(plan)
    is_for_good = isinstance(refusal, SlotUnavailable) and not may_be_lifted(plan, refusal)
    return plan.is_bookable and is_for_good


def _may_ask(principal: Principal, plan: Plan, *, now: datetime) -> bool:
    """Tell whether nothing refuses the caller before they hear that the start is full."""
    try:
        require_any(principal, Permission.APPOINTMENTS_WRITE, Permission.APPOINTMENTS_OWN)
        require_at(principal, plan.location_id)
        require_in_window(plan.visit, plan.rules, principal, now=now)
    except ClinicError:
        return False
    return True


def _keep_each(session: Session, askers: Sequence[Asker], *, now: datetime) -> set[tuple[str, str, str, str]]:
    """Keep the refusal under every key that has no answer yet, and return those keys."""
    if not askers:
        return set()
    commit_lazily(session)
    # One row a key: of twins the first. In one order for all: whoever asks for the same keys beside us waits, no more.
    keys = sorted({_scope(asker.key): asker.key for asker in reversed(askers)}.values(), key=_scope)
    refusal = SlotUnavailable()
    kept: dict[str, Any] = {
        "clinic_id": askers[0].principal.clinic_id,
        "status": refusal.status_code,
        "body": as_json(refusal.as_kept()),
        "now": now,
        "expires_at": now + KEEP_FOR,
        "principals": [key.principal for key in keys],
        "methods": [key.method for key in keys],
        "paths": [key.path for key in keys],
        "keys": [key.key for key in keys],
        "body_hashes": [key.body_hash for key in keys],
    }
    return {(row[0], row[1], row[2], row[3]) for row in rows(session, KEEP_EACH, kept)}


def _kept_refusal() -> ClinicError:
    refusal = SlotUnavailable()
    refusal.is_kept = True
    return refusal


def _scope(key: RequestKey) -> tuple[str, str, str, str]:
    return key.principal, key.method, key.path, key.key

"""The only place that opens a booking verb's transactions: retries, the second look, kept refusals, announcements."""

import random
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import psycopg
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from app.errors import ClinicError, Overloaded
from app.infra import metrics
from app.services.booking.announce import announce
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import AnsweredBefore, keep_refusal, keep_refusal_at_once
from app.services.booking.locks import Overtaken
from app.services.booking.refusals import KEY_TAKEN, Contended
from app.settings import settings
from models.db import DatabaseRole, transaction
from models.principal import Principal

# Serialisation failure, deadlock, lock not available. "Full" and "overlap" are answers.
RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
# A server that ends, was killed or starts; connection exceptions have the class 08, a broken line no state at all.
LOST_STATES = frozenset({"57P01", "57P02", "57P03"})
# A refusal of the moment is not kept: the same key may try again.
NOT_KEPT = frozenset({429, 503})


T = TypeVar("T")


class Verb(Protocol):
    """A booking verb with everything but its session bound; `clearing` asks for the second look."""

    def __call__(self, session: Session, *, clearing: bool) -> Answer: ...


def attempt(
    principal: Principal, verb: Verb, *, key: RequestKey, now: datetime, role: DatabaseRole = DatabaseRole.APP
) -> Answer:
    """Run one verb to its answer: the same key gets the same answer, and a lost connection books only once.

    Raises the verb's refusals, or Overloaded when the database stays out of reach after the retries.
    """
    made: list[Answer] = []

    def remembered(session: Session, *, clearing: bool) -> Answer:
        made.append(verb(session, clearing=clearing))
        return made[-1]

    with metrics.booking(operation_of(verb)) as told:
        try:
            answer = retrying(lambda: _answer(principal, remembered, role, key=key, now=now))
        except AnsweredBefore as before:
            told("repeated")
            # What we made ourselves was committed although its connection was lost: boards must hear of it.
            announce(made[-1].changes if made else [])
            return before.answer
        except ClinicError as refusal:
            told(refusal.code)
            return _refused(principal, key, refusal, now=now, role=role)
        told(str(answer.body.get("status", "done")))
    if answer.change is not None:
        metrics.count_status(answer.body["status"])
    announce(answer.changes)
    return answer


def is_retried(error: psycopg.OperationalError) -> bool:
    """Tell whether the same verb may succeed if it is simply run again."""
    state = error.sqlstate
    return state is None or state.startswith("08") or state in RETRIED_STATES | LOST_STATES


def operation_of(verb: Verb) -> str:
    """Return the first word of a verb's name for the metrics, however it was bound: `hold_for` is a hold."""
    name = getattr(getattr(verb, "func", verb), "__qualname__", "unknown")
    return str(name).partition(".")[0].lstrip("_").partition("_")[0]


def _answer(principal: Principal, verb: Verb, role: DatabaseRole, *, key: RequestKey, now: datetime) -> Answer:
    try:
        return _said(principal, partial(verb, clearing=False), role, key=key, now=now)
    except Contended:
        pass
    try:
        return _said(principal, partial(verb, clearing=True), role, key=key, now=now)
    except Contended as contended:
        raise contended.refusal from contended


def _said(
    principal: Principal, verb: Callable[[Session], Answer], role: DatabaseRole, *, key: RequestKey, now: datetime
) -> Answer:
    """Run a verb in a transaction of its own; a refusal before which nothing was written is kept by that very one."""
    with transaction(principal, role=role) as session:
        try:
            return verb(session)
        except ClinicError as refusal:
            if not _is_to_keep(refusal):
                raise
            # Otherwise what was written is undone first, and `_refused` keeps it.
            if not keep_refusal_at_once(session, principal.clinic_id, key, refusal=refusal, now=now):
                raise
            refused = refusal
    refused.is_kept = True
    raise refused


def _is_to_keep(refusal: ClinicError) -> bool:
    return refusal.status_code not in NOT_KEPT and not refusal.is_kept


def retrying(step: Callable[[], T]) -> T:
    """Run a step that opens its own transaction until it is answered; what may pass by itself is tried again."""
    for tries_left in range(settings().retry_limit, -1, -1):
        try:
            return step()
        except PoolTimeout as error:
            raise Overloaded() from error
        except Overtaken as overtaken:
            if not tries_left:
                raise Overloaded() from overtaken
            continue
        except psycopg.IntegrityError as error:
            if error.diag.constraint_name != KEY_TAKEN or not tries_left:
                raise
        except psycopg.OperationalError as error:
            # What took too long or found no disk would only do so again.
            if not tries_left or not is_retried(error):
                raise Overloaded() from error
        time.sleep(random.uniform(0.010, 0.050))
    raise Overloaded()


def _refused(
    principal: Principal, key: RequestKey, refusal: ClinicError, *, now: datetime, role: DatabaseRole
) -> Answer:
    if not _is_to_keep(refusal):
        raise refusal

    def keep_it() -> None:
        with transaction(principal, role=role) as session:
            keep_refusal(session, principal.clinic_id, key, refusal=refusal, now=now)

    try:
        retrying(keep_it)
    except AnsweredBefore as before:
        return before.answer
    raise refusal

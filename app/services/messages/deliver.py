"""Work off one clinic's outbox: claim, read again, send with no transaction open, then finish under the epoch."""

from collections.abc import Callable
from datetime import datetime

import psycopg
import structlog

from app.infra.mail import AddressRefused, MailFailed, send_mail
from app.infra.metrics import count_message
from app.services.accounts.permissions import Permission, require
from app.services.directory import is_demonstration
from app.services.messages.late import LATE, prepare_late
from app.services.messages.outbox import Claimed, begin, claim_due, finish, finish_silent, give_back, put_off
from app.services.messages.send import Parcel, keep_message, prepare
from app.services.messages.series import SERIES_KINDS, prepare_series
from app.settings import settings
from models.db import DatabaseRole, transaction
from models.principal import Principal
from models.records import OutboxState

BATCH = 50
# A conversation with a mail server has at most this many steps; together they stay within the lease.
MAIL_STEPS = 10
# Of every other event one letter tells, about the appointment that it happened to.
PREPARED_BY = {LATE: prepare_late, **dict.fromkeys(SERIES_KINDS, prepare_series)}

Now = Callable[[], datetime]
_log = structlog.get_logger(__name__)


def deliver(principal: Principal, *, owner: str, clock: Now, is_stopping: Callable[[], bool]) -> int:
    """Work off what is due until nothing is or the process stops; return how many rows came to an end."""
    require(principal, Permission.MESSAGES_WRITE)
    ended = 0
    while not is_stopping():
        with transaction(principal, role=DatabaseRole.WORKER) as session:
            claimed = claim_due(session, principal.clinic_id, owner=owner, limit=BATCH)
            silent = finish_silent(session, principal.clinic_id, claimed) if claimed else set()
        if not claimed:
            break
        ended += len(silent)
        waiting = [row for row in claimed if row.id not in silent]
        while waiting and not is_stopping():
            ended += deliver_one(principal, waiting.pop(0), clock=clock)
        if waiting:
            with transaction(principal, role=DatabaseRole.WORKER) as session:
                give_back(session, principal.clinic_id, waiting)
    return ended


def deliver_one(principal: Principal, row: Claimed, *, clock: Now) -> bool:
    """Bring one row to an end or put it off; True when it ended. Raises only when the database is out of reach."""
    if row.is_last_attempt:
        # Its last workers died over it before they could say why.
        return _ended(principal, row, state=OutboxState.DEAD, error="every attempt ended without a word")
    # Committed by itself, so that also an attempt counts that takes its worker along.
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        begun = begin(session, row)
    return _tried(principal, begun, clock=clock) if begun else False


def _tried(principal: Principal, row: Claimed, *, clock: Now) -> bool:
    try:
        return _deliver(principal, row, clock=clock)
    except AddressRefused as refusal:
        return _ended(principal, row, state=OutboxState.DEAD, error=str(refusal))
    except MailFailed as failure:
        return _put_off(principal, row, error=str(failure))
    except psycopg.OperationalError:
        raise
    except Exception as failure:
        # A poison row (a value that does not open, a zone that is unknown) must not hold up the others.
        _log.error("outbox row failed", kind=row.kind, event_id=str(row.id), error=type(failure).__name__)
        return _put_off(principal, row, error=type(failure).__name__)


def _deliver(principal: Principal, row: Claimed, *, clock: Now) -> bool:
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        parcel = PREPARED_BY.get(row.kind, prepare)(session, row, now=clock())
        if parcel is None:
            return finish(session, row, state=OutboxState.SUPERSEDED)
        has_sink = is_demonstration(session, principal.clinic_id)
    outcome = _hand_over(parcel, has_sink=has_sink)
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        # First the proof that the row is still ours: without it, nothing is kept.
        if not finish(session, row, state=OutboxState.DONE):
            return False
        keep_message(session, principal, row, parcel=parcel, outcome=outcome, now=clock())
    count_message(channel="email", outcome=outcome)
    return True


def _hand_over(parcel: Parcel, *, has_sink: bool) -> str:
    if not parcel.recipient:
        return "no-address"
    if not settings().smtp_url:
        if has_sink:
            return "sink"
        raise MailFailed("no mail server is set (SMTP_URL)")
    send_mail(
        settings().smtp_url,
        sender=parcel.sender,
        recipient=parcel.recipient,
        subject=parcel.letter.subject,
        body=parcel.letter.body,
        message_id=parcel.message_id,
        timeout_seconds=settings().outbox_lease_seconds / MAIL_STEPS,
    )
    return "sent"


def _ended(principal: Principal, row: Claimed, *, state: OutboxState, error: str) -> bool:
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        return finish(session, row, state=state, error=error)


def _put_off(principal: Principal, row: Claimed, *, error: str) -> bool:
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        put_off(session, row, error=error)
    return row.is_last_attempt

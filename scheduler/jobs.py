"""What each job does: clinic by clinic, short transactions as the role `worker`, one service each.

Every job may run at any time, twice, in two copies or late, and does the same: the services claim their work in
SQL. `is_stopping` is asked between transactions, so that a stop waits for one of them at most.
"""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from app.infra.metrics import count_status
from app.services.accounts.permissions import JOB_PERMISSIONS
from app.services.booking.announce import announce
from app.services.booking.expire import sweep
from app.services.clock import utc_now
from app.services.directory import every_clinic
from app.services.documents.remove import sweep_documents
from app.services.job_runs import begin_run, end_run
from app.services.messages.deliver import deliver
from app.services.retention import delete_ended_sign_ins, delete_finished_events, delete_kept_answers
from app.services.schedules.edit import tell
from app.services.schedules.generate import generate_slots
from app.services.schedules.public_holidays import fill_public_holidays
from app.services.waitlist.rounds import Looks, play_round
from app.settings import settings
from models.appointments import AppointmentStatus
from models.db import DatabaseRole, global_transaction, transaction
from models.principal import ActorKind, Principal

Stopping = Callable[[], bool]
Work = Callable[[Stopping], int]
# A day's run begins at this hour in UTC, not at midnight, when many other systems start theirs.
NIGHT_BEGINS_AT = timedelta(hours=2)
# Saves looking again where nothing has changed; what a copy does not remember it looks at.
LOOKS = Looks()
OWNER = f"{socket.gethostname()}:{os.getpid()}"
_log = structlog.get_logger(__name__)


def sweep_holds(is_stopping: Stopping) -> int:
    """Give back the places of every hold whose time has run out; return how many holds that were."""
    return _in_each_clinic("sweeper", partial(_sweep_holds, is_stopping=is_stopping), is_stopping)


def work_off_outbox(is_stopping: Stopping) -> int:
    """Send what is due; return how many outbox rows came to an end."""
    work = partial(deliver, owner=OWNER, clock=utc_now, is_stopping=is_stopping)
    return _in_each_clinic("outbox", work, is_stopping)


def fill_horizon(is_stopping: Stopping) -> int:
    """Enter the public holidays and generate the slots up to the horizon; return how many slots were missing."""
    return _in_each_clinic("horizon", _fill_horizon, is_stopping)


def clean_up(is_stopping: Stopping) -> int:
    """Delete what is kept for a while only; return how many rows that were."""
    with global_transaction(role=DatabaseRole.WORKER) as session:
        deleted = delete_ended_sign_ins(session)
    return deleted + _in_each_clinic("clean-up", partial(_clean_up, is_stopping=is_stopping), is_stopping)


def offer_places(is_stopping: Stopping) -> int:
    """Offer what is free to those who wait for it; return how many offers were made."""
    work = partial(play_round, looks=LOOKS, clock=utc_now, is_stopping=is_stopping)
    return _in_each_clinic("waitlist", work, is_stopping)


def sweep_stored_documents(is_stopping: Stopping) -> int:
    """Delete the objects that no document needs any more; return how many those were."""
    work = partial(sweep_documents, now=utc_now(), is_stopping=is_stopping)
    return _in_each_clinic("documents", work, is_stopping)


def nightly(name: str, work: Work) -> Work:
    """Return the work as one that runs once for each night, in whichever copy of this process asks first."""

    def once(is_stopping: Stopping) -> int:
        period = night_of(utc_now())
        with global_transaction(role=DatabaseRole.WORKER) as session:
            started_at = begin_run(session, job=name, period=period)
        if started_at is None:
            return 0
        count, outcome, is_done = _tried(work, is_stopping)
        with global_transaction(role=DatabaseRole.WORKER) as session:
            end_run(session, job=name, period=period, started_at=started_at, outcome=outcome, is_done=is_done)
        return count

    return once


def night_of(now: datetime) -> str:
    """Return the period of a nightly job: the UTC date, from two o'clock to two o'clock."""
    return (now - NIGHT_BEGINS_AT).date().isoformat()


def _tried(work: Work, is_stopping: Stopping) -> tuple[int, str, bool]:
    try:
        count = work(is_stopping)
    except Exception as failure:
        _log.error("nightly job failed", error=type(failure).__name__)
        return 0, type(failure).__name__, False
    return (count, "stopped", False) if is_stopping() else (count, "done", True)


def _in_each_clinic(job: str, work: Callable[[Principal], int], is_stopping: Stopping) -> int:
    """Do a job's work clinic by clinic and return how much that was.

    What fails in one clinic keeps no other from its turn; the first failure is raised once all had theirs.
    """
    with global_transaction(role=DatabaseRole.WORKER) as session:
        clinics = every_clinic(session)
    count = 0
    failures: list[Exception] = []
    for clinic_id in clinics:
        if is_stopping():
            break
        try:
            count += work(Principal(clinic_id, ActorKind.SYSTEM, job, JOB_PERMISSIONS))
        except Exception as failure:
            _log.error("a clinic's work failed", job=job, clinic_id=str(clinic_id), error=type(failure).__name__)
            failures.append(failure)
    if failures:
        raise failures[0]
    return count


def _sweep_holds(principal: Principal, *, is_stopping: Stopping) -> int:
    swept = 0
    while not is_stopping():
        with transaction(principal, role=DatabaseRole.WORKER) as session:
            changes = sweep(session, principal, batch=settings().sweep_batch, now=utc_now())
        if not changes:
            break
        announce(changes)
        count_status(AppointmentStatus.CANCELLED.value, times=len(changes))
        swept += len(changes)
    return swept


def _fill_horizon(principal: Principal) -> int:
    now = utc_now()
    until = now.date() + timedelta(days=settings().horizon_days)
    with transaction(principal, role=DatabaseRole.WORKER) as session:
        # First, so that no slot is made on a day off.
        entered = fill_public_holidays(session, principal, now=now)
        made = generate_slots(session, principal, until=until, now=now)
    for outcome in entered:
        tell(principal.clinic_id, outcome)
    return made


def _clean_up(principal: Principal, *, is_stopping: Stopping) -> int:
    deleted = 0
    for delete_batch in (delete_kept_answers, delete_finished_events):
        count = 1
        while count and not is_stopping():
            with transaction(principal, role=DatabaseRole.WORKER) as session:
                count = delete_batch(session, principal.clinic_id)
            deleted += count
    return deleted

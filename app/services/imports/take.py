"""`take_over`: every row of a file in one transaction, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.import_errors import AlreadyImported
from app.services.audit.record import record
from app.services.booking.announce import announce
from app.services.booking.answer import Change
from app.services.booking.locks import lock_names
from app.services.booking.retry import retrying
from app.services.imports.add_patients import add_patients, number_patients
from app.services.imports.book_appointments import book_appointments
from app.services.imports.problems import NothingTaken, Progress, Report
from app.services.imports.read_rows import count_orders, newcomers, orders_of
from app.services.imports.source import Opened, Source, import_of, mark_of, opened_source, require_import
from models.base import new_id
from models.db import execute, transaction
from models.desk import ImportKind
from models.principal import Principal

# A twin that runs at the same time waits at the key and finds the file taken over.
KEEP: LiteralString = """
INSERT INTO imports (clinic_id, id, kind, digest, row_count, made_by, created_at)
VALUES (%(clinic_id)s, %(id)s, %(kind)s, %(digest)s, %(row_count)s, %(made_by)s, %(now)s)
ON CONFLICT (clinic_id, kind, digest) DO NOTHING
"""


def take_over(principal: Principal, *, source: Source, progress: Progress, now: datetime) -> Report:
    """Take over every row of a file, or none: then the report has problems.

    Whoever books with the practitioners of a file of appointments waits until it is done. Raises NotPermitted,
    ImportRefused for a file that is no table or whose columns are not said, AlreadyImported, and Overloaded when what
    it needs is locked by others.
    """
    require_import(principal, source.kind)
    opened = opened_source(source)
    return retrying(partial(_run, principal, source, opened, new_id(), progress, [], now=now))


@dataclass(frozen=True, slots=True)
class _Work:
    """One import in its transaction."""

    session: Session
    principal: Principal
    id: UUID
    opened: Opened
    report: Report
    progress: Progress
    now: datetime


def _run(
    principal: Principal,
    source: Source,
    opened: Opened,
    import_id: UUID,
    progress: Progress,
    made: list[tuple[Report, list[Change]]],
    *,
    now: datetime,
) -> Report:
    """Try it once; `made` is what the tries of this call have done, for when the answer of a commit was lost."""
    report = Report(rows=len(opened.table.rows))
    # Every row is read once, and then made or booked.
    progress.begin(2 * report.rows)
    try:
        with transaction(principal) as session:
            # One import of a clinic at a time: two files with one new patient must not both make them.
            lock_names(session, [f"import:{principal.clinic_id}"])
            if _is_new(session, principal, source, import_id):
                work = _Work(session, principal, import_id, opened, report, progress, now)
                changes = (_patients if source.kind is ImportKind.PATIENTS else _appointments)(work)
                report.problems.sort(key=lambda one: one.row)
                if report.problems:
                    raise NothingTaken(report)
                _keep(session, principal, source, import_id, report, now=now)
                made.append((report, changes))
    except NothingTaken as left:
        return left.report
    report, changes = made[-1]
    announce(changes)
    report.is_taken = True
    return report


def _patients(work: _Work) -> list[Change]:
    session, principal, now, progress = work.session, work.principal, work.now, work.progress
    found = newcomers(session, principal, opened=work.opened, report=work.report, step=progress.step, now=now)
    if not work.report.problems:
        number_patients(session, principal, unnumbered=found.unnumbered, step=progress.step, now=now)
        add_patients(
            session, principal, new=found.new, import_id=work.id, habits=found.habits, progress=progress, now=now
        )
    return []


def _appointments(work: _Work) -> list[Change]:
    session, principal, report, step, now = work.session, work.principal, work.report, work.progress.step, work.now
    orders = orders_of(session, principal, opened=work.opened, report=report, step=step, now=now)
    changes = book_appointments(
        session, principal, orders=orders, import_id=work.id, problems=report.problems, step=step, now=now
    )
    count_orders(report, orders)
    return changes


def _is_new(session: Session, principal: Principal, source: Source, import_id: UUID) -> bool:
    """Tell whether this file was never taken over; raises AlreadyImported.

    False for a call that took it over itself, when its connection was lost before it heard so.
    """
    found = import_of(session, principal, source)
    if found is not None and found != import_id:
        raise AlreadyImported
    return found is None


def _keep(
    session: Session, principal: Principal, source: Source, import_id: UUID, report: Report, *, now: datetime
) -> None:
    mine = {**mark_of(principal, source), "id": import_id, "made_by": principal.actor, "now": now}
    if execute(session, KEEP, {**mine, "row_count": report.rows}) != 1:
        raise AlreadyImported
    detail = {
        "kind": source.kind.value,
        "rows": report.rows,
        "new": report.new,
        "matched": report.matched,
        "numbered": report.numbered,
    }
    record(session, principal, action="import", object_kind="import", object_id=import_id, detail=detail, now=now)

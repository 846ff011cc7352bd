"""`rehearse`: what taking a file over would do, found out without doing it and without anybody waiting for it.

Patients are only read. Appointments are held by the very work that takes them over, a few of them at a time, each few
in a transaction that is left without a commit: rows that could meet are held together, so every conflict within the
file is found, and no lock outlives its few rows.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.import_errors import AlreadyImported
from app.services.audit.record import record
from app.services.booking.retry import retrying
from app.services.imports.hold_rows import hold_rows
from app.services.imports.problems import NothingTaken, Problem, Progress, Report
from app.services.imports.read_appointments import Order
from app.services.imports.read_rows import count_orders, newcomers, orders_of
from app.services.imports.source import Opened, Source, import_of, opened_source, require_import
from app.services.imports.waves import groups_of
from models.db import transaction
from models.desk import ImportKind
from models.principal import Principal

# Held and let go in a moment.
GROUP = 100


def rehearse(principal: Principal, *, source: Source, progress: Progress, now: datetime) -> Report:
    """Return what taking over this file would do; nothing of it happens. Raises what `take_over` raises."""
    require_import(principal, source.kind)
    opened = opened_source(source)
    report, orders = retrying(partial(_read, principal, source, opened, progress, now=now))
    for group in groups_of(orders, size=GROUP):
        report.problems += retrying(partial(_problems, principal, group, now=now))
        progress.step(len(group))
    if source.kind is ImportKind.APPOINTMENTS:
        count_orders(report, orders)
    report.problems.sort(key=lambda one: one.row)
    with transaction(principal) as session:
        detail = {"kind": source.kind.value, "rows": report.rows, "problems": len(report.problems)}
        record(session, principal, action="rehearse", object_kind="import", detail=detail, now=now)
    return report


def _read(
    principal: Principal, source: Source, opened: Opened, progress: Progress, *, now: datetime
) -> tuple[Report, list[Order]]:
    """Return what is known without holding anything, and the appointments that are still to be tried."""
    report = Report(rows=len(opened.table.rows))
    step = progress.step
    with transaction(principal) as session:
        if import_of(session, principal, source) is not None:
            raise AlreadyImported
        if source.kind is ImportKind.PATIENTS:
            progress.begin(report.rows)
            newcomers(session, principal, opened=opened, report=report, step=step, now=now)
            return report, []
        # Every row is read once, and then held.
        progress.begin(2 * report.rows)
        return report, orders_of(session, principal, opened=opened, report=report, step=step, now=now)


def _problems(principal: Principal, orders: Sequence[Order], *, now: datetime) -> list[Problem]:
    """Return why some of these rows could not be held; none of them stays held."""
    report = Report(rows=len(orders))
    try:
        with transaction(principal) as session:
            hold_rows(session, principal, orders=orders, problems=report.problems, step=lambda _: None, now=now)
            raise NothingTaken(report)
    except NothingTaken as left:
        return left.report.problems

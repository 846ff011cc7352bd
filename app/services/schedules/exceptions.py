"""Exceptions: one day's departure from a schedule's weekly rules; practitioners may close time of their own."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session, select

from app.errors import NotFound
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.reach import ScheduleRef, reach_schedule
from app.services.schedules.wall_times import require_hours
from app.words import N_
from models.db import first_row
from models.principal import Principal
from models.schedules import ExceptionKind, ScheduleException

PLACE_OF: LiteralString = """
SELECT schedule_id, kind FROM schedule_exceptions WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def add_exception(
    session: Session,
    principal: Principal,
    *,
    schedule_id: UUID,
    on_date: date,
    starts_local: time,
    ends_local: time,
    kind: ExceptionKind,
    reason: str = "",
    now: datetime,
) -> Outcome:
    """Close some hours of a day, or open some more; the same twice is one exception.

    Raises NotFound, NotPermitted, InvalidField.
    """
    require_hours(starts_local, ends_local)
    schedule = reach_schedule(session, principal, schedule_id, own=kind is ExceptionKind.CLOSED)
    wanted: dict[str, Any] = {
        "schedule_id": schedule_id,
        "on_date": on_date,
        "starts_local": starts_local,
        "ends_local": ends_local,
        "kind": kind,
    }
    asked = select(ScheduleException).where(ScheduleException.clinic_id == principal.clinic_id).filter_by(**wanted)
    there = session.exec(asked).first()
    exception = there or ScheduleException(clinic_id=principal.clinic_id, **wanted, reason=reason)
    session.add(exception)
    outcome = _outcome(session, principal, "schedule-exception.add", exception, schedule, now=now)
    return replace(outcome, was_there=there is not None)


def remove_exception(session: Session, principal: Principal, *, exception_id: UUID, now: datetime) -> Outcome:
    """Let the weekly rules hold again; raises NotFound, NotPermitted."""
    found = first_row(session, PLACE_OF, {"clinic_id": principal.clinic_id, "id": exception_id})
    if found is None:
        raise NotFound(N_("There is no such exception."))
    schedule = reach_schedule(session, principal, found[0], own=found[1] == ExceptionKind.CLOSED)
    exception = session.get(ScheduleException, (principal.clinic_id, exception_id))
    if exception is None:
        raise NotFound(N_("There is no such exception."))
    session.delete(exception)
    return _outcome(session, principal, "schedule-exception.remove", exception, schedule, now=now)


def _outcome(
    session: Session,
    principal: Principal,
    action: str,
    exception: ScheduleException,
    schedule: ScheduleRef,
    *,
    now: datetime,
) -> Outcome:
    return outcome_of(
        session,
        principal,
        action=action,
        object_kind="schedule-exception",
        entry_id=exception.id,
        practitioner_ids=[schedule.practitioner_id],
        days=(exception.on_date, exception.on_date),
        detail={
            "schedule_id": str(schedule.schedule_id),
            "on_date": exception.on_date.isoformat(),
            "hours": f"{exception.starts_local:%H:%M}-{exception.ends_local:%H:%M}",
            "kind": exception.kind.value,
        },
        now=now,
    )

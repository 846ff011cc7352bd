"""Leave: wall-clock time in which a practitioner is at no site; they may enter and take back their own."""

from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session, select

from app.errors import NotFound
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.reach import reach_practitioner
from app.services.schedules.wall_times import days_of, require_interval
from app.words import N_
from models.db import first_row
from models.principal import Principal
from models.schedules import Leave

PRACTITIONER_OF: LiteralString = """
SELECT practitioner_id FROM leaves WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def add_leave(
    session: Session,
    principal: Principal,
    *,
    practitioner_id: UUID,
    starts_local: datetime,
    ends_local: datetime,
    reason: str = "",
    now: datetime,
) -> Outcome:
    """Enter a leave, [starts_local, ends_local) on the clock of each site; the same once more is the one there.

    Raises NotFound, NotPermitted, InvalidField.
    """
    require_interval(starts_local, ends_local)
    reach_practitioner(session, principal, practitioner_id, own=True)
    wanted: dict[str, Any] = {
        "practitioner_id": practitioner_id,
        "starts_local": starts_local,
        "ends_local": ends_local,
    }
    there = session.exec(select(Leave).where(Leave.clinic_id == principal.clinic_id).filter_by(**wanted)).first()
    leave = there or Leave(clinic_id=principal.clinic_id, **wanted, reason=reason)
    session.add(leave)
    return replace(_outcome(session, principal, "leave.add", leave, now=now), was_there=there is not None)


def remove_leave(session: Session, principal: Principal, *, leave_id: UUID, now: datetime) -> Outcome:
    """Take a leave back; raises NotFound, NotPermitted."""
    found = first_row(session, PRACTITIONER_OF, {"clinic_id": principal.clinic_id, "id": leave_id})
    if found is None:
        raise NotFound(N_("There is no such leave."))
    reach_practitioner(session, principal, found[0], own=True)
    leave = session.get(Leave, (principal.clinic_id, leave_id))
    if leave is None:
        raise NotFound(N_("There is no such leave."))
    session.delete(leave)
    return _outcome(session, principal, "leave.remove", leave, now=now)


def _outcome(session: Session, principal: Principal, action: str, leave: Leave, *, now: datetime) -> Outcome:
    return outcome_of(
        session,
        principal,
        action=action,
        object_kind="leave",
        entry_id=leave.id,
        practitioner_ids=[leave.practitioner_id],
        days=days_of(leave.starts_local, leave.ends_local),
        detail={
            "practitioner_id": str(leave.practitioner_id),
            "starts_local": leave.starts_local.isoformat(),
            "ends_local": leave.ends_local.isoformat(),
        },
        now=now,
    )

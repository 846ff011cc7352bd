"""Closures: wall-clock time in which a location, or the whole clinic, is closed."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session, select

from app.errors import NotFound
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.reach import reach_location
from app.services.schedules.wall_times import days_of, require_interval
from app.words import N_
from models.db import first_row
from models.principal import Principal
from models.schedules import Closure

LOCATION_OF: LiteralString = """
SELECT location_id FROM closures WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def add_closure(
    session: Session,
    principal: Principal,
    *,
    location_id: UUID | None,
    starts_local: datetime,
    ends_local: datetime,
    reason: str = "",
    now: datetime,
) -> Outcome:
    """Close a location, or without one the clinic, for [starts_local, ends_local); the same twice is one closure.

    Raises NotFound, NotPermitted, InvalidField.
    """
    require_interval(starts_local, ends_local)
    practitioner_ids = reach_location(session, principal, location_id)
    wanted: dict[str, Any] = {"location_id": location_id, "starts_local": starts_local, "ends_local": ends_local}
    there = session.exec(select(Closure).where(Closure.clinic_id == principal.clinic_id).filter_by(**wanted)).first()
    closure = there or Closure(clinic_id=principal.clinic_id, **wanted, reason=reason)
    session.add(closure)
    return _outcome(session, principal, "closure.add", closure, practitioner_ids, now=now)


def remove_closure(session: Session, principal: Principal, *, closure_id: UUID, now: datetime) -> Outcome:
    """Open again what was to be closed; raises NotFound, NotPermitted."""
    found = first_row(session, LOCATION_OF, {"clinic_id": principal.clinic_id, "id": closure_id})
    if found is None:
        raise NotFound(N_("There is no such closure."))
    practitioner_ids = reach_location(session, principal, found[0])
    closure = session.get(Closure, (principal.clinic_id, closure_id))
    if closure is None:
        raise NotFound(N_("There is no such closure."))
    session.delete(closure)
    return _outcome(session, principal, "closure.remove", closure, practitioner_ids, now=now)


def _outcome(
    session: Session,
    principal: Principal,
    action: str,
    closure: Closure,
    practitioner_ids: list[UUID],
    *,
    now: datetime,
) -> Outcome:
    return outcome_of(
        session,
        principal,
        action=action,
        object_kind="closure",
        entry_id=closure.id,
        practitioner_ids=practitioner_ids,
        days=days_of(closure.starts_local, closure.ends_local),
        detail={
            "location_id": str(closure.location_id) if closure.location_id else None,
            "starts_local": closure.starts_local.isoformat(),
            "ends_local": closure.ends_local.isoformat(),
        },
        now=now,
    )

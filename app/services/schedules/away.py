"""Somebody is away, or here after all: a leave as a page enters it and takes it back, with every board told."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.schedules.edit import change_schedules
from app.services.schedules.effect import Outcome
from app.services.schedules.leave import add_leave, remove_leave
from models.db import first_row
from models.principal import Principal

ONE: LiteralString = """
SELECT practitioner_id, starts_local, ends_local, reason FROM leaves
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Away:
    """Who is away from when until when, by the clock of each site; `reason` is for colleagues."""

    practitioner_id: UUID
    starts_local: datetime
    ends_local: datetime
    reason: str = ""


def go_away(principal: Principal, *, away: Away, now: datetime) -> Outcome:
    """Enter a leave. Raises as `add_leave`."""
    return change_schedules(principal, partial(add_leave, principal=principal, **asdict(away), now=now))


def come_back(principal: Principal, *, leave_id: UUID, now: datetime) -> Away:
    """Take a leave back and return what it was, to enter it once more. Raises as `remove_leave`."""
    was: list[Any] = []

    def edit(session: Session) -> Outcome:
        was.append(first_row(session, ONE, {"clinic_id": principal.clinic_id, "id": leave_id}))
        return remove_leave(session, principal, leave_id=leave_id, now=now)

    change_schedules(principal, edit)
    return Away(*was[-1])

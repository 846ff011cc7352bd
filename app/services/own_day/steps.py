"""The steps of a visit as its practitioner takes them: start, finish, and back again. Never with another's patient."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, Change, RequestKey, single_use_key
from app.services.booking.arrive import arrive
from app.services.booking.complete import complete
from app.services.booking.idempotency import require_new
from app.services.booking.leave_room import leave_room
from app.services.booking.read import require_visit
from app.services.own_day.me import require_own
from app.services.queue.to_room import to_room
from app.services.queue.undo_steps import undo_steps
from models.appointments import AppointmentStatus
from models.principal import Principal

NOT_HERE_YET = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.NOSHOW})


def start(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Begin a visit: whoever was not noted at the desk arrives now, is checked in, and enters the room.

    Raises what `require_own`, `arrive` and `to_room` raise. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    require_own(session, principal, appointment_id=appointment_id)
    seen = require_visit(session, principal, appointment_id=appointment_id, version=version)
    changes: list[Change] = []
    if seen.status in NOT_HERE_YET:
        first = single_use_key(principal, "start-arrive")
        arrived = arrive(session, principal, appointment_id=appointment_id, key=first, now=now, version=version)
        version, changes = arrived.body["version"], arrived.changes
    entered = to_room(session, principal, appointment_id=appointment_id, key=key, now=now, version=version)
    return replace(entered, also=(*entered.also, *changes))


def finish(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """End a visit of one's own. Raises what `require_own` and `complete` raise. `clearing` has no meaning here."""
    require_new(session, principal.clinic_id, key)
    require_own(session, principal, appointment_id=appointment_id)
    return complete(session, principal, appointment_id=appointment_id, key=key, now=now, version=version)


def send_back(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Let a patient of one's own wait again. Raises what `require_own` and `leave_room` raise."""
    require_new(session, principal.clinic_id, key)
    require_own(session, principal, appointment_id=appointment_id)
    return leave_room(session, principal, appointment_id=appointment_id, key=key, now=now, version=version)


def step_back(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    steps: int = 1,
    clearing: bool = False,
) -> Answer:
    """Take back the last steps of a visit of one's own. Raises what `require_own` and `undo` raise."""
    require_new(session, principal.clinic_id, key)
    require_own(session, principal, appointment_id=appointment_id)
    return undo_steps(session, principal, appointment_id=appointment_id, steps=steps, key=key, now=now, version=version)

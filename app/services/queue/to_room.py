"""`to_room`: from the waiting room into a room in one step, checked in on the way if that was not done yet."""

from dataclasses import replace
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.check_in import check_in
from app.services.booking.enter_room import enter_room
from app.services.booking.idempotency import require_new
from app.services.booking.locks import lock_names
from app.services.booking.read import require_visit
from models.appointments import AppointmentStatus
from models.db import first_row
from models.principal import Principal

CALLED_TO: LiteralString = """
SELECT room_id FROM queue_tickets
 WHERE clinic_id = %(clinic_id)s::uuid AND appointment_id = %(appointment_id)s::uuid AND state = 'called'
"""


def to_room(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    room_id: UUID | None = None,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Bring a patient who has come into the room named, or the one they were called to, or the planned one.

    Raises what `check_in` and `enter_room` raise. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    asked = {"clinic_id": principal.clinic_id, "appointment_id": appointment_id}
    if room_id is None:
        room_id = (first_row(session, CALLED_TO, asked) or (None,))[0]
    if room_id is not None:
        # Before the appointment, which checking in locks.
        lock_names(session, [f"room:{room_id}"])
    seen = require_visit(session, principal, appointment_id=appointment_id, version=version)
    changes = []
    if seen.status is AppointmentStatus.ARRIVED:
        first = single_use_key(principal, "to-room")
        checked = check_in(session, principal, appointment_id=appointment_id, key=first, now=now, version=version)
        version, changes = checked.body["version"], checked.changes
    entered = enter_room(
        session, principal, appointment_id=appointment_id, key=key, now=now, room_id=room_id, version=version
    )
    return replace(entered, also=(*entered.also, *changes))

"""Which room somebody was in or planned into before the one they are in now, as the visit's audit rows tell it."""

from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.read import AppointmentRow
from models.db import rows
from models.principal import Principal

# An `undo` without a detail brought them out of the rooms altogether; checking in is where all of it began.
STEPS: LiteralString = """
SELECT action, detail FROM audit_events
 WHERE clinic_id = %(clinic_id)s::uuid AND object_kind = 'appointment' AND object_id = %(id)s::uuid
   AND to_status = 'checked-in' AND from_status IN ('arrived', 'checked-in')
   AND action IN ('check-in', 'enter-room', 'undo')
 ORDER BY at DESC
"""


# What was noted of the room before: they were planned into it, or were in it.
PLANNED, OLD = "planned_room", "old_room"


def move_of(row: AppointmentRow, room_id: UUID | None) -> dict[str, Any] | None:
    """Return what is noted of who goes to another room than the one they are in or, with the first one, planned into.

    None for whoever does not.
    """
    if room_id in (None, row.room_id):
        return None
    left = PLANNED if row.roomed_at is None else OLD
    return {left: str(row.room_id) if row.room_id else None, "new_room": str(room_id)}


def last_move(session: Session, principal: Principal, row: AppointmentRow) -> dict[str, Any] | None:
    """Return the last move from room to room that was not taken back; with none, how they came into the first one.

    None for who went into the planned room, and for who was planned into another since: where that move led to they
    are no longer.
    """
    taken_back = 0
    for action, detail in rows(session, STEPS, {"clinic_id": principal.clinic_id, "id": row.id}):
        if action == "check-in" or (action == "undo" and detail is None):
            break
        if detail is None:
            continue
        if action == "undo":
            taken_back += 1
        elif taken_back:
            taken_back -= 1
        else:
            return dict(detail) if detail["new_room"] == str(row.room_id) else None
    return None

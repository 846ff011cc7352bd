"""Where a number is called to: a room of the location by its name, or the reception."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.booking.enter_room import NO_SUCH_ROOM
from app.services.queue.tickets import Ticket
from models.db import first_row

ROOM: LiteralString = """
SELECT id, name FROM rooms
 WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid AND id = %(room_id)s::uuid AND is_active
"""
PLANNED: LiteralString = """
SELECT r.id, r.name FROM appointments a JOIN rooms r ON r.clinic_id = a.clinic_id AND r.id = a.room_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(appointment_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The room named, the reception, or else the room that the visit was planned in (the reception without one)."""

    room_id: UUID | None = None
    is_reception: bool = False


def where_to(session: Session, clinic_id: UUID, ticket: Ticket, target: Target) -> tuple[str, UUID | None]:
    """Return the name that is shown ("" for the reception) and the room; raises InvalidField for an unknown one."""
    if target.is_reception:
        return "", None
    asked = {
        "clinic_id": clinic_id,
        "location_id": ticket.location_id,
        "appointment_id": ticket.appointment_id,
        "room_id": target.room_id,
    }
    found = first_row(session, ROOM if target.room_id else PLANNED, asked)
    if found is None and target.room_id:
        raise InvalidField("room_id", NO_SUCH_ROOM)
    return (found[1], found[0]) if found else ("", None)

"""The rooms that a visit can go into: those of its location where nobody else is or is expected meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from models.db import rows
from models.principal import Principal

# As `enter_room` asks it: a session shares its room, who was overbooked has no claim to one, a hold that has run out
# is in nobody's way. Beside that, a visit that runs late is still in its room.
FREE_ROOMS: LiteralString = """
SELECT r.id, r.name, r.id = a.room_id
  FROM appointments a JOIN rooms r ON r.clinic_id = a.clinic_id AND r.location_id = a.location_id AND r.is_active
 WHERE a.clinic_id = %(clinic_id)s AND a.id = %(id)s
   AND NOT EXISTS (
     SELECT 1 FROM appointments o
      WHERE o.clinic_id = a.clinic_id AND o.room_id = r.id AND o.live AND o.slot_id <> a.slot_id
        AND o.starts_at > a.starts_at - interval '1 day' AND o.starts_at < a.starts_at + interval '1 day'
        AND (o.status <> 'pending' OR o.hold_expires_at > %(now)s OR o.pay_deadline_at IS NOT NULL)
        AND (NOT o.overbook AND NOT a.overbook
               AND o.occupies_until > a.occupies_from AND o.occupies_from < a.occupies_until
             OR o.status = 'checked-in' AND o.roomed_at IS NOT NULL))
 ORDER BY r.id IS DISTINCT FROM a.room_id, r.name, r.id
"""


@dataclass(frozen=True, slots=True)
class FreeRoom:
    """A room to choose; `is_planned` when the appointment has it already."""

    id: UUID
    name: str
    is_planned: bool


def free_rooms(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> list[FreeRoom]:
    """Return the location's free rooms, the planned one first; the caller has asked who may see the appointment."""
    found = rows(session, FREE_ROOMS, {"clinic_id": principal.clinic_id, "id": appointment_id, "now": now})
    return [FreeRoom(room_id, name, bool(is_planned)) for room_id, name, is_planned in found]

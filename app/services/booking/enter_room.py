"""`enter_room`: a checked-in patient is in a room, and the visit itself runs."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, RoomUnavailable
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.expire import expire_holds
from app.services.booking.locks import lock_names
from app.services.booking.moved_rooms import move_of
from app.services.booking.status import require_status
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit
from app.words import N_
from models.appointments import AppointmentStatus
from models.db import first_row, rows
from models.principal import Principal

NO_SUCH_ROOM = N_("There is no such room at this location.")
# Whoever sits in the same session shares its room; who was overbooked has no claim to one.
IS_TAKEN: LiteralString = """
SELECT NOT m.overbook AND EXISTS (
         SELECT 1 FROM appointments a
          WHERE a.clinic_id = r.clinic_id AND a.room_id = r.id AND a.live AND NOT a.overbook AND a.id <> m.id
            AND a.slot_id <> m.slot_id
            AND a.starts_at > m.occupies_from - interval '10 hours'
            AND a.starts_at < m.occupies_until + interval '2 hours'
            AND a.occupies_until > m.occupies_from AND a.occupies_from < m.occupies_until)
  FROM rooms r JOIN appointments m ON m.clinic_id = r.clinic_id AND m.location_id = r.location_id
 WHERE r.clinic_id = %(clinic_id)s::uuid AND r.id = %(room_id)s::uuid AND r.is_active AND m.id = %(id)s::uuid
"""
# The holds of others in the room at this time whose time has run out, with their slots.
RUN_OUT: LiteralString = """
SELECT a.id, t.slot_id
  FROM appointments m
  JOIN appointments a ON a.clinic_id = m.clinic_id AND a.room_id = %(room_id)s::uuid AND a.id <> m.id
       AND a.status = 'pending' AND a.pay_deadline_at IS NULL AND a.hold_expires_at <= %(now)s::timestamptz
       AND a.occupies_until > m.occupies_from AND a.occupies_from < m.occupies_until
  JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
 WHERE m.clinic_id = %(clinic_id)s::uuid AND m.id = %(id)s::uuid
"""


def enter_room(
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
    """Bring a patient into a room, the planned one unless another is named; the answer is the API's 200.

    The visit runs from the first room on. Raises AppointmentNotFound, StaleVersion, InvalidTransition unless checked
    in, InvalidField for an unknown room, RoomUnavailable for a taken one. `clearing` has no meaning here.
    """
    look = None
    if room_id is not None:
        lock_names(session, [f"room:{room_id}"])
        look = free_room(session, principal, appointment_id=appointment_id, room_id=room_id, now=now)
    slot_ids = look.slot_ids if look else None
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version, slot_ids=slot_ids)
    require_status(row.status, wanted=AppointmentStatus.CHECKED_IN)
    expired = look.require_free(session, principal) if look else []
    stamp = None if row.roomed_at else "roomed_at"
    moved = move_of(row, room_id)
    step = Step(action="enter-room", to_status=row.status, stamp=stamp, room_id=room_id, detail=moved)
    answer = answer_step(session, principal, row, step, key=key, now=now)
    return replace(answer, also=tuple(expired))


@dataclass(frozen=True, slots=True)
class RoomLook:
    """What was seen of a room, whose name is locked, at an appointment's time: the holds there that have run out."""

    asked: dict[str, Any]
    run_out: frozenset[UUID]
    slot_ids: frozenset[UUID]

    def require_free(self, session: Session, principal: Principal) -> list[Change]:
        """End those holds, whose slots are locked, and refuse a room that somebody else has; return changed boards."""
        now = self.asked["now"]
        expired = expire_holds(session, principal, appointment_ids=list(self.run_out), now=now)
        found = first_row(session, IS_TAKEN, self.asked)
        if found is None:
            raise InvalidField("room_id", NO_SUCH_ROOM)
        if found[0]:
            raise RoomUnavailable()
        return expired


def free_room(
    session: Session, principal: Principal, *, appointment_id: UUID, room_id: UUID, now: datetime
) -> RoomLook:
    """Look at a room for an appointment; the caller has locked its name, and locks the slots next."""
    asked = {"clinic_id": principal.clinic_id, "id": appointment_id, "room_id": room_id, "now": now}
    found = rows(session, RUN_OUT, asked)
    return RoomLook(asked, frozenset(one for one, _ in found), frozenset(slot_id for _, slot_id in found))

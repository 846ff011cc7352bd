"""`assign_room`: an appointment is planned into another room, or into one at all, before or while the visit runs."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidTransition
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.enter_room import free_room
from app.services.booking.locks import lock_names
from app.services.booking.read import AppointmentRow
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit, require_time_left
from app.words import N_
from models.appointments import AppointmentStatus as S
from models.principal import Principal

PLANNED = frozenset({S.PENDING, S.BOOKED, S.ARRIVED, S.CHECKED_IN})
OVER = N_("What is over keeps its room.")


def assign_room(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    room_id: UUID | None,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Plan an appointment into a room of its location that is free at its time, or into none; the answer is a 200.

    Its status stays: who is in a room is then in this one. Raises AppointmentNotFound, StaleVersion,
    HoldExpired, InvalidTransition for what is over, InvalidField for an unknown room, RoomUnavailable for a taken one.
    `clearing` has no meaning here.
    """
    look = None
    if room_id is not None:
        lock_names(session, [f"room:{room_id}"])
        look = free_room(session, principal, appointment_id=appointment_id, room_id=room_id, now=now)
    slot_ids = look.slot_ids if look else None
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version, slot_ids=slot_ids)
    require_time_left(row, now=now)
    if row.status not in PLANNED:
        raise InvalidTransition(OVER, from_status=row.status.value)
    expired = look.require_free(session, principal) if look else []
    answer = answer_step(session, principal, row, _step(row, room_id), key=key, now=now)
    return replace(answer, also=tuple(expired))


def _step(row: AppointmentRow, room_id: UUID | None) -> Step:
    detail = {"old_room": str(row.room_id) if row.room_id else None, "new_room": str(room_id) if room_id else None}
    return Step(
        action="assign-room",
        to_status=row.status,
        room_id=room_id,
        cleared=() if room_id else ("room_id",),
        event="appointment.room-changed",
        detail=detail,
        payload=dict(detail),
    )

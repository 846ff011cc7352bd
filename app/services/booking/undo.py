"""`undo`: take back the last step of a visit, as far as the world still allows it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, InvalidTransition, RoomUnavailable
from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.come_back import come_back
from app.services.booking.enter_room import free_room
from app.services.booking.idempotency import require_new
from app.services.booking.locks import Overtaken, lock_names
from app.services.booking.moved_rooms import OLD, PLANNED, last_move
from app.services.booking.news import TOLD, News
from app.services.booking.read import AppointmentRow, require_visit
from app.services.booking.status import BACK, require_transition
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit, require_same_day
from app.settings import settings
from app.words import N_
from models.appointments import AppointmentStatus as S
from models.db import first_row
from models.principal import ActorKind, Principal

ACTION = "undo"
NOTHING_TO_UNDO = N_("There is nothing here that can be undone.")
NEVER_BOOKED = N_("This was only held and never booked. Please hold the time again.")
NOT_OURS = N_("Only what the clinic cancelled can be undone.")
ROOM_GONE = N_("The former room is no longer free.")
STAFF = frozenset({ActorKind.USER, ActorKind.API_CLIENT})
ENDED_BY: LiteralString = """
SELECT actor FROM audit_events
 WHERE clinic_id = %(clinic_id)s::uuid AND object_id = %(id)s::uuid AND object_kind = 'appointment'
   AND to_status = %(status)s
 ORDER BY at DESC LIMIT 1
"""


def undo(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    tell: bool = True,
    clearing: bool = False,
) -> Answer:
    """Go back one step, to where the appointment came from; the answer is the API's 200.

    A no-show and what staff cancelled are booked again, on the day of that change and if a hold of their place would
    be accepted; otherwise its refusal is raised. A completed visit is reopened on its day with a permission, and in the
    minutes for Undo by whoever completed it. Who was moved from one room to another is in the former one again, and
    only the first one is left for the waiting room, planned into the room of before unless somebody else has it by
    now. Raises AppointmentNotFound, StaleVersion, NotPermitted, InvalidTransition, RoomUnavailable when somebody else
    has the former room. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    seen = require_visit(session, principal, appointment_id=appointment_id, version=version)
    if not seen.status.is_live:
        return _book_again(session, principal, seen, key=key, now=now, news=News(tell=tell))
    moved = last_move(session, principal, seen) if seen.roomed_at and seen.status is S.CHECKED_IN else None
    if moved:
        return _to_room_before(session, principal, seen, moved, key=key, now=now)
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version)
    if row.version != seen.version:
        raise Overtaken
    return answer_step(session, principal, row, _step_back(session, principal, row, now=now), key=key, now=now)


def _to_room_before(
    session: Session,
    principal: Principal,
    seen: AppointmentRow,
    moved: dict[str, Any],
    *,
    key: RequestKey,
    now: datetime,
) -> Answer:
    """Go back into the former room, or out of the first one with that planned again in which nobody else is by now."""
    is_in_former = OLD in moved
    former = moved[OLD] if is_in_former else moved[PLANNED]
    room_id, look = UUID(former) if former else None, None
    if room_id is not None:
        lock_names(session, [f"room:{room_id}"])
        look = free_room(session, principal, appointment_id=seen.id, room_id=room_id, now=now)
    slot_ids = look.slot_ids if look else None
    row = open_visit(session, principal, appointment_id=seen.id, key=key, version=None, slot_ids=slot_ids)
    if row.version != seen.version:
        raise Overtaken
    step = Step(action=ACTION, to_status=row.status, detail=moved) if is_in_former else out_of_rooms(row)
    expired: list[Change] = []
    if look is None:
        step = replace(step, cleared=(*step.cleared, "room_id"))
    else:
        try:
            with session.begin_nested():
                expired = look.require_free(session, principal)
            step = replace(step, room_id=room_id)
        except (InvalidField, RoomUnavailable):
            if is_in_former:
                raise RoomUnavailable(ROOM_GONE) from None
    return replace(answer_step(session, principal, row, step, key=key, now=now), also=tuple(expired))


def _step_back(session: Session, principal: Principal, row: AppointmentRow, *, now: datetime) -> Step:
    if row.status is S.CHECKED_IN and row.roomed_at is not None:
        return out_of_rooms(row)
    target = _target(row)
    if row.status is S.FULFILLED:
        if not _is_own_slip(session, principal, row, now=now):
            require(principal, Permission.APPOINTMENTS_REOPEN)
        require_same_day(row, row.fulfilled_at, now=now)
    stamp = {S.ARRIVED: "arrived_at", S.CHECKED_IN: "checked_in_at", S.FULFILLED: "fulfilled_at"}[row.status]
    return Step(action=ACTION, to_status=target, cleared=(stamp,))


def out_of_rooms(row: AppointmentRow) -> Step:
    """Return the step by which who is in a room waits again."""
    return Step(action=ACTION, to_status=row.status, cleared=("roomed_at",))


def _is_own_slip(session: Session, principal: Principal, row: AppointmentRow, *, now: datetime) -> bool:
    """Tell whether this person completed the visit a moment ago: a wrong click is no decision to reopen."""
    if principal.kind is not ActorKind.USER or row.fulfilled_at is None:
        return False
    until = row.fulfilled_at + timedelta(minutes=settings().undo_minutes)
    return now < until and _ended_by(session, principal, row) == principal.actor


def _book_again(
    session: Session, principal: Principal, row: AppointmentRow, *, key: RequestKey, now: datetime, news: News
) -> Answer:
    step = step_back_to_booked(session, principal, row, now=now, news=news)
    return come_back(session, principal, row, step, key=key, now=now)


def step_back_to_booked(
    session: Session, principal: Principal, row: AppointmentRow, *, now: datetime, news: News = TOLD
) -> Step:
    """Return the step by which an end is undone; raises InvalidTransition unless it was by staff and on this day."""
    target = _target(row)
    if row.status is S.CANCELLED:
        _require_by_staff(session, principal, row)
    require_same_day(row, row.cancelled_at or row.noshow_at, now=now)
    # Also who had come before they were sent away again is only booked now.
    cleared = ("cancelled_at", "noshow_at", "arrived_at", "checked_in_at", "roomed_at")
    return Step(action=ACTION, to_status=target, cleared=cleared, event="appointment.confirmed", payload=news.payload)


def _target(row: AppointmentRow) -> S:
    target = BACK.get(row.status)
    if target is None:
        raise InvalidTransition(NOTHING_TO_UNDO, from_status=row.status.value)
    require_transition(row.status, target, undoing=True)
    return target


def _require_by_staff(session: Session, principal: Principal, row: AppointmentRow) -> None:
    if row.booked_at is None:
        raise InvalidTransition(NEVER_BOOKED, from_status=row.status.value)
    if _ended_by(session, principal, row).partition(":")[0] not in STAFF:
        raise InvalidTransition(NOT_OURS, from_status=row.status.value)


def _ended_by(session: Session, principal: Principal, row: AppointmentRow) -> str:
    asked = {"clinic_id": principal.clinic_id, "id": row.id, "status": row.status.value}
    found = first_row(session, ENDED_BY, asked)
    return str(found[0]) if found else ""

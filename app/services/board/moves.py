"""What else the desk does from the board with an appointment where it stands or while it is held, each in one step."""

from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidTransition
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.assign_room import assign_room
from app.services.booking.cancel import cancel
from app.services.booking.hold import Wish, hold
from app.services.booking.idempotency import require_new
from app.services.booking.locks import lock_start, lock_visits
from app.services.booking.mark_entered_in_error import mark_entered_in_error
from app.services.booking.once import once
from app.services.booking.plan import Kept, make_plan
from app.services.booking.read import AppointmentRow, require_change
from app.services.booking.resize import resize
from app.services.booking.retry import attempt
from models.appointments import AppointmentStatus, CancelReason, Channel
from models.principal import Principal


def change_length(principal: Principal, *, appointment_id: UUID, version: int, minutes: int, now: datetime) -> Answer:
    """Give an appointment another length, if it is still what the desk saw. Raises what `resize` raises."""
    verb = partial(resize, appointment_id=appointment_id, minutes=minutes, version=version)
    return once(principal, verb, name="desk-resize", now=now)


def change_room(
    principal: Principal, *, appointment_id: UUID, version: int, room_id: UUID | None, now: datetime
) -> Answer:
    """Plan an appointment into another room or none, if it is still what the desk saw. Raises as `assign_room`."""
    verb = partial(assign_room, appointment_id=appointment_id, room_id=room_id, version=version)
    return once(principal, verb, name="desk-room", now=now)


def correct(principal: Principal, *, appointment_id: UUID, version: int, reason: str, now: datetime) -> Answer:
    """Take an appointment out of the book as entered in error, for good. Raises what `mark_entered_in_error` raises."""
    verb = partial(mark_entered_in_error, appointment_id=appointment_id, reason=reason, version=version)
    return once(principal, verb, name="desk-correct", now=now)


def move_held(principal: Principal, *, appointment_id: UUID, version: int, slot_id: UUID, now: datetime) -> Answer:
    """Hold another start instead of a held one, with its whole hold time, in one transaction; it is another hold.

    The status table moves only what is booked: a hold is given back and taken anew, and keeps its length. Raises what
    `hold` raises, and then the old hold stands.
    """
    end = _End(AppointmentStatus.PENDING, CancelReason.MOVED, tell=False)
    return _hold_instead(principal, end, appointment_id=appointment_id, version=version, slot_id=slot_id, now=now)


def hold_again(principal: Principal, *, appointment_id: UUID, version: int, now: datetime) -> Answer:
    """End what is booked and hold its start again, with its whole hold time, in one transaction; it is another one.

    Raises what `hold` raises, and then it stays booked.
    """
    end = _End(AppointmentStatus.BOOKED, CancelReason.CLINIC, tell=True)
    return _hold_instead(principal, end, appointment_id=appointment_id, version=version, slot_id=None, now=now)


class _End(NamedTuple):
    """What is given up for another hold: the status it must have, why it ends, and whether the patient is told."""

    status: AppointmentStatus
    reason: CancelReason
    tell: bool


def _hold_instead(
    principal: Principal, end: _End, *, appointment_id: UUID, version: int, slot_id: UUID | None, now: datetime
) -> Answer:
    key, end_key = single_use_key(principal, "desk-hold"), single_use_key(principal, "desk-give-up")

    def verb(session: Session, *, clearing: bool) -> Answer:
        row = require_change(session, principal, appointment_id=appointment_id, version=version)
        if row.status is not end.status:
            raise InvalidTransition(from_status=row.status.value)
        wanted = slot_id or row.slot_id
        _lock_both(session, principal, row, slot_id=wanted, key=key, now=now)
        require_new(session, principal.clinic_id, key)
        left = cancel(
            session,
            principal,
            appointment_id=row.id,
            reason=end.reason,
            key=end_key,
            now=now,
            version=version,
            tell=end.tell,
        )
        wish = Wish(
            wanted,
            row.service_id,
            row.patient_id,
            Channel.DESK,
            overbook_reason=row.overbook_reason,
            minutes=row.minutes,
        )
        held = hold(session, principal, wish=wish, key=key, now=now, clearing=clearing)
        return Answer(held.status, held.body, held.change, also=(*left.changes, *held.also))

    return attempt(principal, verb, key=key, now=now)


def _lock_both(
    session: Session, principal: Principal, row: AppointmentRow, *, slot_id: UUID, key: RequestKey, now: datetime
) -> None:
    """Lock all that the old hold has and the new one wants, in the one order: names, slots, appointment."""
    asked = {"slot_id": slot_id, "service_id": row.service_id}
    plan = make_plan(session, principal.clinic_id, **asked, kept=Kept(minutes=row.minutes), key=key, now=now)
    lock_start(session, principal.clinic_id, **asked, names=[f"patient:{row.patient_id}"])
    lock_visits(session, principal.clinic_id, [row.id], slot_ids=[slot.id for slot in plan.slots])

"""Booking verbs as the edges call them: through `retry.attempt`, with a key that is used once unless one is given."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app.services.booking import cancel as cancelling
from app.services.booking import confirm as confirming
from app.services.booking import hold as holding
from app.services.booking import reschedule as rescheduling
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.arrive import arrive
from app.services.booking.check_in import check_in
from app.services.booking.complete import complete
from app.services.booking.enter_room import enter_room
from app.services.booking.leave_room import leave_room
from app.services.booking.mark_entered_in_error import mark_entered_in_error
from app.services.booking.mark_no_show import mark_no_show
from app.services.booking.reschedule_many import Move
from app.services.booking.reschedule_many import reschedule_many as reschedule_all
from app.services.booking.resize import resize as resizing
from app.services.booking.retry import attempt
from app.services.booking.undo import undo
from models.appointments import CancelReason, Channel
from models.principal import Principal
from tests.builders import NOW

VISIT_VERBS: dict[str, Any] = {
    "arrive": arrive,
    "check_in": check_in,
    "enter_room": enter_room,
    "leave_room": leave_room,
    "complete": complete,
    "mark_no_show": mark_no_show,
    "undo": undo,
    "mark_entered_in_error": mark_entered_in_error,
}


def hold(
    principal: Principal,
    slot: Any,
    service: Any,
    patient: Any,
    *,
    now: datetime = NOW,
    key: RequestKey | None = None,
    **wish: Any,
) -> Answer:
    """Hold a start for a patient; rows or ids."""
    wanted = holding.Wish(_id(slot), _id(service), _id(patient), wish.pop("channel", Channel.DESK), **wish)
    return _call(principal, "hold", partial(holding.hold, wish=wanted), key=key, now=now)


def confirm(principal: Principal, answer: Any, *, now: datetime = NOW, **more: Any) -> Answer:
    """Confirm a hold; its answer, row or id."""
    key = more.pop("key", None)
    verb = partial(confirming.confirm, appointment_id=appointment_id_of(answer), **more)
    return _call(principal, "confirm", verb, key=key, now=now)


def cancel(
    principal: Principal, answer: Any, *, reason: CancelReason = CancelReason.CLINIC, now: datetime = NOW, **more: Any
) -> Answer:
    """Cancel an appointment; its answer, row or id."""
    key = more.pop("key", None)
    verb = partial(cancelling.cancel, appointment_id=appointment_id_of(answer), reason=reason, **more)
    return _call(principal, "cancel", verb, key=key, now=now)


def reschedule(principal: Principal, answer: Any, slot: Any, *, now: datetime = NOW, **more: Any) -> Answer:
    """Move an appointment to another start."""
    key = more.pop("key", None)
    moved = {"appointment_id": appointment_id_of(answer), "slot_id": _id(slot), **more}
    return _call(principal, "reschedule", partial(rescheduling.reschedule, **moved), key=key, now=now)


def resize(principal: Principal, answer: Any, minutes: int, *, now: datetime = NOW, **more: Any) -> Answer:
    """Give an appointment another length."""
    key = more.pop("key", None)
    asked = {"appointment_id": appointment_id_of(answer), "minutes": minutes, **more}
    return _call(principal, "resize", partial(resizing, **asked), key=key, now=now)


def reschedule_many(principal: Principal, moves: Any, *, now: datetime = NOW, **more: Any) -> Answer:
    """Move several appointments, or none: pairs of an appointment and a slot."""
    key = more.pop("key", None)
    made = [Move(appointment_id_of(answer), _id(slot)) for answer, slot in moves]
    return _call(principal, "reschedule", partial(reschedule_all, moves=made, **more), key=key, now=now)


def visit(principal: Principal, verb: str, answer: Any, *, now: datetime = NOW, **more: Any) -> Answer:
    """Call a verb of a visit by its name: `arrive`, `check_in`, `enter_room`, `complete`, ..."""
    key = more.pop("key", None)
    bound = partial(VISIT_VERBS[verb], appointment_id=appointment_id_of(answer), **more)
    return _call(principal, verb, bound, key=key, now=now)


def appointment_id_of(thing: Any) -> UUID:
    """Return the appointment's id from an answer, a row or an id."""
    return UUID(thing.body["id"]) if isinstance(thing, Answer) else _id(thing)


def _call(principal: Principal, name: str, verb: Any, *, key: RequestKey | None, now: datetime) -> Answer:
    key = key or single_use_key(principal, name)
    return attempt(principal, partial(verb, principal=principal, key=key, now=now), key=key, now=now)


def _id(thing: Any) -> UUID:
    return thing if isinstance(thing, UUID) else thing.id

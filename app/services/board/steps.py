"""The steps of a visit at the desk: which are offered now, the next one first, and taking one of them."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer
from app.services.booking.arrive import arrive
from app.services.booking.check_in import check_in
from app.services.booking.complete import complete
from app.services.booking.enter_room import enter_room
from app.services.booking.mark_no_show import mark_no_show
from app.services.booking.once import once
from app.services.booking.undo import undo
from models.appointments import CancelReason
from models.principal import Principal


class Step(StrEnum):
    """What the desk can do next with a visit; arriving late is arriving, after a no-show."""

    ARRIVE = "arrive"
    CHECK_IN = "check-in"
    ENTER_ROOM = "enter-room"
    COMPLETE = "complete"
    NO_SHOW = "no-show"
    UNDO = "undo"


VERBS: dict[Step, Callable[..., Answer]] = {
    Step.ARRIVE: arrive,
    Step.CHECK_IN: check_in,
    Step.ENTER_ROOM: enter_room,
    Step.COMPLETE: complete,
    Step.NO_SHOW: mark_no_show,
    Step.UNDO: undo,
}
# By the status that the board shows, the next step first; the verbs refuse what is not allowed.
OFFERED: dict[str, tuple[Step, ...]] = {
    "booked": (Step.ARRIVE, Step.NO_SHOW),
    "arrived": (Step.CHECK_IN, Step.UNDO),
    "checked-in": (Step.ENTER_ROOM, Step.COMPLETE, Step.UNDO),
    "in-room": (Step.COMPLETE, Step.ENTER_ROOM, Step.UNDO),
    "fulfilled": (Step.UNDO,),
    "noshow": (Step.ARRIVE, Step.UNDO),
    "cancelled": (Step.UNDO,),
}
# What leads a visit on; the others are never put first.
LEADING = frozenset({Step.ARRIVE, Step.CHECK_IN, Step.ENTER_ROOM, Step.COMPLETE})
ENDED = frozenset({"fulfilled", "noshow", "cancelled"})
BY_CLINIC = frozenset({CancelReason.CLINIC, CancelReason.LEFT})


def steps_of(
    principal: Principal,
    *,
    status: str,
    starts_at: datetime,
    ended_at: datetime | None,
    cancel_reason: str | None,
    timezone: str,
    now: datetime,
) -> list[Step]:
    """Return the steps that make sense now: a visit's on its day, an end taken back on the day of that end."""
    if not principal.may(Permission.APPOINTMENTS_WRITE):
        return []
    zone = ZoneInfo(timezone)

    def is_today(instant: datetime | None) -> bool:
        return instant is not None and instant.astimezone(zone).date() == now.astimezone(zone).date()

    refused = set()
    if not is_today(starts_at):
        refused.add(Step.ARRIVE)
    if status in ENDED and not is_today(ended_at):
        refused.add(Step.UNDO)
    if status == "fulfilled" and not principal.may(Permission.APPOINTMENTS_REOPEN):
        refused.add(Step.UNDO)
    if status == "cancelled" and cancel_reason not in BY_CLINIC:
        refused.add(Step.UNDO)
    return [step for step in OFFERED.get(status, ()) if step not in refused]


def take(
    principal: Principal,
    *,
    step: Step,
    appointment_id: UUID,
    version: int,
    room_id: UUID | None = None,
    tell: bool = True,
    now: datetime,
) -> Answer:
    """Take a step of a visit, if it is still what the desk saw. Raises what the verb raises.

    Without `tell`, an end of which no letter went out is undone without one too.
    """
    asked: dict[str, Any] = {"appointment_id": appointment_id, "version": version}
    if step is Step.ENTER_ROOM:
        asked["room_id"] = room_id
    if step is Step.UNDO:
        asked["tell"] = tell
    return once(principal, partial(VERBS[step], **asked), name=f"desk-{step.value}", now=now)

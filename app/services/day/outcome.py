"""Closing what is open: one visit or many at once, each in a transaction of its own, with a report of the refused.

A visit that has the outcome already is left as it is, so that the same press twice does nothing twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError, InvalidField, InvalidTransition, NotFound
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.arrive import arrive
from app.services.booking.cancel import cancel
from app.services.booking.check_in import check_in
from app.services.booking.complete import complete
from app.services.booking.mark_no_show import mark_no_show
from app.services.booking.once import once
from app.services.day.open_items import overdue_at
from app.words import N_
from models.appointments import CancelReason
from models.db import execute, first_row, transaction
from models.principal import Principal

MOST_AT_ONCE = 500
WITHIN_GRACE = N_("This patient may still come: the time to wait is not over.")
STATUS: LiteralString = """
SELECT status, starts_at, location_id FROM appointments WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""
SEND_AGAIN: LiteralString = """
UPDATE outbox_events SET state = 'ready', not_before = now(), attempts = 0, last_error = NULL, lease_until = NULL
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid AND state = 'dead'
"""


class Outcome(StrEnum):
    """What an open visit becomes."""

    DONE = "done"
    NO_SHOW = "no-show"
    LEFT = "left"
    RELEASED = "released"


# The status that each outcome ends in.
REACHED = {
    Outcome.DONE: "fulfilled",
    Outcome.NO_SHOW: "noshow",
    Outcome.LEFT: "cancelled",
    Outcome.RELEASED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A visit that stayed open, and why."""

    id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A visit that was closed: the outcome, the version that it got, and over how many steps it came there."""

    id: UUID
    version: int
    outcome: Outcome
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a press on the button did: which were closed, and which were refused."""

    ended: tuple[Ended, ...]
    refused: tuple[Refused, ...]

    @property
    def closed(self) -> int:
        """How many were closed."""
        return len(self.ended)


def close_all(principal: Principal, *, outcome: Outcome, visits: Sequence[tuple[UUID, int]], now: datetime) -> Report:
    """Give each visit, named with the version that was seen, the outcome; raises NotPermitted, InvalidField."""
    require(principal, Permission.DAY_CLOSE)
    if len(visits) > MOST_AT_ONCE:
        raise InvalidField("visits", N_("Close fewer at once."))
    refused: list[Refused] = []
    ended: list[Ended | None] = []
    for appointment_id, version in visits:
        try:
            ended.append(_close(principal, outcome, appointment_id=appointment_id, version=version, now=now))
        except ClinicError as refusal:
            refused.append(Refused(appointment_id, str(refusal)))
    return Report(tuple(one for one in ended if one), tuple(refused))


def send_again(session: Session, principal: Principal, *, message_id: UUID, now: datetime) -> None:
    """Put a message that was given up back on its way; raises NotFound when it is not waiting for anybody."""
    require(principal, Permission.DAY_CLOSE)
    if not execute(session, SEND_AGAIN, {"clinic_id": principal.clinic_id, "id": message_id}):
        raise NotFound(N_("This message is not waiting any more."))
    record(session, principal, action="send-again", object_kind="message", object_id=message_id, now=now)


def _close(
    principal: Principal, outcome: Outcome, *, appointment_id: UUID, version: int, now: datetime
) -> Ended | None:
    """Give one visit its outcome; None when it has that already."""
    with transaction(principal) as session:
        found = first_row(session, STATUS, {"clinic_id": principal.clinic_id, "id": appointment_id})
    if found is not None:
        require(principal, Permission.DAY_CLOSE, location_id=found[2])
        if found[0] == REACHED[outcome]:
            return None
        if outcome is Outcome.NO_SHOW and found[1] > overdue_at(now):
            raise InvalidTransition(WITHIN_GRACE, from_status=found[0])
    verb = partial(VERBS[outcome], appointment_id=appointment_id, version=version)
    answer = once(principal, verb, name=f"close-{outcome.value}", now=now)
    before = STEPS_BEFORE.get(found[0], ()) if found and outcome is Outcome.DONE else ()
    return Ended(appointment_id, answer.body["version"], outcome, steps=1 + len(before))


def _done(session: Session, principal: Principal, *, key: RequestKey, **asked: Any) -> Answer:
    """Lead a visit through every step that it still lacks to its end."""
    row = first_row(session, STATUS, {"clinic_id": principal.clinic_id, "id": asked["appointment_id"]})
    for step in STEPS_BEFORE.get(row[0] if row else "", ()):
        step_key = single_use_key(principal, "close-step")
        asked["version"] = step(session, principal, key=step_key, **asked).body["version"]
    return complete(session, principal, key=key, **asked)


def _left(session: Session, principal: Principal, **asked: Any) -> Answer:
    return cancel(session, principal, reason=CancelReason.LEFT, tell=False, **asked)


def _released(session: Session, principal: Principal, **asked: Any) -> Answer:
    return cancel(session, principal, reason=CancelReason.CLINIC, **asked)


STEPS_BEFORE: dict[str, tuple[Callable[..., Answer], ...]] = {"booked": (arrive, check_in), "arrived": (check_in,)}
VERBS: dict[Outcome, Callable[..., Answer]] = {
    Outcome.DONE: _done,
    Outcome.NO_SHOW: mark_no_show,
    Outcome.LEFT: _left,
    Outcome.RELEASED: _released,
}

"""What a booking verb answers, and the caller's key under which the answer is kept for a repetition."""

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID, uuid4

from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Change:
    """Which board a commit changed: the location's day, in its own zone."""

    clinic_id: UUID
    location_id: UUID
    practitioner_id: UUID
    patient_id: UUID
    day: date
    version: int


@dataclass(frozen=True, slots=True)
class Left:
    """Where an appointment stood, and the version that it got when it left.

    `closed_ids` are those of its slots that the schedule had closed while it stood there: a displaced appointment
    returns to them, and nobody else does.
    """

    appointment_id: UUID
    version: int
    slot_id: UUID
    starts_at: datetime
    timezone: str
    overbook_reason: str | None = None
    slot_ids: tuple[UUID, ...] = ()
    closed_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP status and JSON body of a verb for the API, and what changed: nothing when it is a kept answer.

    `also` are the changes beside the appointment's own, such as run-out holds that stood in the way; `left` are the
    places that a change of several has left, for whoever offers to take it back.
    """

    status: int
    body: dict[str, Any]
    change: Change | None = None
    also: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def changes(self) -> list[Change]:
        """Everything that the commit of this answer changed."""
        return [*self.also, *([self.change] if self.change else [])]


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The scope in which a repeated request gets the first answer: clinic, caller, method, path, key."""

    principal: str
    method: str
    path: str
    key: str
    body_hash: bytes = field(repr=False)


def request_key(principal: Principal, *, method: str, path: str, key: str, body: Any) -> RequestKey:
    """Return the key of an HTTP request or a page's action; `body` is anything that JSON can hold."""
    canonical = dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return RequestKey(principal.actor, method, path, key, sha256(canonical.encode()).digest())


def single_use_key(principal: Principal, verb: str) -> RequestKey:
    """Return a key for a call without one, so that our own retry after a lost commit books only once."""
    return RequestKey(principal.actor, "CALL", verb, uuid4().hex, b"")

"""What a patient has been told of an appointment, and so what is news: read from the events that came before.

A letter says what is true when it is sent. So an event is silent once a later one has something to tell, and a move
that was taken back before anybody heard of it is no news at all. What staff chose not to write about (`tell` is false
in the event) they tell themselves: the patient knows where the appointment stands, and no letter follows from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.messages.outbox import Claimed
from models.db import rows
from models.records import OutboxState

CONFIRMED, MOVED, CANCELLED = "appointment.confirmed", "appointment.rescheduled", "appointment.cancelled"
EVENTS: LiteralString = """
SELECT kind, aggregate_version, state, payload -> 'old' FROM outbox_events
 WHERE clinic_id = %(clinic_id)s::uuid AND aggregate_id = %(id)s::uuid AND kind = ANY(%(kinds)s::text[])
   AND payload -> 'tell' IS DISTINCT FROM 'false'
 ORDER BY aggregate_version
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """As much of an appointment's place as a letter says: when, on which clock, and whether at the same site."""

    starts_at: datetime
    timezone: str
    location_id: UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One event of which patients are told; `old` is where a moved appointment stood before."""

    kind: str
    version: int
    was_told: bool
    old: Spot | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the patient knows when the letter of one event would go out.

    `spot` is where the patient believes the appointment to be, None when that is where it stands.
    """

    is_overtaken: bool
    knows_nothing: bool
    knows_of_cancellation: bool
    spot: Spot | None

    def believes(self, now_at: Spot) -> Spot:
        """Return where the patient believes the appointment to be, which now stands at the given spot."""
        return self.spot or now_at


def told_before(session: Session, row: Claimed) -> Told:
    """Return what the patient has been told by the events before this one."""
    asked = {"clinic_id": row.clinic_id, "id": row.aggregate_id, "kinds": [CONFIRMED, MOVED, CANCELLED]}
    return what_was_told([_event(one) for one in rows(session, EVENTS, asked)], version=row.aggregate_version)


def what_was_told(events: Sequence[Event], *, version: int) -> Told:
    """Return what is known before the event of a version. Events in the order of their versions.

    Events that were told are deleted after some weeks; what nothing is left of has been told.
    """
    told = [event for event in events if event.was_told and event.version < version]
    last = told[-1] if told else None
    unheard = [event for event in events if event.version <= version and (last is None or event.version > last.version)]
    moves = [event.old for event in unheard if event.kind == MOVED and event.old is not None]
    return Told(
        is_overtaken=any(event.version > version for event in events),
        knows_nothing=last is None and any(event.kind == CONFIRMED for event in unheard),
        knows_of_cancellation=last is not None and last.kind == CANCELLED,
        spot=moves[0] if moves else None,
    )


def _event(columns: tuple[Any, ...]) -> Event:
    kind, version, state, old = columns
    spot = None
    if old is not None:
        spot = Spot(datetime.fromisoformat(old["start"]), old["timezone"], UUID(old["location_id"]))
    return Event(kind, version, state == OutboxState.DONE.value, spot)

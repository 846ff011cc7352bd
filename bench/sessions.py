"""The places of `bench flash`: free sessions of the data set, and the reckoning of them afterwards."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, LiteralString
from uuid import UUID

from app.services.demo.ids import LARGE, Kind, numbered
from app.services.demo.large_sql import SESSION
from app.services.demo.large_sql import SESSION_PLACES as SESSION_PLACES
from bench.callers import hold_call as _hold_call
from bench.ground import CLINIC, OWNER
from models.db import DatabaseRole, execute, rows, transaction

SERVICE = numbered(Kind.SERVICE, SESSION, family=LARGE)
_patients = count(1)

FREE: LiteralString = """
SELECT DISTINCT ON (practitioner_id) id FROM slots
 WHERE clinic_id = %(clinic_id)s AND service_id = %(service_id)s AND current_bookings = 0 AND status = 'open'
   AND starts_at > now() + interval '14 days'
 ORDER BY practitioner_id, starts_at LIMIT %(sessions)s
"""
# However long the crowd takes: a hold that runs out meanwhile would give its place to somebody else.
HOLD_LONG: LiteralString = (
    "UPDATE services SET hold_minutes = 60 WHERE clinic_id = %(clinic_id)s AND id = %(service_id)s"
)
TAKEN: LiteralString = """
SELECT s.id, s.max_capacity, s.current_bookings, a.id FROM slots s
  LEFT JOIN appointment_slots t ON t.clinic_id = s.clinic_id AND t.slot_id = s.id
  LEFT JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id AND a.live
 WHERE s.clinic_id = %(clinic_id)s AND s.id = ANY(%(slots)s)
"""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the database says: live appointments, places beyond capacity or miscounted, answers and rows alone."""

    live: int
    overfilled: int
    without_row: int
    without_answer: int


def free_sessions(places: int) -> list[UUID]:
    """Return empty sessions of different practitioners that together have so many places, held for an hour."""
    wanted = {"clinic_id": CLINIC, "service_id": SERVICE, "sessions": places // SESSION_PLACES}
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        execute(session, HOLD_LONG, wanted)
        found = [row[0] for row in rows(session, FREE, wanted)]
    if not found or len(found) * SESSION_PLACES != places:
        raise ValueError(f"The places are a multiple of {SESSION_PLACES}, at most one session a practitioner.")
    return found


def next_patient() -> UUID:
    """Return a patient whom nobody has asked for yet."""
    return numbered(Kind.PATIENT, next(_patients), family=LARGE)


def holds_of(slots: Sequence[UUID]) -> Callable[[int], str]:
    """Return holds by number: each is of another patient, on the sessions in turn."""

    def call(number: int) -> str:
        slot = slots[number % len(slots)]
        patient = next_patient()
        return _hold_call(slot=slot, service=SERVICE, patient=patient, key=f"engine-{patient}")()

    return call


def reckoned(slots: Sequence[UUID], answered: Collection[str]) -> Reckoning:
    """Compare the sessions' rows with the appointments that were answered with 201."""
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        return compared(rows(session, TAKEN, {"clinic_id": CLINIC, "slots": list(slots)}), answered)


def compared(found: Iterable[Sequence[Any]], answered: Collection[str]) -> Reckoning:
    """Reckon up rows of slot, capacity, count and live appointment (None where a slot has none)."""
    live: dict[object, set[str]] = defaultdict(set)
    kept: dict[object, tuple[int, int]] = {}
    for slot_id, capacity, counted, appointment_id in found:
        kept[slot_id] = (capacity, counted)
        live[slot_id] |= {str(appointment_id)} if appointment_id is not None else set()
    made = set().union(*live.values())
    wrong = sum(
        max(0, len(live[slot_id]) - capacity, abs(len(live[slot_id]) - counted))
        for slot_id, (capacity, counted) in kept.items()
    )
    return Reckoning(len(made), wrong, len(set(answered) - made), len(made - set(answered)))

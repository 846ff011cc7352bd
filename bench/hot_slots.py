"""Hot slots: many callers, ten sessions. Nobody is refused while a place is left, and no place is given twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import LiteralString
from uuid import UUID

from bench.callers import Measured, by_crowd, hold_call
from bench.ground import CLERK, HOT_SLOTS, OWNER, SESSION_SERVICE, lay_hot_sessions, patient_id
from models.db import DatabaseRole, rows, transaction

ENDLESS, SMALL = 30_000, 20
_days, _patients = count(), count()

TAKEN: LiteralString = """
SELECT s.current_bookings, count(a.id) FROM slots s
  LEFT JOIN appointment_slots t ON t.clinic_id = s.clinic_id AND t.slot_id = s.id
  LEFT JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id AND a.live
 WHERE s.clinic_id = %(clinic_id)s AND s.id = ANY(%(slots)s) GROUP BY s.id, s.current_bookings
"""


@dataclass(frozen=True, slots=True)
class Hot:
    """One run on ten sessions: the measurement, the refusals while places were left, and the places given twice."""

    measured: Measured
    false_refusals: int
    oversold: int


def endless(*, callers: int, calls: int) -> Hot:
    """Hold on ten sessions whose places do not run out: every refusal is false."""
    slots = lay_hot_sessions(day=next(_days), capacity=ENDLESS)
    measured = _run(slots, callers=callers, calls=calls)
    return Hot(measured, calls - measured.heard["201"], _oversold(slots, ENDLESS))


def drained(*, callers: int) -> Hot:
    """Hold on ten sessions of 20 places with more callers than places: exactly 200 get one."""
    slots = lay_hot_sessions(day=next(_days), capacity=SMALL)
    calls = max(2 * callers, 3 * HOT_SLOTS * SMALL)
    measured = _run(slots, callers=callers, calls=calls)
    return Hot(measured, HOT_SLOTS * SMALL - measured.heard["201"], _oversold(slots, SMALL))


def _run(slots: Sequence[UUID], *, callers: int, calls: int) -> Measured:
    wishes = [
        hold_call(slot=slots[n % len(slots)], service=SESSION_SERVICE, patient=patient_id(p), key=f"hot-{p}")
        for n, p in zip(range(calls), _patients, strict=False)
    ]
    return by_crowd(wishes, callers=callers)


def _oversold(slots: Sequence[UUID], capacity: int) -> int:
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        counted = rows(session, TAKEN, {"clinic_id": CLERK.clinic_id, "slots": list(slots)})
    return sum(max(0, live - capacity) + abs(live - kept) for kept, live in counted)

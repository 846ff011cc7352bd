"""When practitioners, rooms and devices are occupied by live appointments; an expired hold occupies nothing."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import accumulate
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.terms import Moving
from app.services.booking.visit import Visit
from models.db import rows

# A hold whose time has run out, unless it is being paid for: it occupies nothing.
RUN_OUT: LiteralString = (
    "(a.status = 'pending' AND a.hold_expires_at <= %(now)s::timestamptz AND a.pay_deadline_at IS NULL)"
)
# Appointments that overlap a range. A range overlap is not an index condition under row security, so they are
# narrowed by start: no visit is longer than 8 hours, no buffer longer than 2 (see booking/plan.py).
OVERLAPPING: LiteralString = (
    """
       a.live AND NOT a.overbook
   AND a.starts_at > %(since)s::timestamptz - interval '10 hours'
   AND a.starts_at < %(until)s::timestamptz + interval '2 hours'
   AND a.occupies_until > %(since)s::timestamptz AND a.occupies_from < %(until)s::timestamptz
   AND NOT """
    + RUN_OUT
)
# An appointment is not in its own way when it is moved.
BUT_MOVING: LiteralString = " AND a.id IS DISTINCT FROM %(moving_id)s::uuid"
# The seats of one session are one row: together they occupy no more time.
OF_PRACTITIONERS: LiteralString = (
    "SELECT DISTINCT a.practitioner_id, a.slot_id, a.occupies_from, a.occupies_until FROM appointments a"
    " WHERE a.clinic_id = %(clinic_id)s::uuid AND a.practitioner_id = ANY(%(practitioner_ids)s::uuid[]) AND"
    + OVERLAPPING
    + BUT_MOVING
)
OF_ROOMS: LiteralString = (
    "SELECT r.location_id, r.id, a.slot_id, a.occupies_from, a.occupies_until"
    " FROM rooms r LEFT JOIN appointments a ON a.clinic_id = r.clinic_id AND a.room_id = r.id AND"
    + OVERLAPPING
    + BUT_MOVING
    + " WHERE r.clinic_id = %(clinic_id)s::uuid AND r.location_id = ANY(%(location_ids)s::uuid[])"
    " AND r.kind = %(kind)s::text AND r.is_active"
)
OF_DEVICES: LiteralString = (
    "SELECT r.location_id, r.id, a.slot_id, a.occupies_from, a.occupies_until"
    " FROM devices r LEFT JOIN appointments a ON a.clinic_id = r.clinic_id AND a.device_id = r.id AND"
    + OVERLAPPING
    + BUT_MOVING
    + " WHERE r.clinic_id = %(clinic_id)s::uuid AND r.location_id = ANY(%(location_ids)s::uuid[])"
    " AND r.kind = %(kind)s::text AND r.is_active"
)

# The patient's own time, without buffers; nobody is in two places, overbooked or not.
OF_PATIENT: LiteralString = (
    """
SELECT a.starts_at, a.ends_at, a.slot_id FROM appointments a
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.patient_id = %(patient_id)s::uuid AND a.live
   AND a.starts_at > %(since)s::timestamptz - interval '10 hours' AND a.starts_at < %(until)s::timestamptz
   AND NOT """
    + RUN_OUT
    + BUT_MOVING
)

Interval = tuple[datetime, datetime, UUID]


class Occupied:
    """The occupied time of one practitioner, room or device."""

    __slots__ = ("_from", "_intervals", "_latest_until")

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._intervals = sorted(intervals)
        self._from = [interval[0] for interval in self._intervals]
        # The latest end up to each interval: looking back may stop where it is past.
        self._latest_until = list(accumulate((interval[1] for interval in self._intervals), max))

    def admits(self, visit: Visit, *, slot_id: UUID) -> bool:
        """Tell whether nothing overlaps the visit but visits of the same first slot: a session's seats share it."""
        position = bisect_left(self._from, visit.occupies_until) - 1
        while position >= 0 and self._latest_until[position] > visit.occupies_from:
            _, until, taken_slot = self._intervals[position]
            if until > visit.occupies_from and taken_slot != slot_id:
                return False
            position -= 1
        return True

    def blocked_until(self, visit: Visit, *, slot_id: UUID) -> datetime | None:
        """Return the latest end of what overlaps the visit; None when it is admitted."""
        ends = [
            until
            for since, until, taken_slot in self._intervals
            if since < visit.occupies_until and until > visit.occupies_from and taken_slot != slot_id
        ]
        return max(ends, default=None)


FREE = Occupied(())


def occupied_practitioners(
    session: Session,
    clinic_id: UUID,
    *,
    practitioner_ids: Collection[UUID],
    span: tuple[datetime, datetime],
    now: datetime,
    moving_id: UUID | None = None,
) -> Mapping[UUID, Occupied]:
    """Return when the practitioners are occupied within a span; one who never is may be missing."""
    found = rows(
        session,
        OF_PRACTITIONERS,
        {
            "clinic_id": clinic_id,
            "practitioner_ids": list(practitioner_ids),
            **_span(span),
            "now": now,
            "moving_id": moving_id,
        },
    )
    intervals: dict[UUID, list[Interval]] = defaultdict(list)
    for practitioner_id, slot_id, occupies_from, occupies_until in found:
        intervals[practitioner_id].append((occupies_from, occupies_until, slot_id))
    return {practitioner_id: Occupied(taken) for practitioner_id, taken in intervals.items()}


def occupied_places(
    session: Session,
    statement: LiteralString,
    clinic_id: UUID,
    *,
    kind: str,
    location_ids: Collection[UUID],
    span: tuple[datetime, datetime],
    now: datetime,
    moving_id: UUID | None = None,
) -> Mapping[UUID, list[Occupied]]:
    """Return, for each location, when each of its rooms or devices of a kind is occupied within a span."""
    asked = {"clinic_id": clinic_id, "location_ids": list(location_ids), "kind": kind, "moving_id": moving_id}
    parameters = {**asked, **_span(span), "now": now}
    intervals: dict[UUID, dict[UUID, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for location_id, place_id, slot_id, occupies_from, occupies_until in rows(session, statement, parameters):
        taken = intervals[location_id][place_id]
        if slot_id is not None:
            taken.append((occupies_from, occupies_until, slot_id))
    return {location_id: [Occupied(taken) for taken in places.values()] for location_id, places in intervals.items()}


def occupied_patient(
    session: Session, clinic_id: UUID, *, moving: Moving, span: tuple[datetime, datetime], now: datetime
) -> Occupied:
    """Return when the patient of an appointment that is moved has others within a span."""
    asked = {"clinic_id": clinic_id, "patient_id": moving.patient_id, "moving_id": moving.id, "now": now}
    return Occupied((since, until, slot_id) for since, until, slot_id in rows(session, OF_PATIENT, asked | _span(span)))


def _span(span: tuple[datetime, datetime]) -> dict[str, Any]:
    return {"since": span[0], "until": span[1]}

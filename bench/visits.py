"""Holds and reads of the huge data set's own practitioners and patients, who have a past."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from secrets import token_hex
from typing import Any, LiteralString
from uuid import UUID

from app.services.availability.starts import first_available, open_starts
from app.services.booking.hold import Wish
from app.services.clock import utc_now
from app.services.demo.ids import LARGE, Kind, numbered
from app.services.demo.large_sql import SLOTS_A_DAY, VISIT
from bench.callers import hold_once
from bench.ground import CLERK, CLINIC
from models.appointments import Channel
from models.db import rows, transaction

SERVICE = numbered(Kind.SERVICE, VISIT, family=LARGE)
# Prime: neighbours in number are far apart as persons.
STRIDE = 104_729
# Every practitioner's next free starts, among those that are taken, one of each practitioner in turn.
FREE: LiteralString = """
SELECT id FROM (
  SELECT s.id, row_number() OVER (PARTITION BY s.practitioner_id ORDER BY s.starts_at) AS turn, s.practitioner_id
    FROM practitioners p CROSS JOIN LATERAL (
      SELECT id, practitioner_id, starts_at FROM slots
       WHERE clinic_id = p.clinic_id AND practitioner_id = p.id AND status = 'open' AND service_id IS NULL
         AND current_bookings = 0 AND starts_at > now() + interval '1 day'
       ORDER BY starts_at LIMIT %(each)s) s
   WHERE p.clinic_id = %(clinic_id)s) AS free
 ORDER BY turn, practitioner_id
"""
PEOPLE: LiteralString = """
SELECT (SELECT count(*) FROM patients WHERE clinic_id = %(clinic_id)s),
       (SELECT count(*) FROM idempotency_keys WHERE clinic_id = %(clinic_id)s)
"""
OFFERED: LiteralString = """
SELECT practitioner_id FROM practitioner_services
 WHERE clinic_id = %(clinic_id)s AND service_id = %(service_id)s ORDER BY practitioner_id
"""
MOST_CALLS = SLOTS_A_DAY * 20


def holds() -> Iterator[Callable[[], object]]:
    """Yield uncontended holds: each takes another start and another patient, who has been here before."""
    with transaction(CLERK) as session:
        slots = [row[0] for row in rows(session, FREE, {"clinic_id": CLINIC, "each": MOST_CALLS})]
        ((patients, answered),) = rows(session, PEOPLE, {"clinic_id": CLINIC})
    for number, slot_id in enumerate(slots, start=answered):
        patient_id = numbered(Kind.PATIENT, number * STRIDE % patients + 1, family=LARGE)
        yield partial(_hold, slot_id, patient_id)


def fortnight_reads() -> Iterator[Callable[[], object]]:
    """Yield reads of one practitioner's open starts for 14 days, another practitioner each time."""
    with transaction(CLERK) as session:
        offered = [row[0] for row in rows(session, OFFERED, {"clinic_id": CLINIC, "service_id": SERVICE})]
    return (partial(_fortnight, offered[number * 7 % len(offered)]) for number in count())


def first_reads() -> Iterator[Callable[[], object]]:
    """Yield searches of the first free start over all practitioners, from another hour of the day each time."""
    return (partial(_first, timedelta(hours=number % 24)) for number in count())


def _hold(slot_id: UUID, patient_id: UUID) -> None:
    heard = hold_once(Wish(slot_id, SERVICE, patient_id, Channel.DESK), token_hex(8))
    # One patient in a thousand has an appointment at that very time.
    if heard not in ("201", "patient-overlap"):
        raise RuntimeError(f"An uncontended hold was refused: {heard}.")


def _fortnight(practitioner_id: UUID) -> None:
    now = utc_now()
    asked: dict[str, Any] = {"service_id": SERVICE, "practitioner_id": practitioner_id}
    with transaction(CLERK) as session:
        if not open_starts(session, CLERK, **asked, since=now, until=now + timedelta(days=14), now=now):
            raise RuntimeError("A practitioner has no open start in a fortnight, so nothing was measured.")


def _first(later: timedelta) -> None:
    now = utc_now()
    with transaction(CLERK) as session:
        if not first_available(session, CLERK, service_id=SERVICE, since=now + later, now=now):
            raise RuntimeError("Nobody has an open start, so nothing was measured.")

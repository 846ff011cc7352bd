"""Expiry of 50,000 holds by the sweeper's own loop, one worker: how long in all, and the longest statement.

24,000 holds on single places and 26,000 as ten on each of 2,600 sessions, all run out.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, LiteralString

from app.services.booking import locks, release
from app.services.booking.expire import sweep
from app.services.clock import utc_now
from app.settings import settings
from bench.ground import EXPIRY_PATIENTS, OWNER, free_start_parameters, vacuum
from models.db import DatabaseRole, execute, rows, transaction

SINGLE, SESSIONS, SEATS = 24_000, 2_600, 10

SESSION_SLOTS: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, service_id, starts_at, ends_at,
                   max_capacity)
SELECT %(clinic_id)s, gen_random_uuid(), c.id, c.practitioner_id, c.location_id, 'bench', %(session)s,
       date_trunc('day', now()) + d * interval '1 day' + interval '4 hours',
       date_trunc('day', now()) + d * interval '1 day' + interval '4 hours 20 minutes', %(seats)s
  FROM (SELECT * FROM schedules WHERE clinic_id = %(clinic_id)s AND location_id = %(location)s) c,
       generate_series(2, 2 + (%(sessions)s + %(practitioners)s - 1) / %(practitioners)s) d
 LIMIT %(sessions)s
"""
HOLDS: LiteralString = """
WITH chosen AS (
  (SELECT id, practitioner_id, starts_at, ends_at, 1 AS places FROM slots
    WHERE clinic_id = %(clinic_id)s AND location_id = %(location)s AND service_id IS NULL AND current_bookings = 0
    ORDER BY starts_at DESC LIMIT %(single)s)
  UNION ALL
  (SELECT id, practitioner_id, starts_at, ends_at, max_capacity FROM slots
    WHERE clinic_id = %(clinic_id)s AND location_id = %(location)s AND max_capacity = %(seats)s
      AND current_bookings = 0)
), taken AS (
  UPDATE slots s SET current_bookings = c.places FROM chosen c
   WHERE s.clinic_id = %(clinic_id)s AND s.id = c.id
), made AS (
  INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                            starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone,
                            hold_expires_at, currency, channel, made_by, created_at, updated_at)
  SELECT %(clinic_id)s, gen_random_uuid(),
         (%(patient)s || lpad((%(first)s + %(people)s + row_number() OVER ())::text, 12, '0'))::uuid,
         practitioner_id, %(location)s, CASE WHEN places = 1 THEN %(service)s ELSE %(session)s END::uuid, id,
         'pending', starts_at, ends_at, starts_at, ends_at, starts_at AT TIME ZONE 'Europe/Berlin', 'Europe/Berlin',
         now() - interval '1 minute', 'EUR', 'desk', 'user:bench', now(), now()
    FROM chosen CROSS JOIN generate_series(1, places)
  RETURNING id, slot_id
)
INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id) SELECT %(clinic_id)s, id, slot_id FROM made
"""
WRONG: LiteralString = """
SELECT count(*) FROM slots s
 WHERE s.clinic_id = %(clinic_id)s AND s.location_id = %(location)s AND s.current_bookings <> (
   SELECT count(*) FROM appointment_slots t
     JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id AND a.live
    WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id)
"""


@dataclass(frozen=True, slots=True)
class Expiry:
    """How many holds ended, in how long, the longest statement, and the slots whose count is wrong afterwards."""

    holds: int
    seconds: float
    longest_ms: float
    wrong: int


def expiry() -> Expiry:
    """Make the holds and let the sweeper's transaction end them, batch by batch."""
    parameters = free_start_parameters() | {
        "single": SINGLE,
        "sessions": SESSIONS,
        "seats": SEATS,
        "people": EXPIRY_PATIENTS,
    }
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        execute(session, SESSION_SLOTS, parameters)
        execute(session, HOLDS, parameters)
    vacuum()
    longest: list[float] = [0.0]
    for module in (locks, release):
        module.rows = _timed(longest)  # type: ignore[attr-defined]
    ended, begin = 0, time.perf_counter()
    while swept := _batch():
        ended += swept
    seconds = time.perf_counter() - begin
    for module in (locks, release):
        module.rows = rows  # type: ignore[attr-defined]
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        ((wrong,),) = rows(session, WRONG, parameters)
    return Expiry(ended, seconds, longest[0], wrong)


def _batch() -> int:
    with transaction(OWNER, role=DatabaseRole.WORKER) as session:
        return len(sweep(session, OWNER, batch=settings().sweep_batch, now=utc_now()))


def _timed(longest: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        begin = time.perf_counter()
        found = rows(*arguments)
        longest[0] = max(longest[0], (time.perf_counter() - begin) * 1000)
        return found

    return timed

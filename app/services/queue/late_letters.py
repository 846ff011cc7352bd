"""Letters about a practitioner who runs late: to whoever waits for them, and to whoever is to come in the next hours.

Each step (20 minutes, then 30, then none) is one event for each patient. They wait as long as the desk's own changes
do, so that a slip of the finger sends nothing; what is true by then is written by messages/late.py.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from sqlmodel import Session

from app.settings import settings
from models.base import new_id
from models.db import execute, rows
from models.principal import Principal

# Whoever comes later than this will see for themselves whether it is still true.
AHEAD = timedelta(hours=4)
# The steps of one patient are counted for themselves: they are no versions of the appointment, which stays as it is.
AFFECTED: LiteralString = """
SELECT a.id, 1 + (SELECT count(*) FROM outbox_events o
                   WHERE o.clinic_id = a.clinic_id AND o.aggregate_id = a.id AND o.kind = 'appointment.late')
  FROM appointments a
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id AND p.email_sealed IS NOT NULL
  LEFT JOIN queue_tickets t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.location_id = %(location_id)s::uuid
   AND coalesce(t.practitioner_id, a.practitioner_id) = %(practitioner_id)s::uuid
   AND (a.status = 'booked' AND a.starts_at > %(now)s::timestamptz AND a.starts_at < %(until)s::timestamptz
        OR a.status IN ('arrived', 'checked-in') AND a.roomed_at IS NULL AND t.on_date = %(on_date)s::date)
 ORDER BY a.id
"""
WRITE: LiteralString = """
INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                           created_at)
SELECT %(clinic_id)s::uuid, n.id, 'appointment.late', n.appointment_id, n.step, %(payload)s::jsonb,
       'appointment.late/' || n.appointment_id || '/' || n.step, %(not_before)s::timestamptz, %(now)s::timestamptz
  FROM unnest(%(ids)s::uuid[], %(appointments)s::uuid[], %(steps)s::int[]) AS n (id, appointment_id, step)
"""


@dataclass(frozen=True, slots=True)
class Delay:
    """By how many minutes a practitioner is late at a location on a day."""

    practitioner_id: UUID
    location_id: UUID
    on_date: date
    minutes: int


def write_late_letters(session: Session, principal: Principal, *, delay: Delay, timezone: str, now: datetime) -> int:
    """Write an event for each patient who is to be told and has an e-mail address; return how many.

    That nobody is late any more concerns only whoever was told something else. The caller has written the delay,
    whose row holds a second one back until the commit.
    """
    found = rows(session, AFFECTED, _asked(principal, delay, timezone=timezone, now=now))
    told = [row for row in found if delay.minutes > 0 or row[1] > 1]
    if not told:
        return 0
    payload = {"minutes": delay.minutes, "on_date": delay.on_date.isoformat()}
    written = {
        "clinic_id": principal.clinic_id,
        "ids": [new_id() for _ in told],
        "appointments": [row[0] for row in told],
        "steps": [row[1] for row in told],
        "payload": Jsonb(payload),
        "not_before": now + timedelta(minutes=settings().undo_minutes),
        "now": now,
    }
    return execute(session, WRITE, written)


def _asked(principal: Principal, delay: Delay, *, timezone: str, now: datetime) -> dict[str, Any]:
    midnight = datetime.combine(delay.on_date + timedelta(days=1), time(), ZoneInfo(timezone))
    return {
        "clinic_id": principal.clinic_id,
        "practitioner_id": delay.practitioner_id,
        "location_id": delay.location_id,
        "on_date": delay.on_date,
        "until": min(now + AHEAD, midnight),
        "now": now,
    }

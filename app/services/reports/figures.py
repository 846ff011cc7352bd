"""The clinics' figures for the operators: queues, and how holds, appointments and patients turn out.

Every figure is a part and a whole, so that clinics can be added; a whole of nothing has no ratio.

- confirmation: of the holds made in the last hour and at least 5 minutes ago, those booked within 5 minutes;
- cancellation: of the appointments that were to start in the last 30 days, those cancelled (an expired hold was
  never an appointment);
- utilisation: of the minutes bookable in the last 7 days, those taken, a session's by its places;
- retention: of the patients seen 120 to 30 days ago, those seen or booked since.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import LiteralString

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from models.db import first_row, rows
from models.principal import Principal

QUEUES: LiteralString = """
SELECT count(*) FILTER (WHERE state = 'ready'), count(*) FILTER (WHERE state = 'dead'),
       coalesce(extract(epoch FROM %(now)s::timestamptz
                - min(not_before) FILTER (WHERE state = 'ready' AND not_before <= %(now)s::timestamptz)), 0)::float
  FROM outbox_events WHERE clinic_id = %(clinic_id)s::uuid AND state IN ('ready', 'dead')
"""
# From the audit rows, which have an index by time; appointments have none by when they were made.
CONFIRMATION: LiteralString = """
SELECT count(*) FILTER (WHERE EXISTS (
         SELECT 1 FROM audit_events c
          WHERE c.clinic_id = h.clinic_id AND c.object_id = h.object_id AND c.action = 'confirm'
            AND c.at <= h.at + interval '5 minutes')), count(*)
  FROM audit_events h
 WHERE h.clinic_id = %(clinic_id)s::uuid AND h.action = 'hold'
   AND h.at > %(now)s::timestamptz - interval '65 minutes' AND h.at <= %(now)s::timestamptz - interval '5 minutes'
"""
CANCELLATION: LiteralString = """
SELECT count(*) FILTER (WHERE a.status = 'cancelled'), count(*)
  FROM appointments a
 WHERE a.clinic_id = %(clinic_id)s::uuid
   AND a.location_id IN (SELECT l.id FROM locations l WHERE l.clinic_id = %(clinic_id)s::uuid)
   AND a.starts_at > %(now)s::timestamptz - interval '30 days' AND a.starts_at <= %(now)s::timestamptz
   AND a.status NOT IN ('pending', 'entered-in-error')
   AND a.cancel_reason IS DISTINCT FROM 'hold-expired' AND a.cancel_reason IS DISTINCT FROM 'moved'
"""
UTILISATION: LiteralString = """
SELECT coalesce(sum(extract(epoch FROM s.ends_at - s.starts_at) * s.current_bookings), 0)::float / 60,
       coalesce(sum(extract(epoch FROM s.ends_at - s.starts_at) * s.max_capacity), 0)::float / 60
  FROM slots s
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.status = 'open'
   AND s.location_id IN (SELECT l.id FROM locations l WHERE l.clinic_id = %(clinic_id)s::uuid)
   AND s.starts_at > %(now)s::timestamptz - interval '7 days' AND s.starts_at <= %(now)s::timestamptz
"""
RETENTION: LiteralString = """
WITH seen AS (
  SELECT DISTINCT a.patient_id FROM appointments a
   WHERE a.clinic_id = %(clinic_id)s::uuid AND a.status = 'fulfilled'
     AND a.location_id IN (SELECT l.id FROM locations l WHERE l.clinic_id = %(clinic_id)s::uuid)
     AND a.starts_at > %(now)s::timestamptz - interval '120 days'
     AND a.starts_at <= %(now)s::timestamptz - interval '30 days'
)
SELECT count(*) FILTER (WHERE EXISTS (
         SELECT 1 FROM appointments b
          WHERE b.clinic_id = %(clinic_id)s::uuid AND b.patient_id = seen.patient_id AND b.live
            AND b.status <> 'pending' AND b.starts_at > %(now)s::timestamptz - interval '30 days')), count(*)
  FROM seen
"""
# Another role's connections show no state to us.
CONNECTIONS: LiteralString = """
SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
 WHERE datname = current_database() GROUP BY 1 ORDER BY 1
"""
MOST_CONNECTIONS: LiteralString = "SELECT current_setting('max_connections')::int"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: float = 0.0
    whole: float = 0.0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def ratio(self) -> float | None:
        """The share, None when there is nothing to share."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Queues:
    """How many outbox rows wait or need a person, and how long the oldest that is due waits."""

    ready: int = 0
    dead: int = 0
    oldest_seconds: float = 0.0

    def __add__(self, other: "Queues") -> "Queues":
        oldest = max(self.oldest_seconds, other.oldest_seconds)
        return Queues(self.ready + other.ready, self.dead + other.dead, oldest)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The slow figures, which change little from minute to minute."""

    cancellation: Share = Share()
    utilisation: Share = Share()
    retention: Share = Share()

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def queues(session: Session, principal: Principal, *, now: datetime) -> Queues:
    """Return one clinic's queues."""
    require(principal, Permission.REPORTS_READ)
    found = first_row(session, QUEUES, {"clinic_id": principal.clinic_id, "now": now})
    return Queues(*found) if found else Queues()


def confirmation(session: Session, principal: Principal, *, now: datetime) -> Share:
    """Return how many of one clinic's holds of the last hour were booked within 5 minutes."""
    return _share(session, principal, CONFIRMATION, now=now)


def outcomes(session: Session, principal: Principal, *, now: datetime) -> Outcomes:
    """Return one clinic's cancellation, utilisation and retention."""
    return Outcomes(
        cancellation=_share(session, principal, CANCELLATION, now=now),
        utilisation=_share(session, principal, UTILISATION, now=now),
        retention=_share(session, principal, RETENTION, now=now),
    )


def connections(session: Session) -> tuple[dict[str, int], int]:
    """Return the database's connections by state, and how many it allows."""
    most = first_row(session, MOST_CONNECTIONS, {})
    return dict(rows(session, CONNECTIONS, {})), most[0] if most else 0


def _share(session: Session, principal: Principal, statement: LiteralString, *, now: datetime) -> Share:
    require(principal, Permission.REPORTS_READ)
    found = first_row(session, statement, {"clinic_id": principal.clinic_id, "now": now})
    return Share(float(found[0]), float(found[1])) if found else Share()

"""What time and other hands have decided: offers that ran out, holds that somebody else ended, wishes that lapse or
that the desk has fulfilled in another way.
"""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Change
from app.services.booking.expire import change_of, expire_holds
from app.services.booking.locks import lock_visits
from app.services.booking.release import release
from models.appointments import AppointmentStatus, CancelReason
from models.db import execute, rows
from models.principal import Principal

BATCH = 100

# A hold that is being paid is nobody's to end.
RUN_OUT: LiteralString = """
SELECT a.id FROM waitlist_offers o
  JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.appointment_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.status = 'open' AND o.expires_at <= %(now)s::timestamptz
   AND a.status = 'pending' AND a.pay_deadline_at IS NULL
 ORDER BY o.expires_at LIMIT %(batch)s::int
"""
# The patient has the service: booked since the wish was made, by whoever it was. Who waits to be moved earlier has it
# anyway.
HAS_IT: LiteralString = """e.appointment_id IS NULL AND EXISTS (
  SELECT 1 FROM appointments b
   WHERE b.clinic_id = e.clinic_id AND b.patient_id = e.patient_id AND b.service_id = e.service_id AND b.live
     AND b.status <> 'pending' AND b.booked_at > e.created_at)"""
# What was to be moved earlier is no later than the place by now, or has its visit already: `accept` would refuse it.
# Where it was cancelled, the place is booked as any other.
CANNOT_MOVE: LiteralString = """EXISTS (
  SELECT 1 FROM appointments m
   WHERE m.clinic_id = e.clinic_id AND m.id = e.appointment_id AND m.status <> 'cancelled'
     AND (m.status <> 'booked' OR m.starts_at <= a.starts_at))"""
NEEDLESS: LiteralString = (
    """
SELECT a.id FROM waitlist_offers o
  JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id
  JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.appointment_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.status = 'open' AND a.status = 'pending' AND a.pay_deadline_at IS NULL
   AND ("""
    + HAS_IT
    + " OR "
    + CANNOT_MOVE
    + ") ORDER BY a.id LIMIT %(batch)s::int"
)
FULFIL: LiteralString = (
    """
WITH over AS MATERIALIZED (
  SELECT e.id FROM waitlist_entries e
   WHERE e.clinic_id = %(clinic_id)s::uuid AND e.status = 'waiting' AND """
    + HAS_IT
    + """
   ORDER BY e.id LIMIT %(batch)s::int FOR NO KEY UPDATE OF e SKIP LOCKED
), fulfilled AS (
  UPDATE waitlist_entries e SET status = 'booked', version = version + 1, updated_at = %(now)s::timestamptz,
                                ended_at = %(now)s::timestamptz
    FROM over WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = over.id
  RETURNING e.id
)
INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, request_id)
SELECT %(clinic_id)s::uuid, gen_random_uuid(), %(now)s::timestamptz, %(actor)s::text, 'waitlist-fulfil',
       'waitlist-entry', id, 'waiting', 'booked', %(request_id)s::text FROM fulfilled
"""
)
# By the hold, which has the last word: the desk may have booked or ended it, the sweeper may have come first.
SETTLE: LiteralString = """
WITH over AS MATERIALIZED (
  SELECT o.id, e.id AS entry_id,
         CASE WHEN a.live OR a.status = 'noshow' THEN 'accepted' WHEN a.cancel_reason = 'hold-expired' THEN 'expired'
              ELSE 'declined' END AS outcome
    FROM waitlist_offers o
    JOIN waitlist_entries e ON e.clinic_id = o.clinic_id AND e.id = o.entry_id
    JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.appointment_id
   WHERE o.clinic_id = %(clinic_id)s::uuid AND o.status = 'open' AND a.status <> 'pending'
   ORDER BY e.id LIMIT %(batch)s::int FOR NO KEY UPDATE OF e SKIP LOCKED
), closed AS (
  UPDATE waitlist_offers o SET status = over.outcome, answered_at = %(now)s::timestamptz
    FROM over WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = over.id AND o.status = 'open'
  RETURNING o.id, over.entry_id, over.outcome
), stands AS (
  UPDATE waitlist_entries e
     SET status = CASE WHEN c.outcome = 'accepted' THEN 'booked' ELSE 'waiting' END, version = version + 1,
         ended_at = CASE WHEN c.outcome = 'accepted' THEN %(now)s::timestamptz END, updated_at = %(now)s::timestamptz
    FROM closed c WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = c.entry_id AND e.status = 'offered'
  RETURNING e.id, e.status, c.id AS offer_id, c.outcome
)
INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, detail,
                          request_id)
SELECT %(clinic_id)s::uuid, gen_random_uuid(), %(now)s::timestamptz, %(actor)s::text,
       CASE s.outcome WHEN 'accepted' THEN 'waitlist-accept' WHEN 'expired' THEN 'waitlist-expire'
                      ELSE 'waitlist-decline' END,
       'waitlist-entry', s.id, 'offered', s.status, jsonb_build_object('offer_id', s.offer_id), %(request_id)s::text
  FROM stands s
"""
# The last day is over where the wish is for, or at every site of the clinic when it is for any; the appointment that
# was to be moved earlier has begun, or is none any more.
LAPSE: LiteralString = """
WITH over AS MATERIALIZED (
  SELECT e.id FROM waitlist_entries e
    LEFT JOIN appointments a ON a.clinic_id = e.clinic_id AND a.id = e.appointment_id
   WHERE e.clinic_id = %(clinic_id)s::uuid AND e.status = 'waiting'
     AND (a.starts_at <= %(now)s::timestamptz OR a.status <> 'booked'
          OR e.latest_on < (SELECT min((%(now)s::timestamptz AT TIME ZONE l.timezone)::date) FROM locations l
                             WHERE l.clinic_id = e.clinic_id AND l.is_active
                               AND (e.location_id IS NULL OR l.id = e.location_id)))
   ORDER BY e.id LIMIT %(batch)s::int FOR NO KEY UPDATE OF e SKIP LOCKED
), lapsed AS (
  UPDATE waitlist_entries e SET status = 'lapsed', version = version + 1, updated_at = %(now)s::timestamptz,
                                ended_at = %(now)s::timestamptz
    FROM over WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = over.id
  RETURNING e.id
)
INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind, object_id, from_status, to_status, request_id)
SELECT %(clinic_id)s::uuid, gen_random_uuid(), %(now)s::timestamptz, %(actor)s::text, 'waitlist-lapse',
       'waitlist-entry', id, 'waiting', 'lapsed', %(request_id)s::text FROM lapsed
"""


def end_run_out_offers(session: Session, principal: Principal, *, now: datetime) -> list[Change]:
    """Give back the places of offers whose time has run out, without waiting for the sweeper."""
    run_out = rows(session, RUN_OUT, {"clinic_id": principal.clinic_id, "batch": BATCH, "now": now})
    held: list[UUID] = [appointment_id for (appointment_id,) in run_out]
    if not held:
        return []
    lock_visits(session, principal.clinic_id, held)
    return expire_holds(session, principal, appointment_ids=held, now=now)


def end_needless_offers(session: Session, principal: Principal, *, now: datetime) -> list[Change]:
    """Give back what is held for those who need it no more or cannot take it any more; `settle` says the rest."""
    needless = rows(session, NEEDLESS, {"clinic_id": principal.clinic_id, "batch": BATCH})
    held: list[UUID] = [appointment_id for (appointment_id,) in needless]
    if not held:
        return []
    lock_visits(session, principal.clinic_id, held)
    ended = release(
        session,
        principal,
        appointment_ids=held,
        action="cancel",
        reason=CancelReason.CLINIC,
        from_status=AppointmentStatus.PENDING,
        now=now,
    )
    return [change_of(principal.clinic_id, row) for row in ended]


def settle(session: Session, principal: Principal, *, now: datetime) -> int:
    """Close offers whose hold has ended or was booked by others, and let wishes end that lapsed or are fulfilled.

    Returns how many changed.
    """
    parameters = {
        "clinic_id": principal.clinic_id,
        "actor": principal.actor,
        "request_id": principal.request_id,
        "batch": BATCH,
        "now": now,
    }
    return sum(execute(session, statement, parameters) for statement in (SETTLE, FULFIL, LAPSE))

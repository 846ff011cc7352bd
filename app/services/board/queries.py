"""The statements that read a board: a location's day in whole minutes from its local midnight."""

from typing import LiteralString

# Open base slots joined into spans while one follows the other at the same length.
SPANS: LiteralString = """
WITH base AS (
  SELECT practitioner_id, starts_at, ends_at, ends_at - starts_at AS size,
         lag(ends_at) OVER one AS ended, lag(ends_at - starts_at) OVER one AS sized
    FROM slots
   WHERE clinic_id = %(clinic_id)s AND location_id = %(location_id)s AND status = 'open' AND service_id IS NULL
     AND starts_at >= %(begin)s AND starts_at < %(until)s
  WINDOW one AS (PARTITION BY practitioner_id ORDER BY starts_at)
), runs AS (
  SELECT practitioner_id, starts_at, ends_at, size,
         count(*) FILTER (WHERE ended IS DISTINCT FROM starts_at OR sized IS DISTINCT FROM size)
           OVER (PARTITION BY practitioner_id ORDER BY starts_at) AS run
    FROM base
)
SELECT practitioner_id, (extract(epoch FROM min(starts_at) - %(begin)s) / 60)::int,
       (extract(epoch FROM max(ends_at) - %(begin)s) / 60)::int, (extract(epoch FROM min(size)) / 60)::int
  FROM runs GROUP BY practitioner_id, run ORDER BY practitioner_id, min(starts_at)
"""

# Hours of the day that somebody closed, and leave, whose reason is nobody's on the board: it is only said to be leave.
BLOCKS: LiteralString = """
WITH closed AS (
  SELECT e.id, s.practitioner_id, (e.on_date + e.starts_local) AT TIME ZONE %(zone)s AS starts_at,
         (e.on_date + e.ends_local) AT TIME ZONE %(zone)s AS ends_at, e.reason
    FROM schedule_exceptions e JOIN schedules s ON s.clinic_id = e.clinic_id AND s.id = e.schedule_id
   WHERE e.clinic_id = %(clinic_id)s AND s.location_id = %(location_id)s AND e.on_date = %(day)s::date
     AND e.kind = 'closed'
  UNION ALL
  SELECT NULL, l.practitioner_id, greatest(l.starts_local AT TIME ZONE %(zone)s, %(begin)s),
         least(l.ends_local AT TIME ZONE %(zone)s, %(until)s), ''
    FROM leaves l
   WHERE l.clinic_id = %(clinic_id)s AND l.starts_local < %(day)s::date + 1 AND l.ends_local > %(day)s::date
     AND EXISTS (SELECT 1 FROM schedules s WHERE s.clinic_id = l.clinic_id AND s.location_id = %(location_id)s
                    AND s.practitioner_id = l.practitioner_id)
)
SELECT id, practitioner_id, (extract(epoch FROM starts_at - %(begin)s) / 60)::int,
       (extract(epoch FROM ends_at - %(begin)s) / 60)::int, reason
  FROM closed WHERE ends_at > starts_at ORDER BY practitioner_id, starts_at, id
"""

ROOMS: LiteralString = """
SELECT id, name FROM rooms WHERE clinic_id = %(clinic_id)s AND location_id = %(location_id)s AND is_active
 ORDER BY name, id
"""

# Visits of one patient each; those of a session are counted on its own card. A hold whose time has run out
# is free, a moved or expired one was never a visit to be seen.
_VISITS: LiteralString = """
SELECT a.id, a.practitioner_id, (extract(epoch FROM a.starts_at - %(begin)s) / 60)::int,
       (extract(epoch FROM a.ends_at - %(begin)s) / 60)::int,
       (extract(epoch FROM a.occupies_from - %(begin)s) / 60)::int,
       (extract(epoch FROM a.occupies_until - %(begin)s) / 60)::int,
       CASE WHEN a.status = 'checked-in' AND a.roomed_at IS NOT NULL THEN 'in-room' ELSE a.status END,
       a.service_id, CASE WHEN a.status = 'pending' AND a.pay_deadline_at IS NULL
                          THEN (extract(epoch FROM a.hold_expires_at) * 1000)::bigint END,
       a.version, a.patient_id, p.version, a.overbook::int, coalesce(a.series_number, 0), coalesce(r.occurrences, 0),
       a.room_id,
       (NOT EXISTS (SELECT 1 FROM appointments e WHERE e.clinic_id = a.clinic_id AND e.patient_id = a.patient_id
                       AND e.status = 'fulfilled' AND e.id <> a.id))::int
         + 2 * (p.alert_sealed IS NOT NULL)::int + 4 * p.needs_interpreter::int
         + 8 * (v.needs_referral AND NOT a.has_referral)::int + 16 * (p.guardian_id IS NOT NULL)::int,
       CASE WHEN a.status IN ('arrived', 'checked-in') THEN coalesce(q.number, 0) ELSE 0 END,
       p.given_name_sealed, p.family_name_sealed
  FROM appointments a
  JOIN slots s ON s.clinic_id = a.clinic_id AND s.id = a.slot_id AND s.service_id IS NULL
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN services v ON v.clinic_id = a.clinic_id AND v.id = a.service_id
  LEFT JOIN series r ON r.clinic_id = a.clinic_id AND r.id = a.series_id
  LEFT JOIN queue_tickets q ON q.clinic_id = a.clinic_id AND q.appointment_id = a.id
 WHERE a.clinic_id = %(clinic_id)s AND a.location_id = %(location_id)s
   AND a.starts_at >= %(begin)s AND a.starts_at < %(until)s AND a.status <> 'entered-in-error'
   AND (a.cancel_reason IS NULL OR a.cancel_reason NOT IN ('hold-expired', 'moved'))
   AND (a.status <> 'pending' OR a.hold_expires_at > %(now)s OR a.pay_deadline_at IS NOT NULL)
"""
VISITS: LiteralString = _VISITS + " ORDER BY a.starts_at, a.id"
VISITS_OF: LiteralString = _VISITS + " AND a.practitioner_id = ANY(%(whose)s::uuid[]) ORDER BY a.starts_at, a.id"

_SESSIONS: LiteralString = """
SELECT s.id, s.practitioner_id, (extract(epoch FROM s.starts_at - %(begin)s) / 60)::int,
       (extract(epoch FROM s.ends_at - %(begin)s) / 60)::int, s.service_id, s.max_capacity,
       s.current_bookings + s.overbooked - (
         SELECT count(*) FROM appointments h
          WHERE h.clinic_id = s.clinic_id AND h.slot_id = s.id AND h.status = 'pending'
            AND h.hold_expires_at <= %(now)s AND h.pay_deadline_at IS NULL)
  FROM slots s
 WHERE s.clinic_id = %(clinic_id)s AND s.location_id = %(location_id)s AND s.service_id IS NOT NULL
   AND s.starts_at >= %(begin)s AND s.starts_at < %(until)s
   AND (s.status = 'open' OR s.current_bookings + s.overbooked > 0)
"""
SESSIONS: LiteralString = _SESSIONS + " ORDER BY s.starts_at, s.id"
SESSIONS_OF: LiteralString = _SESSIONS + " AND s.practitioner_id = ANY(%(whose)s::uuid[]) ORDER BY s.starts_at, s.id"

PRACTITIONERS: LiteralString = """
SELECT id, display_name, specialty FROM practitioners
WHERE clinic_id = %(clinic_id)s AND id = ANY(%(ids)s) ORDER BY display_name, id
"""

SERVICES: LiteralString = """
SELECT id, name FROM services WHERE clinic_id = %(clinic_id)s ORDER BY name, id
"""

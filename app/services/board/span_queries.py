"""The statements that read many days of many locations: each day brings its own bounds in its location's zone."""

from typing import LiteralString

WANTED: LiteralString = """
WITH wanted AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(days)s::date[], %(begins)s::timestamptz[], %(untils)s::timestamptz[],
                       %(zones)s::text[]) AS wanted(location_id, day, begin_at, until_at, zone)
)"""
# Whose appointments are asked for; no array means everybody.
WHOSE: LiteralString = """
   AND (%(only)s::uuid[] IS NULL OR a.practitioner_id = ANY(%(only)s::uuid[]))
   AND a.practitioner_id <> ALL(%(hidden)s::uuid[])
   AND (%(services)s::uuid[] IS NULL OR a.service_id = ANY(%(services)s::uuid[]))
"""
NOT_LAPSED: LiteralString = """
   AND (a.status <> 'pending' OR a.hold_expires_at > %(now)s OR a.pay_deadline_at IS NOT NULL)
"""
# As the board shows them (queries.VISITS): a visit of one patient, times as the location's clock tells them.
VISITS: LiteralString = (
    WANTED
    + """
SELECT w.day, a.id, a.starts_at AT TIME ZONE w.zone, a.ends_at AT TIME ZONE w.zone,
       CASE WHEN a.status = 'checked-in' AND a.roomed_at IS NOT NULL THEN 'in-room' ELSE a.status END,
       d.display_name, v.name, v.stripe, l.name, a.overbook, a.patient_id, p.given_name_sealed, p.family_name_sealed
  FROM wanted w
  JOIN appointments a ON a.clinic_id = %(clinic_id)s AND a.location_id = w.location_id
   AND a.starts_at >= w.begin_at AND a.starts_at < w.until_at
  JOIN slots s ON s.clinic_id = a.clinic_id AND s.id = a.slot_id AND s.service_id IS NULL
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN (SELECT id, name, (row_number() OVER (ORDER BY name, id) - 1) %% %(stripes)s + 1 AS stripe
          FROM services WHERE clinic_id = %(clinic_id)s) v ON v.id = a.service_id
 WHERE a.status <> 'entered-in-error'
   AND (a.cancel_reason IS NULL OR %(with_ended)s AND a.cancel_reason NOT IN ('hold-expired', 'moved'))
"""
    + WHOSE
    + NOT_LAPSED
    + " ORDER BY a.starts_at, d.display_name, a.id"
)
SESSIONS: LiteralString = (
    WANTED
    + """
SELECT w.day, a.id, a.starts_at AT TIME ZONE w.zone, a.ends_at AT TIME ZONE w.zone, d.display_name, v.name, v.stripe,
       l.name, a.max_capacity, a.current_bookings + a.overbooked - (
         SELECT count(*) FROM appointments h
          WHERE h.clinic_id = a.clinic_id AND h.slot_id = a.id AND h.status = 'pending'
            AND h.hold_expires_at <= %(now)s AND h.pay_deadline_at IS NULL)
  FROM wanted w
  JOIN slots a ON a.clinic_id = %(clinic_id)s AND a.location_id = w.location_id
   AND a.starts_at >= w.begin_at AND a.starts_at < w.until_at
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN (SELECT id, name, (row_number() OVER (ORDER BY name, id) - 1) %% %(stripes)s + 1 AS stripe
          FROM services WHERE clinic_id = %(clinic_id)s) v ON v.id = a.service_id
 WHERE (a.status = 'open' OR a.current_bookings + a.overbooked > 0)
"""
    + WHOSE
    + " ORDER BY a.starts_at, d.display_name, a.id"
)
# How many cards a span would be: what is too much is never read.
CARDS: LiteralString = (
    WANTED
    + """
SELECT count(*)
  FROM wanted w
  JOIN appointments a ON a.clinic_id = %(clinic_id)s AND a.location_id = w.location_id
   AND a.starts_at >= w.begin_at AND a.starts_at < w.until_at
  JOIN slots s ON s.clinic_id = a.clinic_id AND s.id = a.slot_id AND s.service_id IS NULL
 WHERE a.status <> 'entered-in-error'
   AND (a.cancel_reason IS NULL OR %(with_ended)s AND a.cancel_reason NOT IN ('hold-expired', 'moved'))
"""
    + WHOSE
    + NOT_LAPSED
)
# Appointments, and of the places how many are taken; a hold that has run out takes none.
VISITS_OF: LiteralString = (
    """, count(*) AS n
    FROM wanted w
    JOIN appointments a ON a.clinic_id = %(clinic_id)s AND a.location_id = w.location_id
     AND a.starts_at >= w.begin_at AND a.starts_at < w.until_at
   WHERE a.status NOT IN ('cancelled', 'entered-in-error')
"""
    + WHOSE
    + NOT_LAPSED
)
LAPSED_OF: LiteralString = (
    """, count(*) AS n
    FROM wanted w
    JOIN appointments a ON a.clinic_id = %(clinic_id)s AND a.location_id = w.location_id
     AND a.starts_at >= w.begin_at AND a.starts_at < w.until_at AND a.status = 'pending'
     AND a.hold_expires_at <= %(now)s AND a.pay_deadline_at IS NULL AND NOT a.overbook
    JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
   WHERE true
"""
    + WHOSE
)
PLACES_OF: LiteralString = """, sum(a.max_capacity) AS n, sum(a.current_bookings) AS taken
    FROM wanted w
    JOIN slots a ON a.clinic_id = %(clinic_id)s AND a.location_id = w.location_id
     AND a.starts_at >= w.begin_at AND a.starts_at < w.until_at
   WHERE a.status = 'open' AND %(services)s::uuid[] IS NULL
     AND (%(only)s::uuid[] IS NULL OR a.practitioner_id = ANY(%(only)s::uuid[]))
     AND a.practitioner_id <> ALL(%(hidden)s::uuid[])
"""
FIGURES: LiteralString = """
coalesce(v.n, 0)::int, greatest(0, coalesce(p.taken, 0) - coalesce(l.n, 0))::int, coalesce(p.n, 0)::int
"""


def _counted(by: LiteralString) -> LiteralString:
    """Return the three figures by the columns that are named."""
    group: LiteralString = " GROUP BY " + by
    visits: LiteralString = ", visits AS (SELECT " + by + VISITS_OF + group + ")"
    lapsed: LiteralString = ", lapsed AS (SELECT " + by + LAPSED_OF + group + ")"
    return WANTED + visits + lapsed + ", places AS (SELECT " + by + PLACES_OF + group + ")"


COUNTS: LiteralString = (
    _counted("w.day")
    + "SELECT d.day, "
    + FIGURES
    + """
  FROM (SELECT DISTINCT day FROM wanted) d
  LEFT JOIN visits v USING (day) LEFT JOIN lapsed l USING (day) LEFT JOIN places p USING (day)
 ORDER BY d.day
"""
)
# Only who has something in a day, or time for it.
COUNTS_BY_PERSON: LiteralString = (
    _counted("w.day, a.practitioner_id")
    + "SELECT d.day, d.practitioner_id, "
    + FIGURES
    + """
  FROM (SELECT day, practitioner_id FROM visits UNION SELECT day, practitioner_id FROM places) d
  LEFT JOIN visits v USING (day, practitioner_id) LEFT JOIN lapsed l USING (day, practitioner_id)
  LEFT JOIN places p USING (day, practitioner_id)
 ORDER BY d.day, d.practitioner_id
"""
)
PEOPLE: LiteralString = """
SELECT p.id, p.display_name, p.specialty FROM practitioners p
 WHERE p.clinic_id = %(clinic_id)s AND p.is_active AND EXISTS (
   SELECT 1 FROM schedules s WHERE s.clinic_id = p.clinic_id AND s.practitioner_id = p.id AND s.is_active
      AND s.location_id = ANY(%(ids)s::uuid[]))
 ORDER BY p.display_name, p.id
"""
SERVICES: LiteralString = """
SELECT id, name FROM services WHERE clinic_id = %(clinic_id)s AND is_active ORDER BY name, id
"""

"""The numbers of those who have come today, as the queue would have given them."""

from typing import LiteralString

# By the order of arrival; the ticket has its appointment's id, so that the same moment makes the same rows.
MAKE_TICKETS: LiteralString = """
INSERT INTO queue_tickets (clinic_id, id, location_id, on_date, number, appointment_id, practitioner_id, is_walk_in,
                           state, before, since_at, called_at, called_to, calls, room_id, created_at)
SELECT a.clinic_id, a.id, a.location_id, here.today,
       row_number() OVER (PARTITION BY a.location_id ORDER BY a.arrived_at, a.id), a.id, a.practitioner_id, false,
       CASE WHEN a.status = 'fulfilled' THEN 'ended' WHEN a.roomed_at IS NOT NULL THEN 'in-room' ELSE 'waiting' END,
       CASE WHEN a.status = 'fulfilled' THEN 'in-room' WHEN a.roomed_at IS NOT NULL THEN 'called' END,
       a.arrived_at, a.roomed_at, CASE WHEN a.roomed_at IS NOT NULL THEN coalesce(r.name, '') END,
       CASE WHEN a.roomed_at IS NULL THEN 0 ELSE 1 END, a.room_id, a.arrived_at
  FROM appointments a
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  LEFT JOIN rooms r ON r.clinic_id = a.clinic_id AND r.id = a.room_id
  CROSS JOIN LATERAL (SELECT (%(now)s::timestamptz AT TIME ZONE l.timezone)::date AS today) here
 WHERE a.clinic_id = %(clinic_id)s AND a.status IN ('arrived', 'checked-in', 'fulfilled')
   AND a.arrived_at >= %(now)s::timestamptz - interval '2 days'
   AND ((a.arrived_at AT TIME ZONE l.timezone)::date = here.today OR a.status <> 'fulfilled')
"""

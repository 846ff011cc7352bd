"""The statements that make the past of the huge data set: days that are over, one after the other, as they were lived.

Past slot n lies on day (n - 1) / 24 / practitioners, the oldest first, with practitioner (n - 1) / 24 % practitioners
+ 1 and place (n - 1) % 24 of the day; every tenth is a session. So ids ascend with time, as the product's do, and
rows that are old lie together. Each base slot had one visit and each session 21, of 20 places: 3 for each slot, of
which three in four took place (they stay live: `fulfilled` counts) and the others were cancelled or missed.
"""

from app.services.demo.ids import Kind, sql_id
from app.services.demo.large_sql import (
    CLINIC,
    PATIENT_STRIDE,
    SESSION,
    SESSION_PLACES,
    SITES,
    SLOT_MINUTES,
    SLOTS_A_DAY,
    SPECIALTIES,
    VISIT,
)

VISITS_A_SLOT = 3
# Above every slot of the future.
FIRST = 100_000_000
SESSION_VISITS, SESSION_KEPT = 21, 16

MAKE_PAST_SLOTS = f"""
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, service_id, starts_at, ends_at,
                   max_capacity, current_bookings)
SELECT {CLINIC}, {sql_id(Kind.SLOT, f"n + {FIRST}")}, {sql_id(Kind.SCHEDULE, "person")},
       {sql_id(Kind.PRACTITIONER, "person")}, {sql_id(Kind.LOCATION, f"person %% {SITES} + 1")},
       'Specialty ' || person %% {SPECIALTIES} + 1, CASE WHEN is_session THEN {sql_id(Kind.SERVICE, str(SESSION))} END,
       starts_at, starts_at + interval '{SLOT_MINUTES} minutes',
       CASE WHEN is_session THEN {SESSION_PLACES} ELSE 1 END,
       CASE WHEN is_session THEN {SESSION_KEPT} WHEN (person * 7 + day * 3 + place) %% 10 < 7 THEN 1 ELSE 0 END
FROM (SELECT n, (n - 1) / {SLOTS_A_DAY} %% %(practitioners)s + 1 AS person,
             (n - 1) / {SLOTS_A_DAY} / %(practitioners)s AS day, (n - 1) %% {SLOTS_A_DAY} AS place,
             n %% 10 = 0 AS is_session
        FROM generate_series(%(first)s::int, %(last)s::int) AS n) AS numbers,
     LATERAL (SELECT (%(rules_from)s::date + day + time '09:00' + place * interval '{SLOT_MINUTES} minutes')
                     AT TIME ZONE 'UTC' AS starts_at) AS clock
ORDER BY n
"""
# Numbered onwards in time: no patient comes again before as many visits as there are patients.
MAKE_PAST = f"""
WITH made AS (
  INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                            cancel_reason, version, starts_at, ends_at, occupies_from, occupies_until, starts_local,
                            timezone, price_amount, currency, channel, made_by, created_at, updated_at,
                            hold_expires_at, booked_at, arrived_at, checked_in_at, fulfilled_at, cancelled_at,
                            noshow_at)
  SELECT {CLINIC}, {sql_id(Kind.APPOINTMENT, "n")},
         {sql_id(Kind.PATIENT, f"(n * {PATIENT_STRIDE}) %% %(patients)s + 1")}, practitioner_id, location_id,
         coalesce(service_id, {sql_id(Kind.SERVICE, str(VISIT))}), id,
         CASE WHEN is_kept THEN 'fulfilled' WHEN is_missed THEN 'noshow' ELSE 'cancelled' END,
         CASE WHEN NOT is_kept AND NOT is_missed THEN 'patient' END,
         CASE WHEN is_kept THEN 5 ELSE 3 END, starts_at, ends_at, starts_at, ends_at, starts_at AT TIME ZONE 'UTC',
         'UTC', 5000, 'GBP', CASE WHEN n %% 3 = 0 THEN 'desk' ELSE 'online' END, 'system:seed', made_at,
         CASE WHEN is_kept OR is_missed THEN ends_at ELSE made_at + interval '20 minutes' END,
         made_at + interval '5 minutes', made_at + interval '1 minute',
         CASE WHEN is_kept THEN starts_at - interval '5 minutes' END, CASE WHEN is_kept THEN starts_at END,
         CASE WHEN is_kept THEN ends_at END,
         CASE WHEN NOT is_kept AND NOT is_missed THEN made_at + interval '20 minutes' END,
         CASE WHEN is_missed THEN ends_at END
    FROM (SELECT *, NOT is_kept AND n %% 4 = 0 AS is_missed,
                 starts_at - n %% 20160 * interval '1 minute' - interval '1 hour' AS made_at
            FROM (SELECT s.*, seat <= s.current_bookings AS is_kept,
                         %(before)s::bigint + row_number() OVER (ORDER BY s.id, seat) AS n
                    FROM slots AS s CROSS JOIN LATERAL generate_series(
                           1, CASE WHEN s.service_id IS NULL THEN 1 ELSE {SESSION_VISITS} END) AS seat
                   WHERE s.clinic_id = {CLINIC} AND s.id BETWEEN {sql_id(Kind.SLOT, f"%(first)s + {FIRST}")}
                     AND {sql_id(Kind.SLOT, f"%(last)s + {FIRST}")}) AS seats) AS visits
  RETURNING clinic_id, id, slot_id
)
INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id) SELECT clinic_id, id, slot_id FROM made
"""

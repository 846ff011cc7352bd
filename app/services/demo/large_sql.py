"""The statements that make the benchmarks' data set inside PostgreSQL, from numbers alone.

Numbers count from 1. Slot n belongs to practitioner (n - 1) / 2880 + 1; within it, day (n - 1) % 2880 / 24 (0 is
the day after loading) and place (n - 1) % 24 of that day: 09:00 UTC plus 20 minutes each. Slots ascend by
(practitioner, time). Every tenth slot (n % 10 = 0) is a session with 20 places.
"""

from app.services.demo.ids import Kind, sql_id

DAYS, SLOTS_A_DAY, SLOT_MINUTES = 120, 24, 20
SLOTS_EACH = DAYS * SLOTS_A_DAY
# The first days are 60 %% full, the others empty; sessions hold 12 of 20.
FULL_DAYS, SESSION_PLACES, SESSION_TAKEN = 30, 20, 12
# What a schedule has unless it says otherwise (models/schedules.py).
OVERBOOK_LIMIT = 1
SITES, SPECIALTIES = 4, 10
VISIT, SESSION, LONG_VISIT = 1, 2, 3
# Prime, and no divisor of any count of patients or slots: neighbours in number are far apart as persons.
PATIENT_STRIDE, SLOT_STRIDE = 7919, 48271

CLINIC = sql_id(Kind.CLINIC, "1")
_PLACE = f"(n - 1) %% {SLOTS_EACH}"
_PERSON = f"(n - 1) / {SLOTS_EACH} + 1"

MAKE_CLINIC = f"""
INSERT INTO clinics (id, name, host_name, home_database, country, currency, language, timezone, phone,
                     is_demonstration, created_at)
VALUES ({CLINIC}, 'Benchmark clinic', 'large.localhost', 'default', 'GB', 'GBP', 'en', 'UTC', '', false, %(now)s)
"""
MAKE_SITES = f"""
INSERT INTO locations (clinic_id, id, name, timezone, address, phone, country, is_active)
SELECT {CLINIC}, {sql_id(Kind.LOCATION, "n")}, 'Site ' || n, 'UTC', '', '', 'GB', true
FROM generate_series(1, {SITES}) AS n
"""
MAKE_SERVICES = f"""
INSERT INTO services (clinic_id, id, name, specialty, duration_minutes, buffer_before_minutes, buffer_after_minutes,
                      capacity, price_amount, currency, prepayment, hold_minutes, notice_minutes, horizon_days,
                      is_video, is_active)
SELECT {CLINIC}, {sql_id(Kind.SERVICE, "n")}, name, 'Any', minutes, 0, after, capacity, 5000, 'GBP', 'none', 5, 0,
       {DAYS + 2}, false, true
FROM (VALUES ({VISIT}, 'Visit', {SLOT_MINUTES}, 0, 1),
             ({SESSION}, 'Group session', {SLOT_MINUTES}, 0, {SESSION_PLACES}),
             ({LONG_VISIT}, 'Long visit', 30, 10, 1)) AS service (n, name, minutes, after, capacity)
"""
MAKE_PRACTITIONERS = f"""
INSERT INTO practitioners (clinic_id, id, display_name, specialty, license_number, languages, is_active)
SELECT {CLINIC}, {sql_id(Kind.PRACTITIONER, "n")}, 'Practitioner ' || n, 'Specialty ' || n %% {SPECIALTIES} + 1,
       'L-' || n, ARRAY['en'], true
FROM generate_series(1, %(practitioners)s) AS n
"""
MAKE_OFFERS = f"""
INSERT INTO practitioner_services (clinic_id, id, practitioner_id, service_id)
SELECT {CLINIC}, {sql_id(Kind.PRACTITIONER_SERVICE, "(n - 1) * 3 + service")}, {sql_id(Kind.PRACTITIONER, "n")},
       {sql_id(Kind.SERVICE, "service")}
FROM generate_series(1, %(practitioners)s) AS n CROSS JOIN generate_series({VISIT}, {LONG_VISIT}) AS service
"""
MAKE_SCHEDULES = f"""
INSERT INTO schedules (clinic_id, id, practitioner_id, location_id, slot_minutes, is_active, generated_until)
SELECT {CLINIC}, {sql_id(Kind.SCHEDULE, "n")}, {sql_id(Kind.PRACTITIONER, "n")},
       {sql_id(Kind.LOCATION, f"n %% {SITES} + 1")}, {SLOT_MINUTES}, true, %(first_day)s::date + {DAYS - 1}
FROM generate_series(1, %(practitioners)s) AS n
"""
MAKE_RULES = f"""
INSERT INTO schedule_rules (clinic_id, id, schedule_id, weekday, starts_local, ends_local, valid_from)
SELECT {CLINIC}, {sql_id(Kind.RULE, "(n - 1) * 7 + weekday + 1")}, {sql_id(Kind.SCHEDULE, "n")}, weekday,
       '09:00', '17:00', %(rules_from)s::date
FROM generate_series(1, %(practitioners)s) AS n CROSS JOIN generate_series(0, 6) AS weekday
"""
MAKE_SLOTS = f"""
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, service_id, starts_at, ends_at,
                   max_capacity, current_bookings, overbook_limit)
SELECT {CLINIC}, {sql_id(Kind.SLOT, "n")}, {sql_id(Kind.SCHEDULE, "person")}, {sql_id(Kind.PRACTITIONER, "person")},
       {sql_id(Kind.LOCATION, f"person %% {SITES} + 1")}, 'Specialty ' || person %% {SPECIALTIES} + 1,
       CASE WHEN is_session THEN {sql_id(Kind.SERVICE, str(SESSION))} END,
       starts_at, starts_at + interval '{SLOT_MINUTES} minutes',
       CASE WHEN is_session THEN {SESSION_PLACES} ELSE 1 END,
       CASE WHEN day >= %(full_days)s THEN 0 WHEN is_session THEN {SESSION_TAKEN}
            WHEN (person * 7 + day * 3 + place) %% 10 < 6 THEN 1 ELSE 0 END, {OVERBOOK_LIMIT}
FROM (SELECT n, {_PERSON} AS person, {_PLACE} / {SLOTS_A_DAY} AS day, {_PLACE} %% {SLOTS_A_DAY} AS place,
             n %% 10 = 0 AS is_session FROM generate_series(%(first)s::int, %(last)s::int) AS n) AS numbers,
     LATERAL (SELECT (%(first_day)s::date + day + time '09:00' + place * interval '{SLOT_MINUTES} minutes')
                     AT TIME ZONE 'UTC' AS starts_at) AS clock
ORDER BY n
"""

_APPOINTMENT = f"""
INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                          cancel_reason, version, starts_at, ends_at, occupies_from, occupies_until, starts_local,
                          timezone, price_amount, currency, channel, made_by, created_at, updated_at,
                          hold_expires_at, booked_at, cancelled_at)
SELECT {CLINIC}, {sql_id(Kind.APPOINTMENT, "n")},
       {sql_id(Kind.PATIENT, f"(n * {PATIENT_STRIDE}) %% %(patients)s + 1")}, practitioner_id, location_id,
       coalesce(service_id, {sql_id(Kind.SERVICE, str(VISIT))}), id,
       CASE WHEN is_live THEN 'booked' ELSE 'cancelled' END,
       CASE WHEN is_live THEN NULL WHEN n %% 2 = 0 THEN 'patient' ELSE 'hold-expired' END, 2,
       starts_at, ends_at, starts_at, ends_at, starts_at AT TIME ZONE 'UTC', 'UTC', 5000, 'GBP',
       CASE WHEN n %% 3 = 0 THEN 'desk' ELSE 'online' END, 'system:seed', made_at, made_at + interval '2 minutes',
       made_at + interval '5 minutes', CASE WHEN is_live OR n %% 2 = 0 THEN made_at + interval '1 minute' END,
       CASE WHEN NOT is_live THEN made_at + interval '2 minutes' END
"""
_WITH_SLOTS = f"""
WITH made AS ({_APPOINTMENT} FROM ({{source}}) AS visits RETURNING clinic_id, id, slot_id)
INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id) SELECT clinic_id, id, slot_id FROM made
"""
_MADE_AT = "%(now)s::timestamptz - n %% 40320 * interval '1 minute' - interval '10 minutes' AS made_at"
# The live ones: as many for each slot as it counts; numbered onwards, so that no patient has two.
MAKE_LIVE = _WITH_SLOTS.format(
    source=f"""
    SELECT *, {_MADE_AT}, true AS is_live
    FROM (SELECT s.*, %(before)s::bigint + row_number() OVER (ORDER BY s.id, seat) AS n
          FROM slots AS s CROSS JOIN LATERAL generate_series(1, s.current_bookings) AS seat
          WHERE s.clinic_id = {CLINIC} AND s.id BETWEEN {sql_id(Kind.SLOT, "%(first)s")}
            AND {sql_id(Kind.SLOT, "%(last)s")}) AS seats
"""
)
MAKE_ENDED = _WITH_SLOTS.format(
    source=f"""
    SELECT s.*, n, {_MADE_AT}, false AS is_live
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    JOIN slots AS s ON s.clinic_id = {CLINIC}
                   AND s.id = {sql_id(Kind.SLOT, f"(n * {SLOT_STRIDE}) %% %(slots)s + 1")}
"""
)
COUNT_WRONG = f"""
SELECT count(*) FROM slots AS s LEFT JOIN (
    SELECT t.slot_id, count(*) AS live FROM appointment_slots AS t
    JOIN appointments AS a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
    WHERE t.clinic_id = {CLINIC} AND a.live GROUP BY t.slot_id) AS taken ON taken.slot_id = s.id
WHERE s.clinic_id = {CLINIC} AND s.current_bookings <> coalesce(taken.live, 0)
"""
EXISTS = f"SELECT count(*) FROM practitioners WHERE clinic_id = {CLINIC}"

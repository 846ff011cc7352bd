"""A ward of its own for the worklists in a browser: two practitioners of one day, and who is booked with the first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page

from app.services.clock import utc_now
from tests.e2e.board_page import FreeStart
from tests.e2e.board_today import LOCATION, OFFERED, PRACTITIONER, SCHEDULE
from tests.running_clinic import RunningClinic

# Of this one day: slots generated meanwhile give the sick one no later day, which would be nearer than a colleague.
RULE = """
INSERT INTO schedule_rules (clinic_id, id, schedule_id, weekday, starts_local, ends_local, valid_from, valid_until)
SELECT %(clinic_id)s, gen_random_uuid(), %(schedule_id)s, %(weekday)s, '09:00', '12:00', %(day)s, %(day)s
"""
GENERATED = "UPDATE schedules SET generated_until = %(day)s WHERE id = %(schedule_id)s"
SLOTS = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at,
                   max_capacity, overbook_limit, status)
SELECT %(clinic_id)s, gen_random_uuid(), %(schedule_id)s, %(practitioner_id)s, %(location_id)s, 'Family medicine',
       at, at + interval '15 minutes', 1, 1, 'open'
  FROM generate_series(%(begins_at)s::timestamptz, %(begins_at)s::timestamptz + interval '165 minutes',
                       interval '15 minutes') AS at
"""
# Of patients whom nothing else takes in these weeks: who has nothing at all any more is rare.
VISITS = """
INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                          starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone, currency, channel,
                          made_by, created_at, updated_at, booked_at)
SELECT s.clinic_id, gen_random_uuid(), p.id, s.practitioner_id, s.location_id, o.service_id, s.id, 'booked',
       s.starts_at, s.starts_at + interval '30 minutes', s.starts_at, s.starts_at + interval '30 minutes',
       s.starts_at AT TIME ZONE %(zone)s, %(zone)s, 'USD', 'desk', 'user:tests', now(), now(), now()
  FROM (SELECT *, row_number() OVER (ORDER BY starts_at) - 1 AS number FROM slots
         WHERE practitioner_id = %(practitioner_id)s) s
  JOIN practitioner_services o ON o.clinic_id = s.clinic_id AND o.practitioner_id = s.practitioner_id
  JOIN (SELECT p.id, row_number() OVER (ORDER BY p.email_sealed IS NOT NULL, p.id) - 1 AS number FROM (
          (SELECT id, email_sealed FROM patients WHERE clinic_id = %(clinic_id)s AND email_sealed IS NULL
             AND id NOT IN (SELECT patient_id FROM appointments WHERE starts_at > now()
                               AND starts_at < now() + interval '30 days') ORDER BY id LIMIT 1)
          UNION ALL
          (SELECT id, email_sealed FROM patients WHERE clinic_id = %(clinic_id)s AND email_sealed IS NOT NULL
             AND id NOT IN (SELECT patient_id FROM appointments WHERE starts_at > now()
                               AND starts_at < now() + interval '30 days') ORDER BY id LIMIT 5)) p) p
    ON p.number = s.number / 2
 WHERE s.number %% 2 = 0 AND s.number < %(people)s * 2
"""
TAKEN = """
WITH taken AS (
  INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id)
  SELECT a.clinic_id, a.id, s.id FROM appointments a
    JOIN slots s ON s.clinic_id = a.clinic_id AND s.practitioner_id = a.practitioner_id
     AND s.starts_at >= a.starts_at AND s.starts_at < a.ends_at
   WHERE a.practitioner_id = %(practitioner_id)s RETURNING slot_id)
UPDATE slots SET current_bookings = 1 WHERE id IN (SELECT slot_id FROM taken)
"""
# A service that nobody else gives: a free colleague of the demonstration, or of another ward of the same day, would be
# as near as the ward's own, and either may be proposed.
SERVICE = """
INSERT INTO services (clinic_id, id, name, specialty, duration_minutes, buffer_before_minutes, buffer_after_minutes,
                      capacity, price_amount, currency, prepayment, hold_minutes, notice_minutes, horizon_days,
                      is_video, is_active)
VALUES (%(clinic_id)s, %(service_id)s, %(service)s, 'Family medicine', 30, 0, 0, 1, 0, 'USD', 'none', 5, 60, 84, false,
        true)
"""
OFFERED_BY_BOTH = """
INSERT INTO practitioner_services (clinic_id, id, practitioner_id, service_id)
SELECT %(clinic_id)s, gen_random_uuid(), one, %(service_id)s
  FROM unnest(ARRAY[%(practitioner_id)s::uuid, %(other_id)s::uuid]) one
"""


@dataclass(frozen=True, slots=True)
class Ward:
    """Where and when it is, and its two practitioners."""

    start: FreeStart
    sick_id: UUID
    sick: str
    other: str
    zone: str

    def rows(self, page: Page) -> Locator:
        """Return the lines of the displaced worklist that are of this ward."""
        return page.get_by_role("row").filter(has_text=f"{self.sick} · ")

    def stored(self, clinic: RunningClinic) -> list[tuple[str, str, str | None]]:
        """Return each visit's status, practitioner and how it left the worklist, as the database has them."""
        asked = """
            SELECT a.status, d.display_name, w.settlement
              FROM appointments a JOIN practitioners d ON d.id = a.practitioner_id
              LEFT JOIN displaced_appointments w ON w.appointment_id = a.id
             WHERE d.id = ANY(%s) AND a.made_by = 'user:tests' ORDER BY a.starts_at, a.id"""
        with clinic.connect() as database:
            ids = database.execute(
                "SELECT id FROM practitioners WHERE display_name = ANY(%s)", ([self.sick, self.other],)
            )
            return list(database.execute(asked, ([one for (one,) in ids.fetchall()],)).fetchall())

    def service(self, clinic: RunningClinic) -> str:
        """Return the name of what both offer."""
        asked = "SELECT v.name FROM services v JOIN practitioner_services o ON o.service_id = v.id"
        with clinic.connect() as database:
            found = database.execute(asked + " WHERE o.practitioner_id = %s", (self.sick_id,)).fetchone()
        assert found is not None
        return str(found[0])


def make_ward(clinic: RunningClinic, *, people: int, days: int, others: bool = True) -> Ward:
    """Make a ward so many days ahead, from nine to twelve, with so many visits of half an hour from nine on."""
    mark = uuid4().hex[:6]
    # First of the alphabet: only some columns of the board are in sight.
    sick, other = f"Dr Aasick {mark}", f"Dr Aawell {mark}"
    with clinic.connect() as database:
        clinic_id, location_id, place, zone = database.execute(LOCATION).fetchone() or ()
        day = utc_now().astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
        begins_at = datetime.combine(day, datetime.min.time().replace(hour=9), ZoneInfo(zone))
        given = {"clinic_id": clinic_id, "location_id": location_id, "zone": zone, "begins_at": begins_at, "day": day}
        ids = {name: {"practitioner_id": uuid4(), "schedule_id": uuid4()} for name in (sick, other)}
        for name in (sick, other) if others else (sick,):
            for statement in (PRACTITIONER, SCHEDULE, RULE, GENERATED, SLOTS):
                database.execute(statement, {**given, **ids[name], "name": name, "weekday": day.weekday()})
        mine = {**given, **ids[sick], "other_id": ids[other]["practitioner_id"], "people": people}
        mine |= {"service_id": uuid4(), "service": f"Ward visit {mark}"}
        for statement in (*((SERVICE, OFFERED_BY_BOTH) if others else (OFFERED,)), VISITS, TAKEN):
            database.execute(statement, mine)
    return Ward(FreeStart(place, sick, begins_at), ids[sick]["practitioner_id"], sick, other, zone)

"""A week with more appointments than a calendar can show each: one practitioner's is full, the other's nearly empty."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.services.clock import utc_now
from tests.e2e.board_today import LOCATION, OFFERED, PRACTITIONER, SCHEDULE
from tests.running_clinic import RunningClinic

# Ten minutes each, one after the other through day and night; the first of them are taken.
SLOTS = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at,
                   max_capacity, overbook_limit, status, current_bookings)
SELECT %(clinic_id)s, gen_random_uuid(), %(schedule_id)s, %(practitioner_id)s, %(location_id)s, 'Family medicine',
       %(begins_at)s::timestamptz + at * interval '10 minutes',
       %(begins_at)s::timestamptz + (at + 1) * interval '10 minutes', 1, 1, 'open', (at < %(visits)s)::int
  FROM generate_series(0, %(slots)s - 1) AS at
"""
VISITS = """
INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                          starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone, currency, channel,
                          made_by, created_at, updated_at, booked_at)
SELECT s.clinic_id, gen_random_uuid(), %(patient_id)s, s.practitioner_id, s.location_id, o.service_id, s.id, 'booked',
       s.starts_at, s.ends_at, s.starts_at, s.ends_at, s.starts_at AT TIME ZONE %(zone)s, %(zone)s, 'USD', 'desk',
       'user:tests', now(), now(), now()
  FROM slots s JOIN practitioner_services o ON o.clinic_id = s.clinic_id AND o.practitioner_id = s.practitioner_id
 WHERE s.practitioner_id = %(practitioner_id)s AND s.current_bookings = 1
"""
PATIENTS = "SELECT id FROM patients WHERE clinic_id = %s ORDER BY id DESC LIMIT 2"


@dataclass(frozen=True, slots=True)
class FullWeek:
    """Where and when it is, and its two practitioners."""

    location_id: UUID
    day: date
    full: str
    empty: str

    @property
    def address(self) -> str:
        """Where the calendar shows it."""
        return f"/calendar?view=week&location={self.location_id}&day={self.day}"


def make_full_week(clinic: RunningClinic, *, visits: int) -> FullWeek:
    """Make a week far ahead, from its Tuesday on, with so many visits at one practitioner and two at the other."""
    mark = uuid4().hex[:6]
    full, empty = f"Dr Full {mark}", f"Dr Nearly {mark}"
    with clinic.connect() as database:
        clinic_id, location_id, _, zone = database.execute(LOCATION).fetchone() or ()
        today = utc_now().astimezone(ZoneInfo(zone)).date()
        day = today + timedelta(weeks=30, days=(1 - today.weekday()) % 7)
        given = {"clinic_id": clinic_id, "location_id": location_id, "zone": zone}
        given["begins_at"] = datetime.combine(day, datetime.min.time(), ZoneInfo(zone))
        patients = [one for (one,) in database.execute(PATIENTS, (clinic_id,)).fetchall()]
        for name, number, patient_id in ((full, visits, patients[0]), (empty, 2, patients[1])):
            mine = {**given, "practitioner_id": uuid4(), "schedule_id": uuid4(), "name": name, "patient_id": patient_id}
            mine |= {"visits": number, "slots": number + 10}
            for statement in (PRACTITIONER, SCHEDULE, SLOTS, OFFERED, VISITS):
                database.execute(statement, mine)
    return FullWeek(location_id, day, full, empty)

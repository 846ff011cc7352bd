"""A visit of today for the browser tests, whatever the weekday: booked with a practitioner of its own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.services.clock import utc_now
from tests.e2e.board_page import FreeStart
from tests.e2e.demo_patients import unmistakable
from tests.running_clinic import RunningClinic

# Of the demonstration's own places (app/services/demo/ids.py) one where it is neither shortly after midnight nor
# shortly before: the visit's minutes lie in one local day.
LOCATION = """
SELECT clinic_id, id, name, timezone FROM locations WHERE id::text LIKE '01900000-0000-7de0-%'
 ORDER BY abs(extract(epoch FROM (now() AT TIME ZONE timezone)::time - time '12:00')), name LIMIT 1
"""
PRACTITIONER = """
INSERT INTO practitioners (clinic_id, id, display_name, specialty, license_number, languages, is_active)
VALUES (%(clinic_id)s, %(practitioner_id)s, %(name)s, 'Family medicine', %(practitioner_id)s::text, '{}', true)
"""
SCHEDULE = """
INSERT INTO schedules (clinic_id, id, practitioner_id, location_id, slot_minutes, overbook_limit, is_active)
VALUES (%(clinic_id)s, %(schedule_id)s, %(practitioner_id)s, %(location_id)s, 15, 1, true)
"""
SLOTS = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at,
                   max_capacity, overbook_limit, status)
SELECT %(clinic_id)s, gen_random_uuid(), %(schedule_id)s, %(practitioner_id)s, %(location_id)s, 'Family medicine',
       at, at + interval '15 minutes', 1, 1, 'open'
  FROM generate_series(%(begins_at)s::timestamptz, %(begins_at)s::timestamptz + interval '45 minutes',
                       interval '15 minutes') AS at
"""
OFFERED = """
INSERT INTO practitioner_services (clinic_id, id, practitioner_id, service_id)
SELECT clinic_id, gen_random_uuid(), %(practitioner_id)s, id FROM services
 WHERE clinic_id = %(clinic_id)s AND capacity = 1 AND duration_minutes = 30 AND room_kind IS NULL
   AND device_kind IS NULL AND buffer_before_minutes = 0 ORDER BY name LIMIT 1
"""


# Of a patient whom no other test of today takes, who comes nowhere until long after they may be booked again, and whose
# card is a plain one.
VISIT = """
INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                          starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone, currency, channel,
                          made_by, created_at, updated_at, booked_at)
SELECT s.clinic_id, %(appointment_id)s, p.id, s.practitioner_id, s.location_id, o.service_id, s.id, 'booked',
       s.starts_at, s.starts_at + interval '30 minutes', s.starts_at, s.starts_at + interval '30 minutes',
       s.starts_at AT TIME ZONE %(zone)s, %(zone)s, 'USD', 'desk', 'user:tests', now(), now(), now()
  FROM slots s
  JOIN practitioner_services o ON o.clinic_id = s.clinic_id AND o.practitioner_id = s.practitioner_id
  JOIN LATERAL (SELECT p.id FROM patients p WHERE p.clinic_id = s.clinic_id AND p.id = ANY(%(plain)s) AND NOT EXISTS (
         SELECT 1 FROM appointments a WHERE a.clinic_id = p.clinic_id AND a.patient_id = p.id
            AND a.starts_at BETWEEN now() - interval '3 days' AND now() + interval '30 days')
         ORDER BY p.id LIMIT 1) p ON true
 WHERE s.practitioner_id = %(practitioner_id)s AND s.starts_at = %(begins_at)s
"""
TAKEN = """
WITH taken AS (
  INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id)
  SELECT clinic_id, %(appointment_id)s, id FROM slots WHERE practitioner_id = %(practitioner_id)s
   ORDER BY starts_at LIMIT 2 RETURNING slot_id)
UPDATE slots SET current_bookings = 1 WHERE id IN (SELECT slot_id FROM taken)
"""
STORED = """
SELECT status, arrived_at IS NOT NULL, checked_in_at IS NOT NULL, roomed_at IS NOT NULL, fulfilled_at IS NOT NULL
  FROM appointments WHERE id = %s
"""
PLACES = "SELECT sum(current_bookings) FROM slots s JOIN appointments a USING (practitioner_id) WHERE a.id = %s"


@dataclass(frozen=True, slots=True)
class TodaysVisit:
    """A booked visit of half an hour with where and when it is."""

    id: UUID
    start: FreeStart

    def stored(self, clinic: RunningClinic) -> tuple[Any, ...]:
        """Return its status and whether it has arrived, was checked in, is in a room, is done."""
        with clinic.connect() as database:
            return database.execute(STORED, (self.id,)).fetchone() or ()

    def began_later_by(self, clinic: RunningClinic) -> int:
        """Return by how many minutes it was moved."""
        with clinic.connect() as database:
            found = database.execute("SELECT starts_at FROM appointments WHERE id = %s", (self.id,)).fetchone()
        assert found is not None
        return int((found[0] - self.start.starts_at).total_seconds() // 60)

    def places(self, clinic: RunningClinic) -> int:
        """Return how many slots are taken."""
        with clinic.connect() as database:
            return int((database.execute(PLACES, (self.id,)).fetchone() or (0,))[0])


def todays_visit(clinic: RunningClinic, *, practitioner: str, minutes_ago: int, step: int = 1) -> TodaysVisit:
    """Make a visit that began so many minutes ago, at the location where the day is least likely to turn.

    It begins at a minute that the step divides, which may be some minutes earlier.
    """
    with clinic.connect() as database:
        clinic_id, location_id, place, zone = database.execute(LOCATION).fetchone() or ()
        begins_at = utc_now().replace(second=0, microsecond=0) - timedelta(minutes=minutes_ago)
        begins_at -= timedelta(minutes=begins_at.minute % step)
        ids = {one: uuid4() for one in ("practitioner_id", "schedule_id", "appointment_id")}
        given = {**ids, "clinic_id": clinic_id, "location_id": location_id, "zone": zone}
        plain = list(unmistakable())
        for statement in (PRACTITIONER, SCHEDULE, SLOTS, OFFERED, VISIT, TAKEN):
            database.execute(statement, {**given, "name": practitioner, "begins_at": begins_at, "plain": plain})
    return TodaysVisit(ids["appointment_id"], FreeStart(place, practitioner, begins_at.astimezone(ZoneInfo(zone))))

"""The ground of a whole working day: a location where it is half past nine to half past ten, whatever the hour here.

Its four doctors see people from eight to eighteen, in quarters of an hour; a fifth has two places in the afternoon.
Nobody is booked but three of this morning. Whatever is read back is of this location alone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.services.clock import utc_now
from tests.e2e.board_page import FreeStart
from tests.e2e.board_today import PRACTITIONER, SCHEDULE
from tests.e2e.demo_patients import phone_of, unmistakable
from tests.e2e.worklist_ward import GENERATED
from tests.running_clinic import RunningClinic

DOCTORS = ("Dr. Ada Alder", "Dr. Ben Birch", "Dr. Cleo Cedar", "Dr. Dora Dogwood")
AFTERNOON_DOCTOR = "Dr. Elias Elm"
OPENS, CLOSES, AFTERNOON = 8, 18, (15, 16)
ROOMS = ("Room 1", "Room 2", "Room 3", "Room 4")
# With which of the doctors this morning's three were expected, and when.
MORNING = ((0, time(8, 30)), (1, time(8, 45)), (2, time(9)))
NEWCOMERS = ("Anselm", "Brunhild", "Caspar", "Delphine", "Ewan", "Fiorella", "Gideon", "Hedwig", "Ivo", "Jolanda")

LOCATION: LiteralString = """
INSERT INTO locations (clinic_id, id, name, timezone, address, phone, country, is_active)
SELECT id, %(location_id)s, %(place)s, %(zone)s, '1 Long Street', '', 'US', true
  FROM clinics WHERE is_demonstration RETURNING clinic_id
"""
ROOM: LiteralString = """
INSERT INTO rooms (clinic_id, id, location_id, name, kind, is_active)
SELECT %(clinic_id)s, gen_random_uuid(), %(location_id)s, name, 'exam', true FROM unnest(%(rooms)s::text[]) name
"""
SERVICE: LiteralString = """
INSERT INTO services (clinic_id, id, name, specialty, duration_minutes, buffer_before_minutes, buffer_after_minutes,
                      capacity, price_amount, currency, prepayment, hold_minutes, notice_minutes, horizon_days,
                      is_video, is_active)
VALUES (%(clinic_id)s, %(service_id)s, %(service)s, 'Family medicine', %(minutes)s, 0, 0, 1, 0, 'USD', 'none', 5, 0,
        84, false, true)
"""
OFFER: LiteralString = """
INSERT INTO practitioner_services (clinic_id, id, practitioner_id, service_id)
VALUES (%(clinic_id)s, gen_random_uuid(), %(practitioner_id)s, %(service_id)s)
"""
RULE: LiteralString = """
INSERT INTO schedule_rules (clinic_id, id, schedule_id, weekday, starts_local, ends_local, valid_from, valid_until)
VALUES (%(clinic_id)s, gen_random_uuid(), %(schedule_id)s, %(weekday)s, %(opens)s::time, %(closes)s::time, %(day)s,
        %(day)s)
"""
SLOTS: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at,
                   max_capacity, overbook_limit, status)
SELECT %(clinic_id)s, gen_random_uuid(), %(schedule_id)s, %(practitioner_id)s, %(location_id)s, 'Family medicine',
       at, at + interval '15 minutes', 1, 1, 'open'
  FROM generate_series(%(begins_at)s::timestamptz, %(ends_at)s::timestamptz - interval '15 minutes',
                       interval '15 minutes') AS at
"""
VISIT: LiteralString = """
WITH taken AS (
  UPDATE slots s SET current_bookings = 1 FROM practitioners d
   WHERE d.id = s.practitioner_id AND d.display_name = %(name)s AND s.location_id = %(location_id)s
     AND s.starts_at = %(at)s
  RETURNING s.clinic_id, s.id, s.practitioner_id, s.location_id, s.starts_at, s.ends_at
), made AS (
  INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                            starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone, currency,
                            channel, made_by, created_at, updated_at, booked_at)
  SELECT clinic_id, gen_random_uuid(), %(patient_id)s, practitioner_id, location_id, %(service_id)s, id, 'booked',
         starts_at, ends_at, starts_at, ends_at, starts_at AT TIME ZONE %(zone)s, %(zone)s, 'USD', 'desk',
         'user:tests', now() - interval '1 day', now() - interval '1 day', now() - interval '1 day' FROM taken
  RETURNING clinic_id, id, slot_id)
INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id) SELECT clinic_id, id, slot_id FROM made
"""
# Of the demonstration's patients those who have nothing in these days, with an address and without one; no two of
# them have one name, by which a day's lists are searched.
IDLE: LiteralString = """
SELECT p.id FROM patients p
 WHERE p.id = ANY(%(ids)s) AND (p.email_sealed IS NOT NULL) = %(has_address)s AND NOT EXISTS (
   SELECT 1 FROM appointments a WHERE a.clinic_id = p.clinic_id AND a.patient_id = p.id
      AND a.starts_at BETWEEN now() - interval '3 days' AND now() + interval '6 days')
 ORDER BY p.id LIMIT %(count)s
"""


@dataclass(frozen=True, slots=True)
class NewPatient:
    """Somebody who has no file yet."""

    given_name: str
    family_name: str
    birth_date: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Ground:
    """The location with its day and services, and who may call."""

    clinic_id: UUID
    location_id: UUID
    place: str
    zone: str
    day: date
    doctors: tuple[str, ...]
    afternoon_doctor: str
    service: str
    afternoon_service: str
    # Of patients with a file: a letter reaches the first ones, nothing but the phone the last ones.
    reached: tuple[str, ...]
    unreached: tuple[str, ...]
    newcomers: tuple[NewPatient, ...]

    def at(self, practitioner: str, clock: str) -> FreeStart:
        """Return a start of the day by the clock on the wall there."""
        begins_at = datetime.combine(self.day, time.fromisoformat(clock), ZoneInfo(self.zone))
        return FreeStart(self.place, practitioner, begins_at)


def make_ground(clinic: RunningClinic) -> Ground:
    """Make a location of its own in the demonstration clinic, with its doctors' hours of today and tomorrow."""
    now, mark = utc_now(), uuid4().hex[:6]
    zone, location_id, place = _zone_of_the_morning(now), uuid4(), f"Long Street {mark}"
    day = now.astimezone(ZoneInfo(zone)).date()
    given: dict[str, Any] = {"location_id": location_id, "place": place, "zone": zone, "rooms": list(ROOMS)}
    # No name of theirs is anybody else's in this clinic.
    doctors, afternoon_doctor = tuple(f"{name} {mark}" for name in DOCTORS), f"{AFTERNOON_DOCTOR} {mark}"
    visit_name, check_name = f"Visit {mark}", f"Skin check {mark}"
    visit = {"service_id": uuid4(), "service": visit_name, "minutes": 15}
    check = {"service_id": uuid4(), "service": check_name, "minutes": 30}
    with clinic.connect() as database:
        ((given["clinic_id"],),) = database.execute(LOCATION, given).fetchall()
        database.execute(ROOM, given)
        for service in (visit, check):
            database.execute(SERVICE, {**given, **service})
        for doctor in doctors:
            days = (day, day + timedelta(days=1))
            _make_doctor(database, {**given, **visit, "name": doctor}, days=days, hours=(OPENS, CLOSES))
        _make_doctor(database, {**given, **check, "name": afternoon_doctor}, days=(day,), hours=AFTERNOON)
        reached, unreached = (_idle_patients(database, has_address=one, count=n) for one, n in ((True, 44), (False, 4)))
        for (whose, clock), patient_id in zip(MORNING, reached, strict=False):
            at = datetime.combine(day, clock, ZoneInfo(zone))
            database.execute(VISIT, {**given, **visit, "name": doctors[whose], "patient_id": patient_id, "at": at})
    first, last = (tuple(phone_of(one) for one in people) for people in (reached[len(MORNING) :], unreached))
    return Ground(
        *(given["clinic_id"], location_id, place, zone, day, doctors, afternoon_doctor, visit_name, check_name),
        *(first, last, _newcomers(mark)),
    )


def _zone_of_the_morning(now: datetime) -> str:
    """Return a zone where it is between half past nine and half past ten, so that no test runs into midnight."""
    minutes = now.astimezone(UTC).hour * 60 + now.minute
    ahead = (10 * 60 + 30 - minutes) // 60
    ahead += 24 if ahead < -12 else 0
    # The names of these zones count the other way round.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _make_doctor(database: Any, given: dict[str, Any], *, days: tuple[date, ...], hours: tuple[int, int]) -> None:
    given = {**given, "practitioner_id": uuid4(), "schedule_id": uuid4()}
    for statement in (PRACTITIONER, SCHEDULE, OFFER):
        database.execute(statement, given)
    for day in days:
        begins_at = datetime(day.year, day.month, day.day, hours[0], tzinfo=ZoneInfo(given["zone"]))
        span = {"begins_at": begins_at, "ends_at": begins_at + timedelta(hours=hours[1] - hours[0])}
        rule = {"weekday": day.weekday(), "opens": f"{hours[0]}:00", "closes": f"{hours[1]}:00", "day": day}
        for statement in (RULE, SLOTS, GENERATED):
            database.execute(statement, {**given, **span, **rule})


def _newcomers(mark: str) -> tuple[NewPatient, ...]:
    """Make up people whom no search mistakes for each other or for anybody of the demonstration."""
    family = mark.translate(str.maketrans("0123456789", "ghijklmnop")).title()
    born = date(1950, 1, 1) + timedelta(days=int(mark, 16) % 9_000)
    return tuple(
        NewPatient(given, family + given[1], f"{born + timedelta(days=500 * at)}", f"+1 332 555 01{at:02}")
        for at, given in enumerate(NEWCOMERS)
    )


def _idle_patients(database: Any, *, has_address: bool, count: int) -> list[UUID]:
    ids = list(unmistakable())
    found = database.execute(IDLE, {"ids": ids, "has_address": has_address, "count": count}).fetchall()
    assert len(found) == count, "the demonstration has too few patients without an appointment"
    return [one for (one,) in found]

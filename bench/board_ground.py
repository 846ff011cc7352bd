"""A clinic's full day for `bench board`: so many practitioners at one location, five visits in every eight quarters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.accounts import sessions, users
from app.services.accounts.keys import vault_of
from app.services.accounts.operator import operator_of
from app.services.clock import utc_now
from app.services.patients.sealing import sealed_columns
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic, Location
from models.db import DatabaseRole, execute, first_row, transaction
from models.patients import Patient
from models.practitioners import HealthcareService, Practitioner, PractitionerService
from models.principal import ActorKind, Principal
from models.schedules import Schedule

ZONE = "Europe/Berlin"
LOGIN, PASSWORD = "bench-desk", "bright-windows-over-the-harbour"
QUARTERS = 40
GIVEN = ("Ana", "Bo", "Cleo", "Dina", "Emil", "Fatima", "Goran", "Hanna")
FAMILY = ("Silva", "Lima", "Okafor", "Meyer", "Haddad", "Novak", "Rossi", "Larsen", "Petit", "Quinn")

SLOTS: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at,
                   current_bookings)
SELECT s.clinic_id, gen_random_uuid(), s.id, s.practitioner_id, s.location_id, 'Family medicine',
       %(opens_at)s + k * interval '15 minutes', %(opens_at)s + (k + 1) * interval '15 minutes', (k %% 8 < 5)::int
  FROM schedules s, generate_series(0, %(quarters)s - 1) k WHERE s.clinic_id = %(clinic_id)s
"""
# Each visit has a patient of its own.
VISITS: LiteralString = """
WITH taken AS (
  SELECT id, practitioner_id, location_id, starts_at, ends_at, row_number() OVER (ORDER BY starts_at, id) AS n
    FROM slots WHERE clinic_id = %(clinic_id)s AND current_bookings = 1
), people AS (
  SELECT id, row_number() OVER (ORDER BY id) AS n FROM patients WHERE clinic_id = %(clinic_id)s
), made AS (
  INSERT INTO appointments (clinic_id, id, patient_id, practitioner_id, location_id, service_id, slot_id, status,
                            starts_at, ends_at, occupies_from, occupies_until, starts_local, timezone, currency,
                            channel, made_by, created_at, updated_at, booked_at)
  SELECT %(clinic_id)s, gen_random_uuid(), p.id, t.practitioner_id, t.location_id, %(service_id)s, t.id, 'booked',
         t.starts_at, t.ends_at, t.starts_at, t.ends_at, t.starts_at AT TIME ZONE %(zone)s, %(zone)s, 'EUR', 'desk',
         'user:bench', now(), now(), now()
    FROM taken t JOIN people p USING (n)
  RETURNING clinic_id, id, slot_id)
INSERT INTO appointment_slots (clinic_id, appointment_id, slot_id) SELECT clinic_id, id, slot_id FROM made
"""
VISIT_OF: LiteralString = """
SELECT a.id, s.starts_at FROM appointments a JOIN slots s ON s.clinic_id = a.clinic_id AND s.practitioner_id =
       a.practitioner_id AND s.current_bookings = 0
 WHERE a.clinic_id = %(clinic_id)s AND a.practitioner_id = %(practitioner_id)s AND a.live
 ORDER BY a.starts_at, s.starts_at LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What is measured: a location's day, its practitioners in the order of their columns, and who signs in."""

    clinic_id: UUID
    location_id: UUID
    on: date
    practitioners: list[UUID]
    visits: int

    @property
    def address(self) -> str:
        """The board's address of the day."""
        return f"/board?location={self.location_id}&day={self.on}"

    def one_visit(self, practitioner: int) -> tuple[str, str]:
        """Return a visit of a practitioner, and a free start of theirs."""
        owner = Principal(self.clinic_id, ActorKind.SYSTEM, "bench")
        scope = {"clinic_id": self.clinic_id, "practitioner_id": self.practitioners[practitioner]}
        with transaction(owner, role=DatabaseRole.OWNER) as session:
            found = first_row(session, VISIT_OF, scope)
        if found is None:
            raise RuntimeError("The practitioner has nothing left to move.")
        return str(found[0]), found[1].astimezone(UTC).isoformat()

    @staticmethod
    def session_token() -> str:
        """Sign the desk in and return the token of its cookie."""
        return sessions.sign_in(login=LOGIN, password=PASSWORD, now=utc_now()).token


def lay_day(*, practitioners: int) -> Day:
    """Make the clinic with tomorrow's visits, 25 a practitioner, and an account for its desk."""
    clinic_id = new_id()
    owner = Principal(clinic_id, ActorKind.SYSTEM, "bench")
    day = utc_now().astimezone(ZoneInfo(ZONE)).date() + timedelta(days=1)
    opens_at = datetime.combine(day, time(8), ZoneInfo(ZONE)).astimezone(UTC)
    with transaction(owner, role=DatabaseRole.OWNER) as session:
        location_id, service_id, people = _staff(session, clinic_id, practitioners)
        _patients(session, clinic_id, practitioners * QUARTERS * 5 // 8)
        execute(session, SLOTS, {"clinic_id": clinic_id, "opens_at": opens_at, "quarters": QUARTERS})
        visits = execute(session, VISITS, {"clinic_id": clinic_id, "service_id": service_id, "zone": ZONE})
        execute(session, "ANALYZE slots, appointments, patients", {})
    desk: dict[str, Any] = {"login": LOGIN, "display_name": "The desk", "password": PASSWORD}
    with transaction(operator_of()) as session:
        users.create(session, operator_of(), role=Role.RECEPTIONIST, now=utc_now(), **desk)
    return Day(clinic_id, location_id, day, people, visits)


def _staff(session: Session, clinic_id: UUID, practitioners: int) -> tuple[UUID, UUID, list[UUID]]:
    clinic: dict[str, Any] = {"name": "Bench", "host_name": "localhost", "country": "DE", "currency": "EUR"}
    session.add(Clinic(id=clinic_id, timezone=ZONE, created_at=utc_now(), **clinic))
    session.flush()
    kind: dict[str, Any] = {"duration_minutes": 15, "currency": "EUR", "notice_minutes": 0}
    location = Location(clinic_id=clinic_id, name="Main", timezone=ZONE, country="DE")
    service = HealthcareService(clinic_id=clinic_id, name="Visit", specialty="Family medicine", **kind)
    people = [_practitioner(clinic_id, number) for number in range(practitioners)]
    session.add_all([location, service, *people])
    session.flush()
    for one in people:
        ids: dict[str, Any] = {"clinic_id": clinic_id, "practitioner_id": one.id}
        session.add(Schedule(**ids, location_id=location.id, slot_minutes=15))
        session.add(PractitionerService(**ids, service_id=service.id))
    session.flush()
    return location.id, service.id, [one.id for one in people]


def _patients(session: Session, clinic_id: UUID, count: int) -> None:
    vault, now = vault_of(session, clinic_id), utc_now()
    for number in range(count):
        patient_id, name = new_id(), {"given_name": GIVEN[number % 8], "family_name": FAMILY[number // 8 % 10]}
        sealed: dict[str, Any] = dict(sealed_columns(vault, patient_id, fields={**name, "birth_date": "1980-02-29"}))
        session.add(Patient(clinic_id=clinic_id, id=patient_id, **sealed, created_at=now, updated_at=now))
    session.flush()


def _practitioner(clinic_id: UUID, number: int) -> Practitioner:
    name = f"Dr. {FAMILY[number % 10]} {number + 1:02d}"
    return Practitioner(clinic_id=clinic_id, display_name=name, specialty="Family medicine", license_number=str(number))

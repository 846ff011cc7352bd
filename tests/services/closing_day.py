"""A day at its end: visits in every state with patients whose names open, at one location of a clinic of its own."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.services.day.open_items import OpenItem, open_items
from app.services.patients.write import create
from app.services.places import Place
from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from models.patients import Patient
from models.practitioners import HealthcareService
from models.principal import Principal
from models.schedules import Schedule
from tests.builders import (
    TOMORROW,
    building,
    clerk_of,
    make_appointment,
    make_clinic,
    make_location,
    make_practitioner,
    make_schedule,
    make_service,
    make_slot,
    staff_of,
)

DAY = TOMORROW.date()
# 9:00 at the site; the visits begin then, a quarter of an hour each, and the day is looked at four hours later.
BEGIN, EVENING = TOMORROW, TOMORROW + timedelta(hours=4)
S = AppointmentStatus


@dataclass
class ClosingDay:
    """What the tests name of the day."""

    clinic: Clinic
    place: Place
    schedule: Schedule
    service: HealthcareService
    clerk: Principal
    lead: Principal
    made: int = 0

    def visit(
        self, name: str = "Ana", status: S = S.BOOKED, *, minutes: int | None = None, **fields: Any
    ) -> Appointment:
        """Make a visit; they follow each other, or begin so many minutes after the first."""
        at = 15 * self.made if minutes is None else minutes
        self.made += 1
        person = {"given_name": name, "family_name": "Example", "birth_date": date(1980, 2, 3), "now": BEGIN}
        with transaction(self.clerk) as session:
            patient_id = create(session, self.clerk, phone="+49 30 901820", **person).id
        if status in (S.ARRIVED, S.CHECKED_IN):
            fields = {"arrived_at": BEGIN, **fields}
        with building() as session:
            slot = make_slot(session, schedule=self.schedule, starts_at=BEGIN + timedelta(minutes=at), minutes=15)
            patient = session.get_one(Patient, (self.clinic.id, patient_id))
            return make_appointment(
                session, slots=[slot], service=self.service, patient=patient, status=status,
                timezone="Europe/Berlin", **fields,
            )  # fmt: skip

    def open(self, *, now: Any = EVENING) -> dict[UUID, OpenItem]:
        """Return what is open, by id."""
        with transaction(self.clerk) as session:
            found = open_items(session, self.clerk, place=self.place, day=DAY, now=now)
        return {one.id: one for one in found}

    def status(self, visit: Appointment) -> str:
        """Return the visit's status as the table has it."""
        with building() as session:
            return session.get_one(Appointment, (self.clinic.id, visit.id)).status.value


def make_closing_day() -> ClosingDay:
    """Build the day."""
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic, name=f"Main {new_id().hex[-6:]}")
        anna = make_practitioner(session, clinic=clinic, display_name="Dr Anna")
        schedule = make_schedule(session, clinic=clinic, practitioner=anna, location=location)
        service = make_service(session, clinic=clinic, practitioners=[anna], name="Check")
    place = Place(location.id, location.name, location.timezone)
    lead = staff_of(clinic, role=Role.MANAGER)
    return ClosingDay(clinic, place, schedule, service, clerk_of(clinic), lead)

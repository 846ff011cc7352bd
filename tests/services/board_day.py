"""A location's day for the board's tests: two practitioners, four free starts each, a session, a named patient."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.services.accounts.keys import vault_of
from app.services.board.read import DayRead, place_of, read_day
from app.services.patients.sealing import sealed_columns
from app.services.places import Place
from models.base import new_id
from models.clinics import Clinic, Location
from models.db import DatabaseRole, transaction
from models.patients import Patient
from models.practitioners import HealthcareService, Practitioner
from models.principal import ActorKind, Principal
from models.schedules import Slot
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_practitioner,
    make_schedule,
    make_service,
    make_slot,
    make_slots,
)

DAY = TOMORROW.date()
# 9:00 in Berlin, in minutes from midnight.
NINE = 9 * 60


@dataclass(frozen=True, slots=True)
class BoardDay:
    """What the tests name of the day."""

    clinic: Clinic
    location: Location
    anna: Practitioner
    boris: Practitioner
    anna_slots: list[Slot]
    boris_slots: list[Slot]
    service: HealthcareService
    group: HealthcareService
    session_slot: Slot
    clerk: Principal

    def read(self, *, known: dict[str, Any] | None = None, now: datetime = NOW) -> DayRead:
        with transaction(self.clerk) as session:
            place = place_of(session, self.clerk, location_id=self.location.id)
            return read_day(session, self.clerk, place=place, day=DAY, known=known or {}, now=now)

    def place(self) -> Place:
        return Place(self.location.id, self.location.name, self.location.timezone)

    def cards(self, **options: Any) -> dict[str, list[Any]]:
        """Return the cards by what they say: the patient's name, or "" for the session."""
        return {card[7]: card for card in self.read(**options).cards}


def make_board_day() -> BoardDay:
    """Build the day in a clinic of its own."""
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic, name="Main")
        anna = make_practitioner(session, clinic=clinic, display_name="Dr Anna")
        boris = make_practitioner(session, clinic=clinic, display_name="Dr Boris")
        schedules = [make_schedule(session, clinic=clinic, practitioner=p, location=location) for p in (anna, boris)]
        anna_slots, boris_slots = (make_slots(session, schedule=one, count=4) for one in schedules)
        service = make_service(session, clinic=clinic, practitioners=[anna, boris], name="Check", duration_minutes=30)
        group = make_service(session, clinic=clinic, practitioners=[boris], name="Vaccination", capacity=20)
        later = TOMORROW + timedelta(hours=4)
        session_slot = make_slot(
            session, schedule=schedules[1], starts_at=later, minutes=60, capacity=20, service=group
        )
    return BoardDay(
        clinic, location, anna, boris, anna_slots, boris_slots, service, group, session_slot, clerk_of(clinic)
    )


def make_named_patient(clinic: Clinic, name: str, **fields: str | None) -> Patient:
    """Make a patient whose name opens."""
    given, family = name.split(" ", 1)
    patient_id = new_id()
    job = Principal(clinic.id, ActorKind.SYSTEM, "tests")
    texts = {"given_name": given, "family_name": family, "birth_date": "1980-02-29", **fields}
    with transaction(job, role=DatabaseRole.OWNER) as session:
        sealed = sealed_columns(vault_of(session, clinic.id), patient_id, fields=texts)
        times = {"created_at": datetime(2026, 1, 1, tzinfo=UTC), "updated_at": datetime(2026, 1, 1, tzinfo=UTC)}
        patient = Patient(clinic_id=clinic.id, id=patient_id, **sealed, **times)
        session.add(patient)
        session.flush()
    return patient

"""Two practitioners side by side, with a booking of theirs for every test of moves to start from."""

from typing import Any

from sqlmodel import select

from app.services.booking.answer import Answer
from models.appointments import Appointment
from models.patients import Patient
from models.schedules import Slot
from tests.builders import (
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slots,
)
from tests.calls import confirm, hold


class Floor:
    """Two practitioners with as many starts as told, rooms for everybody, and a patient for each start."""

    def __init__(self, *, starts: int, rooms: int = 0, **slot: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            location = make_location(session, clinic=self.clinic)
            for _ in range(rooms):
                make_room(session, location=location)
            schedules = [make_schedule(session, clinic=self.clinic, location=location) for _ in range(2)]
            offered_by = [schedule.practitioner_id for schedule in schedules]
            needs = {"room_kind": "exam"} if rooms else {}
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, **needs)
            self.here = make_slots(session, schedule=schedules[0], count=starts, **slot)
            self.there = make_slots(session, schedule=schedules[1], count=starts, **slot)
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(2 * starts)]
        self.clerk = clerk_of(self.clinic)

    def book(self, slot: Slot, patient: Patient) -> Answer:
        return confirm(self.clerk, hold(self.clerk, slot, self.service, patient))

    def slots_of(self, answers: list[Answer]) -> list[Any]:
        with building() as session:
            found = session.exec(select(Appointment).where(Appointment.clinic_id == self.clinic.id))
            by_id = {str(one.id): one.slot_id for one in found}
        return [by_id[answer.body["id"]] for answer in answers]

    def pairs(self, number: int) -> list[tuple[Answer, Answer]]:
        """Book some starts here and some there, a pair at each time."""
        people = iter(self.patients)
        return [(self.book(self.here[n], next(people)), self.book(self.there[n], next(people))) for n in range(number)]

"""A practitioner, two rooms and a service that needs one: where the tests of visits happen."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select

from app.services.booking.answer import Answer
from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus
from models.records import OutboxEvent
from models.schedules import Slot
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    clerk_of,
    make_appointment,
    make_clinic,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slots,
    staff_of,
)
from tests.calls import confirm, hold, visit

MINUTE = timedelta(minutes=1)
S = AppointmentStatus


class House:
    """One practitioner with four slots tomorrow, two rooms, and a service that needs one."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.location = make_location(session, clinic=self.clinic)
            self.rooms = [make_room(session, location=self.location) for _ in range(2)]
            schedules = [make_schedule(session, clinic=self.clinic, location=self.location) for _ in range(2)]
            offered = {"clinic": self.clinic, "practitioners": [s.practitioner_id for s in schedules]}
            self.service = make_service(session, room_kind="exam", **offered)
            self.slots = make_slots(session, schedule=schedules[0], count=4)
            self.others = make_slots(session, schedule=schedules[1], count=4)
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(3)]
        self.clerk = clerk_of(self.clinic)
        self.admin = staff_of(self.clinic, role=Role.ADMINISTRATOR)

    def book(self, slot: Slot | None = None, patient: int = 0, now: datetime = NOW) -> Answer:
        """Hold and confirm."""
        held = hold(self.clerk, slot or self.slots[0], self.service, self.patients[patient], now=now)
        return confirm(self.clerk, held, now=now)

    def make(self, status: S, patient: int = 0) -> Appointment:
        """Make an appointment in a status at the first slot."""
        with building() as session:
            slot = session.get_one(Slot, (self.clinic.id, self.slots[0].id))
            made = {"service": self.service, "patient": self.patients[patient], "status": status}
            return make_appointment(session, slots=[slot], **made)

    def walk(self, answer: Answer, *verbs: str, now: datetime = TOMORROW) -> Answer:
        """Call several verbs, one minute after the other."""
        for verb in verbs:
            answer = visit(self.clerk, verb, answer, now=now)
            now += MINUTE
        return answer

    def row(self, answer: Answer) -> Appointment:
        with building() as session:
            return session.exec(select(Appointment).where(Appointment.id == UUID(answer.body["id"]))).one()

    def counted(self, slot: Slot) -> int:
        with building() as session:
            return session.get_one(Slot, (slot.clinic_id, slot.id)).current_bookings

    def events(self, answer: Answer) -> list[str]:
        """Return the kinds of the appointment's events in the order of its versions."""
        with building() as session:
            found = session.exec(select(OutboxEvent).where(OutboxEvent.aggregate_id == UUID(answer.body["id"])))
            return [event.kind for event in sorted(found, key=lambda event: event.aggregate_version)]


def stamps(row: Appointment) -> dict[str, datetime]:
    """Return the time stamps that are set, from the booking on."""
    names = ("booked_at", "arrived_at", "checked_in_at", "roomed_at", "fulfilled_at", "cancelled_at", "noshow_at")
    return {name: value for name in names if (value := getattr(row, name)) is not None}

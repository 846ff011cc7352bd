"""A morning's waiting room: one practitioner, a room, and patients whom one word brings in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import select

from app.services.booking.answer import Answer
from app.services.queue.desk import act
from models.appointments import Appointment, Channel
from models.clinics import Clinic, Location, Room
from models.practitioners import HealthcareService
from models.principal import Principal
from models.queue import QueueTicket
from models.schedules import Schedule, Slot
from tests import calls
from tests.builders import (
    NOW,
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
)


@dataclass
class WaitingRoom:
    """One location with a practitioner whose slots of 15 minutes begin now."""

    clinic: Clinic
    location: Location
    room: Room
    schedule: Schedule
    service: HealthcareService
    slots: list[Slot]
    desk: Principal
    booked: list[Appointment] = field(default_factory=list)

    def book(self, place: int, **fields: Any) -> Appointment:
        """Book somebody new into one of the slots."""
        with building() as session:
            slot = session.get_one(Slot, (self.clinic.id, self.slots[place].id))
            patient = make_patient(session, clinic=self.clinic)
            made = make_appointment(session, slots=[slot], service=self.service, patient=patient, **fields)
        self.booked.append(made)
        return made

    def arrive(self, place: int, *, now: datetime = NOW, **fields: Any) -> QueueTicket:
        """Book somebody new and let them come."""
        made = self.book(place, **fields)
        calls.visit(self.desk, "arrive", made, now=now)
        return self.ticket(made)

    def walk_in(self, place: int, *, now: datetime = NOW) -> QueueTicket:
        """Let somebody come who was not expected."""
        return self.arrive(place, now=now, channel=Channel.WALK_IN)

    def ticket(self, of: Any) -> QueueTicket:
        """Return the ticket of an appointment, or as a ticket is now."""
        wanted = QueueTicket.id == of.id if isinstance(of, QueueTicket) else QueueTicket.appointment_id == of.id
        with building() as session:
            return session.exec(select(QueueTicket).where(wanted)).one()

    def do(self, verb: Any, ticket: QueueTicket, **asked: Any) -> Answer:
        """Use one of the queue's verbs on a ticket."""
        return self.act(verb, ticket_id=ticket.id, **asked)

    def act(
        self, verb: Any, *, now: datetime = NOW, key: str = "", who: Principal | None = None, **asked: Any
    ) -> Answer:
        """Use one of the queue's verbs."""
        return act(who or self.desk, verb, key=key or uuid4().hex, now=now, **asked)


def open_waiting_room(*, slots: int = 8, **fields: Any) -> WaitingRoom:
    """Make a clinic of its own whose first slot begins now."""
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic)
        room = make_room(session, location=location, name="Room 4")
        schedule = make_schedule(session, clinic=clinic, location=location)
        made = make_slots(session, schedule=schedule, count=slots, starts_at=NOW, minutes=15, **fields)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
    return WaitingRoom(clinic, location, room, schedule, service, made, clerk_of(clinic))


def minutes(count: int) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def id_of(answer: Answer) -> UUID:
    """Return the ticket that a verb answered with."""
    return UUID(answer.body["id"])

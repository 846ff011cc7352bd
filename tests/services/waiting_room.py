"""A clinic with a queue: one practitioner's slots, patients, and the waitlist's verbs as the edges call them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.retry import attempt
from app.services.waitlist import accept as accepting
from app.services.waitlist import decline as declining
from app.services.waitlist import join as joining
from app.services.waitlist import rejoin as rejoining
from app.services.waitlist.offers import patient_of
from app.services.waitlist.rounds import Looks, play_round
from app.services.waitlist.wishes import Wish
from models.db import rows, transaction
from models.patients import Patient
from models.practitioners import HealthcareService
from models.principal import Principal
from models.schedules import Schedule, Slot
from tests import calls
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    clerk_of,
    job_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)


@dataclass
class Room:
    """One practitioner's slots from tomorrow at nine, a service that takes one, and people who wait."""

    clinic_id: UUID
    clerk: Principal
    schedule: Schedule
    service: HealthcareService
    slots: list[Slot]
    patients: list[Patient]

    def join(self, patient: int, *, now: datetime = NOW, by: Principal | None = None, **more: Any) -> UUID:
        """Put a patient on the waitlist and return the entry."""
        return UUID(self.asked_to_join(patient, now=now, by=by, **more).body["id"])

    def asked_to_join(self, patient: int, *, now: datetime = NOW, by: Principal | None = None, **more: Any) -> Answer:
        """Ask for a place in the queue; the preferences are keywords."""
        principal = by or self.clerk
        key = more.pop("key", None) or single_use_key(principal, "join")
        ids = {"patient_id": self.patients[patient].id, "service_id": self.service.id}
        verb = partial(joining.join, principal=principal, **ids, appointment_id=more.pop("appointment_id", None))
        return attempt(principal, partial(verb, wish=Wish(**more), key=key, now=now), key=key, now=now)

    def book(self, slot: int, patient: int, *, now: datetime = NOW) -> UUID:
        """Book a slot for a patient at the desk and return the appointment."""
        held = calls.hold(self.clerk, self.slots[slot], self.service, self.patients[patient], now=now)
        return UUID(calls.confirm(self.clerk, held, now=now).body["id"])

    def tick(self, *, now: datetime = NOW, looks: Looks | None = None) -> int:
        """Play one round as a copy of the scheduler that knows of no looks, unless some are given."""
        return play_round(job_of(self.clinic_id), looks=looks or Looks(), clock=lambda: now)

    def offers(self, *statuses: str) -> list[tuple[UUID, UUID, UUID]]:
        """Return (offer, entry, slot) of the offers in these statuses, in the order in which they were made."""
        statement = """
            SELECT id, entry_id, slot_id FROM waitlist_offers
             WHERE clinic_id = %(clinic_id)s AND status = ANY(%(statuses)s) ORDER BY id"""
        return self.ask(statement, statuses=list(statuses or ("open",)))

    def only_offer(self) -> tuple[UUID, UUID, UUID]:
        """Return the one offer that is open."""
        (offer,) = self.offers()
        return offer

    def statuses(self) -> dict[UUID, str]:
        """Return where each entry stands."""
        return dict(self.ask("SELECT id, status FROM waitlist_entries WHERE clinic_id = %(clinic_id)s ORDER BY id"))

    def appointments(self, *statuses: str) -> list[tuple[UUID, UUID]]:
        """Return (patient, slot) of the appointments in these statuses, by time."""
        statement = """
            SELECT patient_id, slot_id FROM appointments
             WHERE clinic_id = %(clinic_id)s AND status = ANY(%(statuses)s) ORDER BY starts_at"""
        return self.ask(statement, statuses=list(statuses))

    def audited(self, entry_id: UUID) -> list[str]:
        """Return the steps of an entry as the audit log has them."""
        statement = """
            SELECT action FROM audit_events
             WHERE clinic_id = %(clinic_id)s AND object_id = %(id)s ORDER BY at, xmin::text::bigint, ctid"""
        return [action for (action,) in self.ask(statement, id=entry_id)]

    def patient(self, number: int) -> Principal:
        """Return who answers with the letter's token."""
        return patient_of(self.clinic_id, self.patients[number].id)

    def accept(self, principal: Principal, offer_id: UUID, *, now: datetime = NOW, **more: Any) -> Answer:
        """Accept an offer."""
        return self._answer(accepting.accept, principal, now=now, offer_id=offer_id, **more)

    def decline(self, principal: Principal, offer_id: UUID, *, now: datetime = NOW, **more: Any) -> Answer:
        """Decline an offer."""
        return self._answer(declining.decline, principal, now=now, offer_id=offer_id, **more)

    def withdraw(self, entry_id: UUID, *, now: datetime = NOW, by: Principal | None = None, **more: Any) -> Answer:
        """Take an entry off the waitlist."""
        return self._answer(declining.withdraw, by or self.clerk, now=now, entry_id=entry_id, **more)

    def rejoin(self, entry_id: UUID, *, now: datetime = NOW, by: Principal | None = None, **more: Any) -> Answer:
        """Let an entry that was taken off wait again."""
        return self._answer(rejoining.rejoin, by or self.clerk, now=now, entry_id=entry_id, **more)

    def ask(self, statement: str, **parameters: Any) -> list[Any]:
        """Read as the clinic."""
        with transaction(self.clerk) as session:
            return rows(session, statement, {"clinic_id": self.clinic_id, **parameters})  # type: ignore[arg-type]

    def _answer(self, verb: Any, principal: Principal, *, now: datetime, **more: Any) -> Answer:
        key: RequestKey = more.pop("key", None) or single_use_key(principal, verb.__name__)
        return attempt(principal, partial(verb, principal=principal, key=key, now=now, **more), key=key, now=now)


def make_room(*, slots: int = 3, patients: int = 4, starts_at: datetime = TOMORROW, **service: Any) -> Room:
    """Make a clinic whose slots are all free."""
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        offered = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id], **service)
        free = make_slots(session, schedule=schedule, count=slots, starts_at=starts_at)
        people = [make_patient(session, clinic=clinic) for _ in range(patients)]
    return Room(clinic.id, clerk_of(clinic), schedule, offered, free, people)


def make_full_room(*, slots: int = 1, waiting: int = 3, **more: Any) -> tuple[Room, list[UUID]]:
    """Make a clinic whose slots are all booked, by patients of their own; return the appointments too."""
    room = make_room(slots=slots, patients=waiting + slots, **more)
    return room, [room.book(slot, waiting + slot) for slot in range(slots)]


def minutes(count: float) -> timedelta:
    """Return a length of time."""
    return timedelta(minutes=count)

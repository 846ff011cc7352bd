"""An appointment is made longer or shorter where it stands: the slots added are claimed, the others given back."""

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import (
    InvalidField,
    InvalidTransition,
    NotPermitted,
    PatientOverlap,
    RoomUnavailable,
    SlotUnavailable,
    StaleVersion,
)
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.resize import resize as resizing
from app.services.booking.retry import attempt
from models.appointments import Appointment, AppointmentSlot
from models.principal import Principal
from models.records import AuditEvent, OutboxEvent
from models.schedules import Slot
from tests.builders import (
    NOW,
    building,
    clerk_of,
    guest_of,
    make_clinic,
    make_location,
    make_patient,
    make_practitioner,
    make_room,
    make_schedule,
    make_service,
    make_slot,
    make_slots,
    offer,
)
from tests.calls import appointment_id_of, confirm, hold, reschedule, visit
from tests.invariants import assert_sound, broken_counters

pytestmark = pytest.mark.database


class Ward:
    """A practitioner with eight slots of a quarter of an hour, two rooms, and a service of half an hour."""

    def __init__(self, **service: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.location = location = make_location(session, clinic=self.clinic)
            practitioner = make_practitioner(session, clinic=self.clinic)
            other = make_practitioner(session, clinic=self.clinic)
            self.rooms = [make_room(session, location=location, name=name) for name in ("Room 1", "Room 2")]
            schedule = make_schedule(session, clinic=self.clinic, practitioner=practitioner, location=location)
            beside = make_schedule(session, clinic=self.clinic, practitioner=other, location=location)
            self.schedule = schedule
            self.slots = make_slots(session, schedule=schedule, count=8)
            self.beside = make_slots(session, schedule=beside, count=8)
            self.service = make_service(
                session, clinic=self.clinic, practitioners=[practitioner, other], duration_minutes=30, **service
            )
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(4)]
        self.clerk = clerk_of(self.clinic)

    def book(self, at: int, patient: int = 0) -> Answer:
        return confirm(self.clerk, hold(self.clerk, self.slots[at], self.service, self.patients[patient]))

    def resize(self, answer: Any, minutes: int, *, by: Principal | None = None, **more: Any) -> Answer:
        principal = by or self.clerk
        key = more.pop("key", None) or single_use_key(principal, "resize")
        now: datetime = more.pop("now", NOW)
        asked = {"appointment_id": appointment_id_of(answer), "minutes": minutes, **more}
        return attempt(principal, partial(resizing, principal=principal, key=key, now=now, **asked), key=key, now=now)

    def taken(self) -> list[int]:
        with building() as session:
            found = session.exec(select(Slot).where(Slot.clinic_id == self.clinic.id, Slot.current_bookings > 0))
            by_id = {slot.id for slot in found}
        return [at for at, slot in enumerate(self.slots) if slot.id in by_id]

    def appointment(self, answer: Any) -> Appointment:
        with building() as session:
            return session.exec(select(Appointment).where(Appointment.id == appointment_id_of(answer))).one()


@pytest.fixture
def ward(database: DatabaseUrls, valkey: str) -> Ward:
    return Ward()


def test_longer_claims_the_slots_added_and_shorter_gives_them_back(ward: Ward) -> None:
    made = ward.book(0)
    longer = ward.resize(made, 60)
    assert ward.taken() == [0, 1, 2, 3]
    assert (longer.status, longer.body["version"], longer.body["id"]) == (200, 3, made.body["id"])
    assert ward.appointment(made).ends_at - ward.appointment(made).starts_at == timedelta(minutes=60)
    ward.resize(made, 15)
    assert ward.taken() == [0]
    # Part of a slot takes the whole of it.
    ward.resize(made, 20)
    assert ward.taken() == [0, 1]
    assert_sound(ward.clinic.id)


def test_a_change_of_length_is_audited_and_told_outside_but_no_letter_follows(ward: Ward) -> None:
    made = ward.book(0)
    ward.resize(made, 45)
    with building() as session:
        of_it = AuditEvent.object_id == UUID(made.body["id"])
        audit = session.exec(select(AuditEvent).where(of_it, AuditEvent.action == "resize")).one()
        events = session.exec(select(OutboxEvent).where(OutboxEvent.aggregate_id == UUID(made.body["id"])))
        kinds = {event.kind: event.aggregate_version for event in events}
    assert (audit.from_status, audit.to_status, set(audit.detail or {})) == ("booked", "booked", {"old_end", "new_end"})
    assert kinds["appointment.resized"] == 3


def test_a_neighbour_is_in_the_way_and_nothing_changes(ward: Ward) -> None:
    made = ward.book(0)
    ward.book(2, patient=1)
    with pytest.raises(SlotUnavailable):
        ward.resize(made, 45)
    assert ward.taken() == [0, 1, 2, 3]
    assert ward.appointment(made).version == 2
    assert_sound(ward.clinic.id)


def test_the_end_of_the_schedule_is_an_end(ward: Ward) -> None:
    made = ward.book(6)
    with pytest.raises(SlotUnavailable):
        ward.resize(made, 45)


def test_the_patients_own_next_visit_is_in_the_way(ward: Ward) -> None:
    made = ward.book(0)
    confirm(ward.clerk, hold(ward.clerk, ward.beside[2], ward.service, ward.patients[0]))
    with pytest.raises(PatientOverlap):
        ward.resize(made, 45)


def test_a_hold_that_has_run_out_gives_way(ward: Ward) -> None:
    made = ward.book(0)
    hold(ward.clerk, ward.slots[2], ward.service, ward.patients[1])
    later = NOW + timedelta(minutes=6)
    ward.resize(made, 60, now=later)
    assert ward.taken() == [0, 1, 2, 3]
    assert_sound(ward.clinic.id)


def test_a_reschedule_keeps_the_length(ward: Ward) -> None:
    made = ward.book(0)
    ward.resize(made, 60)
    reschedule(ward.clerk, made, ward.slots[4])
    assert ward.taken() == [4, 5, 6, 7]
    with pytest.raises(SlotUnavailable):
        reschedule(ward.clerk, made, ward.slots[5])
    assert_sound(ward.clinic.id)


def test_the_room_stays_and_is_asked_for_the_time_added(database: DatabaseUrls, valkey: str) -> None:
    ward = Ward(room_kind="exam")
    made = ward.book(0)
    room = ward.appointment(made).room_id
    ward.resize(made, 60)
    assert ward.appointment(made).room_id == room
    ward.resize(made, 30)
    # Both rooms are taken in the half hour after it.
    with building() as session:
        third = make_schedule(
            session,
            clinic=ward.clinic,
            practitioner=make_practitioner(session, clinic=ward.clinic),
            location=ward.location,
        )
        slots = make_slots(session, schedule=third, count=8)
        offer(session, service=ward.service, practitioner=third.practitioner_id)
    confirm(ward.clerk, hold(ward.clerk, ward.beside[2], ward.service, ward.patients[1]))
    confirm(ward.clerk, hold(ward.clerk, slots[2], ward.service, ward.patients[2]))
    with pytest.raises(RoomUnavailable):
        ward.resize(made, 45)
    assert_sound(ward.clinic.id)


def test_a_room_that_a_visit_entered_is_kept_though_its_service_asks_for_none(ward: Ward) -> None:
    made = ward.book(0)
    for step in ("arrive", "check_in"):
        visit(ward.clerk, step, made)
    visit(ward.clerk, "enter_room", made, room_id=ward.rooms[1].id)
    ward.resize(made, 60)
    seen = ward.appointment(made)
    assert (seen.room_id, seen.status.value, seen.roomed_at is not None) == (ward.rooms[1].id, "checked-in", True)


def test_what_is_over_in_a_session_odd_or_unseen_is_refused(ward: Ward) -> None:
    made = ward.book(0)
    for minutes in (0, -15, 7, 8 * 60 + 5):
        with pytest.raises(InvalidField):
            ward.resize(made, minutes)
    with pytest.raises(StaleVersion):
        ward.resize(made, 45, version=1)
    for step in ("arrive", "check_in", "complete"):
        visit(ward.clerk, step, made)
    with pytest.raises(InvalidTransition):
        ward.resize(made, 45)
    with building() as session:
        group = make_service(session, clinic=ward.clinic, practitioners=[ward.schedule.practitioner_id], capacity=9)
        slot = make_slot(
            session, schedule=ward.schedule, starts_at=NOW + timedelta(days=2), minutes=60, capacity=9, service=group
        )
    seat = hold(ward.clerk, slot, group, ward.patients[1])
    with pytest.raises(InvalidTransition):
        ward.resize(seat, 15)


def test_guests_may_not(ward: Ward) -> None:
    guest = guest_of(ward.clinic)
    made = hold(guest, ward.slots[0], ward.service, ward.patients[0])
    with pytest.raises(NotPermitted):
        ward.resize(made, 45, by=guest)


def test_the_same_key_gets_the_first_answer(ward: Ward) -> None:
    made = ward.book(0)
    key = single_use_key(ward.clerk, "resize")
    first = ward.resize(made, 60, key=key)
    ward.resize(made, 15)
    assert ward.resize(made, 60, key=key).body == first.body
    assert ward.taken() == [0]


def test_slots_and_counters_agree_after_any_order_of_changes(ward: Ward) -> None:
    dice = random.Random(4)
    made = [ward.book(at, patient=number) for number, at in enumerate((0, 3, 6))]
    for _ in range(60):
        one, minutes = dice.choice(made), dice.choice((5, 15, 20, 30, 45, 60, 75, 90))
        try:
            if dice.random() < 0.7:
                ward.resize(one, minutes)
            else:
                reschedule(ward.clerk, one, dice.choice(ward.slots))
        except SlotUnavailable:
            continue
        assert broken_counters(ward.clinic.id) == []
    assert_sound(ward.clinic.id)
    with building() as session:
        links = session.exec(select(AppointmentSlot).where(AppointmentSlot.clinic_id == ward.clinic.id)).all()
    assert len(links) == len(ward.taken())

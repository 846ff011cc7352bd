"""Overbooking is deliberate, bounded and answered for; whatever is regularly free is held in the ordinary way."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import InvalidField, NotPermitted, PatientOverlap, SlotUnavailable
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer
from models.accounts import Role
from models.appointments import Appointment
from models.clinics import Location
from models.schedules import Slot, SlotStatus
from tests.builders import (
    NOW,
    building,
    clerk_of,
    guest_of,
    make_clinic,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slots,
    staff_of,
)
from tests.calls import cancel, confirm, hold, reschedule, visit
from tests.invariants import assert_sound

pytestmark = pytest.mark.database
WHY = "in pain"


class Full:
    """Two practitioners who share one room, a visit of two slots, and a first start that is taken."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            location = make_location(session, clinic=self.clinic)
            self.room = make_room(session, location=location)
            schedules = [make_schedule(session, clinic=self.clinic, location=location) for _ in range(2)]
            offered = {"clinic": self.clinic, "practitioners": [s.practitioner_id for s in schedules]}
            self.service = make_service(session, duration_minutes=30, room_kind="exam", **offered)
            self.here = make_slots(session, schedule=schedules[0], count=4, overbook_limit=1)
            self.there = make_slots(session, schedule=schedules[1], count=4, overbook_limit=1)
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(5)]
        self.clerk = clerk_of(self.clinic)
        self.first = confirm(self.clerk, hold(self.clerk, self.here[0], self.service, self.patients[0]))

    def over(self, slot: Slot, patient: int, **more: object) -> Answer:
        """Hold a start whether it is full or not."""
        wish = {"overbook_reason": WHY, **more}
        return hold(self.clerk, slot, self.service, self.patients[patient], **wish)

    def row(self, answer: Answer) -> Appointment:
        with building() as session:
            return session.exec(select(Appointment).where(Appointment.id == UUID(answer.body["id"]))).one()

    def counts(self) -> list[tuple[int, int]]:
        """Return the regular and the overbooked places taken of the first practitioner's slots."""
        with building() as session:
            slots = [session.get_one(Slot, (slot.clinic_id, slot.id)) for slot in self.here]
            return [(slot.current_bookings, slot.overbooked) for slot in slots]


@pytest.fixture
def full(database: DatabaseUrls) -> Full:
    return Full()


def test_a_full_start_takes_one_more_on_each_of_its_slots_with_the_reason(full: Full) -> None:
    made = full.row(full.over(full.here[0], 1))
    assert (made.overbook, made.overbook_reason, made.room_id) == (True, WHY, None)
    assert full.counts() == [(1, 1), (1, 1), (0, 0), (0, 0)]
    assert_sound(full.clinic.id)


def test_a_free_start_is_held_in_the_ordinary_way(full: Full) -> None:
    made = full.row(full.over(full.here[2], 1))
    assert (made.overbook, made.overbook_reason, made.room_id) == (False, None, full.room.id)
    assert full.counts() == [(1, 0)] * 4


def test_a_run_out_hold_leaves_an_ordinary_place(full: Full) -> None:
    hold(full.clerk, full.here[2], full.service, full.patients[1])
    made = full.row(full.over(full.here[2], 2, now=NOW + timedelta(minutes=6)))
    assert not made.overbook
    assert_sound(full.clinic.id)


def test_a_missing_room_is_passed_over_and_a_free_one_taken(full: Full) -> None:
    made = full.row(full.over(full.there[0], 1))
    assert (made.overbook, made.room_id) == (True, None)
    with building() as session:
        room = make_room(session, location=session.get_one(Location, (full.clinic.id, full.room.location_id)))
    made = full.row(full.over(full.here[0], 2))
    assert (made.overbook, made.room_id) == (True, room.id)


def test_the_limit_is_said_in_words(full: Full) -> None:
    full.over(full.here[0], 1)
    with pytest.raises(SlotUnavailable, match="no more patients may be added"):
        full.over(full.here[1], 2)
    assert full.counts() == [(1, 1), (1, 1), (0, 0), (0, 0)]


def test_neither_a_closed_slot_nor_the_patients_other_appointment_is_passed_over(full: Full) -> None:
    with pytest.raises(PatientOverlap):
        full.over(full.there[0], 0)
    with building() as session:
        session.get_one(Slot, (full.clinic.id, full.here[1].id)).status = SlotStatus.BLOCKED
    with pytest.raises(SlotUnavailable):
        full.over(full.here[0], 1)


def test_it_needs_the_permission_and_a_reason(full: Full) -> None:
    for nobody in (staff_of(full.clinic, role=Role.NURSE), guest_of(full.clinic)):
        with pytest.raises(NotPermitted):
            hold(nobody, full.here[0], full.service, full.patients[1], overbook_reason=WHY)
    for reason in ("", "   ", "x" * 201):
        with pytest.raises(InvalidField):
            full.over(full.here[0], 1, overbook_reason=reason)


def test_its_place_is_given_back_and_comes_back_as_what_it_was(full: Full) -> None:
    booked = confirm(full.clerk, full.over(full.here[0], 1))
    cancel(full.clerk, booked)
    assert full.counts() == [(1, 0), (1, 0), (0, 0), (0, 0)]
    visit(full.clerk, "undo", booked)
    assert full.row(booked).overbook_reason == WHY
    assert full.counts() == [(1, 1), (1, 1), (0, 0), (0, 0)]
    assert_sound(full.clinic.id)


def test_moved_to_a_free_place_it_is_an_ordinary_appointment_and_the_other_way_round(full: Full) -> None:
    booked = confirm(full.clerk, full.over(full.here[0], 1))
    reschedule(full.clerk, booked, full.here[2])
    assert not full.row(booked).overbook
    assert full.counts() == [(1, 0)] * 4
    with pytest.raises(SlotUnavailable):
        reschedule(full.clerk, booked, full.here[0])
    reschedule(full.clerk, booked, full.here[0], overbook_reason=WHY)
    assert full.counts() == [(1, 1), (1, 1), (0, 0), (0, 0)]
    assert_sound(full.clinic.id)

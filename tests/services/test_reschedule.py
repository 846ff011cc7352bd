"""A move is one step: the new place is taken and the old one free, or nothing has changed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import (
    InvalidTransition,
    NotPermitted,
    OutsideBookingWindow,
    PatientOverlap,
    RoomUnavailable,
    SlotUnavailable,
    StaleVersion,
)
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer, request_key
from app.settings import settings
from models.appointments import Appointment, AppointmentStatus
from models.records import AuditEvent, OutboxEvent
from models.schedules import Slot
from tests.builders import (
    NOW,
    building,
    clerk_of,
    guest_of,
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
from tests.calls import confirm, hold, reschedule, reschedule_many, visit
from tests.invariants import assert_sound

pytestmark = pytest.mark.database


class Desk:
    """Two practitioners with four slots of 15 minutes each, and a service of 45 minutes that needs the only room."""

    def __init__(self, **service: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            location = make_location(session, clinic=self.clinic)
            self.room = make_room(session, location=location)
            schedules = [make_schedule(session, clinic=self.clinic, location=location) for _ in range(2)]
            offered_by = [schedule.practitioner_id for schedule in schedules]
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, **service)
            self.first = make_slots(session, schedule=schedules[0], count=8)
            self.second = make_slots(session, schedule=schedules[1], count=8)
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(3)]
        self.clerk = clerk_of(self.clinic)

    def book(self, slot: Slot, patient: int = 0) -> Answer:
        """Hold and confirm."""
        held = hold(self.clerk, slot, self.service, self.patients[patient])
        return confirm(self.clerk, held)

    def row(self, answer: Answer) -> Appointment:
        with building() as session:
            return session.exec(select(Appointment).where(Appointment.id == UUID(answer.body["id"]))).one()

    def taken(self) -> list[str]:
        with building() as session:
            counts = {s.id: s for s in session.exec(select(Slot).where(Slot.clinic_id == self.clinic.id))}
        named = [(f"A{n}", slot) for n, slot in enumerate(self.first)]
        named += [(f"B{n}", slot) for n, slot in enumerate(self.second)]
        return [name for name, slot in named if counts[slot.id].current_bookings]


@pytest.fixture
def desk(database: DatabaseUrls) -> Desk:
    return Desk(duration_minutes=45, room_kind="exam")


def test_a_move_keeps_the_appointment_and_changes_its_place(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    moved = reschedule(desk.clerk, booked, desk.second[4])
    assert (moved.status, moved.body["id"], moved.body["status"]) == (200, booked.body["id"], "booked")
    assert moved.body["version"] == booked.body["version"] + 1
    assert moved.body["slot_id"] == str(desk.second[4].id)
    assert moved.body["practitioner_id"] == str(desk.second[4].practitioner_id)
    row = desk.row(moved)
    assert row.starts_at == desk.second[4].starts_at
    assert row.starts_local == row.starts_at.replace(tzinfo=None) + timedelta(hours=1)
    assert desk.taken() == ["B4", "B5", "B6"]
    assert_sound(desk.clinic.id)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_an_appointment_never_stands_in_its_own_way(desk: Desk, steps: int) -> None:
    booked = desk.book(desk.first[1])
    reschedule(desk.clerk, booked, desk.first[1 + steps])
    assert desk.taken() == [f"A{n}" for n in range(1 + steps, 4 + steps)]
    assert_sound(desk.clinic.id)


def test_a_taken_place_refuses_and_leaves_everything_as_it_was(desk: Desk) -> None:
    booked, other = desk.book(desk.first[0]), desk.book(desk.first[4], patient=1)
    with pytest.raises(SlotUnavailable):
        reschedule(desk.clerk, booked, desk.first[3])
    with pytest.raises(RoomUnavailable):
        reschedule(desk.clerk, booked, desk.second[4])
    assert desk.row(booked).version == booked.body["version"]
    assert desk.row(other).version == other.body["version"]
    assert desk.taken() == ["A0", "A1", "A2", "A4", "A5", "A6"]


def test_the_patients_other_appointment_refuses(database: DatabaseUrls) -> None:
    desk = Desk()
    booked, _ = desk.book(desk.first[0]), desk.book(desk.first[2])
    with pytest.raises(PatientOverlap):
        reschedule(desk.clerk, booked, desk.second[2])


def test_a_run_out_hold_stands_in_nobodys_way(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    held = hold(desk.clerk, desk.second[3], desk.service, desk.patients[1])
    later = NOW + timedelta(minutes=6)
    assert reschedule(desk.clerk, booked, desk.second[4], now=later).status == 200
    assert desk.row(held).status is AppointmentStatus.CANCELLED
    assert desk.taken() == ["B4", "B5", "B6"]
    assert_sound(desk.clinic.id)


def test_the_same_slot_again_changes_nothing(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    again = reschedule(desk.clerk, booked, desk.first[0])
    assert (again.status, again.body, again.changes) == (200, booked.body, [])
    assert desk.row(booked).version == booked.body["version"]


def test_a_repeated_request_hears_its_first_answer(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    key = request_key(desk.clerk, method="POST", path="/x", key="k", body=1)
    first = reschedule(desk.clerk, booked, desk.second[0], key=key, version=booked.body["version"])
    reschedule(desk.clerk, booked, desk.second[4])
    assert reschedule(desk.clerk, booked, desk.second[0], key=key, version=booked.body["version"]).body == first.body
    assert desk.taken() == ["B4", "B5", "B6"]


@pytest.mark.parametrize("status", [s for s in AppointmentStatus if s is not AppointmentStatus.BOOKED])
def test_only_what_is_booked_is_moved(desk: Desk, status: AppointmentStatus) -> None:
    with building() as session:
        there = make_appointment(
            session, slots=desk.first[:3], service=desk.service, patient=desk.patients[0], status=status
        )
    with pytest.raises(InvalidTransition):
        reschedule(desk.clerk, there, desk.second[0])


def test_a_version_that_was_not_seen_refuses(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    with pytest.raises(StaleVersion):
        reschedule(desk.clerk, booked, desk.second[0], version=1)


def test_who_made_it_moves_it_within_notice_and_horizon_and_nobody_elses(database: DatabaseUrls) -> None:
    desk = Desk(notice_minutes=60, horizon_days=2)
    guest = guest_of(desk.clinic)
    own = confirm(guest, hold(guest, desk.first[0], desk.service, desk.patients[0]))
    assert reschedule(guest, own, desk.first[5]).body["slot_id"] == str(desk.first[5].id)
    late = desk.first[4].starts_at - timedelta(minutes=30)
    with pytest.raises(OutsideBookingWindow):
        reschedule(guest, own, desk.first[4], now=late)
    with pytest.raises(OutsideBookingWindow):
        reschedule(guest, own, desk.first[7], now=desk.first[5].starts_at)
    reschedule(desk.clerk, own, desk.first[4], now=late)
    with pytest.raises(Exception, match="no such appointment"):
        reschedule(guest_of(desk.clinic), own, desk.first[1])


def test_a_slot_at_a_site_without_a_desk_of_ones_own_is_not_permitted(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    with building() as session:
        away = make_schedule(session, clinic=desk.clinic)
        (slot,) = make_slots(session, schedule=away, count=1)
    here = staff_of(desk.clinic, location_ids=frozenset({desk.first[0].location_id}))
    with pytest.raises(NotPermitted):
        reschedule(here, booked, slot)


def test_history_and_event_tell_of_both_places(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    reschedule(desk.clerk, booked, desk.second[4])
    with building() as session:
        of_it = AuditEvent.object_id == UUID(booked.body["id"])
        (audit,) = session.exec(select(AuditEvent).where(of_it, AuditEvent.action == "reschedule"))
        events = session.exec(select(OutboxEvent).where(OutboxEvent.aggregate_id == UUID(booked.body["id"])))
        kinds = {event.aggregate_version: (event.kind, event.not_before) for event in events}
    assert (audit.from_status, audit.to_status, audit.actor) == ("booked", "booked", desk.clerk.actor)
    assert audit.detail == {
        when: {
            "slot_id": str(slot.id),
            "start": slot.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "practitioner_id": str(slot.practitioner_id),
            "location_id": str(slot.location_id),
        }
        for when, slot in (("old", desk.first[0]), ("new", desk.second[4]))
    }
    assert kinds[3] == ("appointment.rescheduled", NOW + timedelta(minutes=settings().undo_minutes))


def test_a_guests_own_move_is_told_at_once(database: DatabaseUrls) -> None:
    desk = Desk()
    guest = guest_of(desk.clinic)
    own = confirm(guest, hold(guest, desk.first[0], desk.service, desk.patients[0]))
    reschedule(guest, own, desk.first[5])
    with building() as session:
        moved = OutboxEvent.kind == "appointment.rescheduled"
        assert session.exec(select(OutboxEvent).where(OutboxEvent.clinic_id == desk.clinic.id, moved)).one()
        found = session.exec(select(OutboxEvent).where(OutboxEvent.clinic_id == desk.clinic.id, moved)).one()
    assert found.not_before == NOW


def test_both_days_boards_hear_of_a_move(desk: Desk) -> None:
    booked = desk.book(desk.first[0])
    moved = reschedule(desk.clerk, booked, desk.second[4])
    assert {change.practitioner_id for change in moved.changes} == {
        desk.first[0].practitioner_id,
        desk.second[4].practitioner_id,
    }


def test_two_take_each_others_places(desk: Desk) -> None:
    visits = [desk.book(desk.first[0]), desk.book(desk.first[3], patient=1)]
    starts = [desk.first[3], desk.first[0]]
    answer = reschedule_many(desk.clerk, list(zip(visits, starts, strict=True)))
    assert [item["slot_id"] for item in answer.body["items"]] == [str(slot.id) for slot in starts]
    assert desk.taken() == [f"A{n}" for n in range(6)]
    assert_sound(desk.clinic.id)


def test_of_several_moves_all_are_made_or_none(desk: Desk) -> None:
    one, other = desk.book(desk.first[0]), desk.book(desk.first[3], patient=1)
    with pytest.raises(SlotUnavailable) as refused:
        reschedule_many(desk.clerk, [(one, desk.first[4]), (other, desk.first[5])])
    # The first took part of what the second asks for.
    assert refused.value.details["refused"] == [
        {"appointment_id": other.body["id"], "slot_id": str(desk.first[5].id), "code": "slot-unavailable"}
    ]
    assert desk.taken() == [f"A{n}" for n in range(6)]
    assert desk.row(one).version == one.body["version"]


def test_a_time_that_has_passed_is_named_among_several_moves(desk: Desk) -> None:
    one, other = desk.book(desk.first[0]), desk.book(desk.first[3], patient=1)
    at = desk.first[0].starts_at + timedelta(minutes=1)
    with pytest.raises(OutsideBookingWindow) as refused:
        reschedule_many(desk.clerk, [(one, desk.second[4]), (other, desk.second[0])], now=at)
    assert [named["appointment_id"] for named in refused.value.details["refused"]] == [other.body["id"]]
    assert desk.taken() == [f"A{n}" for n in range(6)]


def test_who_has_arrived_is_named_among_several_moves(desk: Desk) -> None:
    one, other = desk.book(desk.first[0]), desk.book(desk.first[3], patient=1)
    visit(desk.clerk, "arrive", other)
    with pytest.raises(InvalidTransition) as refused:
        reschedule_many(desk.clerk, [(one, desk.first[1]), (other, desk.first[5])])
    assert refused.value.details["appointment_id"] == other.body["id"]
    assert desk.taken() == [f"A{n}" for n in range(6)]

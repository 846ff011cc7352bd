"""The desk books, holds, confirms, cancels and moves in one step each: wholly or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlmodel import Session, select

from app.errors import (
    HoldExpired,
    InvalidField,
    InvalidTransition,
    NotPermitted,
    PatientOverlap,
    SlotUnavailable,
    StaleVersion,
)
from app.infra import live
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.desk import book, cancel_at_desk, confirm_held, hold_start, move
from app.services.booking import retry
from app.settings import settings
from models.accounts import Role
from models.appointments import Appointment, AppointmentStatus, CancelReason
from models.db import transaction
from models.principal import ActorKind, Principal
from models.records import OutboxEvent
from models.schedules import Schedule, Slot
from tests.builders import NOW, TOMORROW, building, make_appointment, make_slots, staff_of
from tests.services.board_day import BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def appointments(day: BoardDay) -> dict[str, Appointment]:
    with building() as session:
        found = session.exec(select(Appointment).where(Appointment.clinic_id == day.clinic.id))
        return {str(one.id): one for one in found}


def counts(day: BoardDay) -> dict[UUID, int]:
    with building() as session:
        found = session.exec(select(Slot).where(Slot.clinic_id == day.clinic.id))
        return {slot.id: slot.current_bookings for slot in found}


def told_at(appointment_id: str, kind: str) -> datetime:
    """When the patient hears of it."""
    with building() as session:
        of_kind = OutboxEvent.kind == kind
        found = session.exec(select(OutboxEvent).where(OutboxEvent.aggregate_id == UUID(appointment_id), of_kind))
        return found.one().not_before


def taken(day: BoardDay) -> list[str]:
    """Name the places that are taken: A0 is Anna's first."""
    by_id = counts(day)
    named = [(f"A{n}", slot) for n, slot in enumerate(day.anna_slots)]
    named += [(f"B{n}", slot) for n, slot in enumerate(day.boris_slots)]
    return [name for name, slot in named if by_id[slot.id]]


def test_booking_holds_and_confirms_in_one_step(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    answer = book(day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    assert answer.body["status"] == "booked"
    assert taken(day) == ["A0", "A1"]


def test_a_refused_booking_leaves_nothing(day: BoardDay) -> None:
    ana, bo = (make_named_patient(day.clinic, name) for name in ("Ana Silva", "Bo Lima"))
    slot, service = day.anna_slots[0].id, day.service.id
    book(day.clerk, slot_id=slot, service_id=service, patient_id=ana.id, now=NOW)
    with pytest.raises(SlotUnavailable):
        book(day.clerk, slot_id=slot, service_id=service, patient_id=bo.id, now=NOW)
    with pytest.raises(PatientOverlap):
        book(day.clerk, slot_id=day.boris_slots[0].id, service_id=service, patient_id=ana.id, now=NOW)
    assert len(appointments(day)) == 1
    assert taken(day) == ["A0", "A1"]


def test_a_hold_is_confirmed_while_it_lasts(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    held = hold_start(
        day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW
    )
    appointment_id = UUID(held.body["id"])
    with pytest.raises(StaleVersion):
        confirm_held(day.clerk, appointment_id=appointment_id, version=7, now=NOW)
    with pytest.raises(HoldExpired):
        confirm_held(day.clerk, appointment_id=appointment_id, version=1, now=NOW + timedelta(minutes=6))
    assert confirm_held(day.clerk, appointment_id=appointment_id, version=1, now=NOW).body["status"] == "booked"


def test_cancelling_gives_the_places_back_and_minds_what_the_desk_saw(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    made = book(day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    appointment_id, version = UUID(made.body["id"]), made.body["version"]
    with pytest.raises(StaleVersion):
        cancel_at_desk(day.clerk, appointment_id=appointment_id, version=version - 1, now=NOW)
    cancel_at_desk(day.clerk, appointment_id=appointment_id, version=version, now=NOW)
    assert taken(day) == []
    assert appointments(day)[made.body["id"]].cancel_reason == CancelReason.CLINIC


def test_moving_by_one_slot_over_its_own_time_keeps_the_appointment(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    made = book(day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    new = move(
        day.clerk,
        appointment_id=UUID(made.body["id"]),
        version=made.body["version"],
        slot_id=day.anna_slots[1].id,
        now=NOW,
    )
    assert (new.body["id"], new.body["status"]) == (made.body["id"], "booked")
    assert taken(day) == ["A1", "A2"]
    assert list(appointments(day)) == [made.body["id"]]


def test_a_move_to_a_taken_time_leaves_the_old_appointment_as_it_was(day: BoardDay) -> None:
    ana, bo = (make_named_patient(day.clinic, name) for name in ("Ana Silva", "Bo Lima"))
    slot_ids, service = [slot.id for slot in day.anna_slots], day.service.id
    made = book(day.clerk, slot_id=slot_ids[0], service_id=service, patient_id=ana.id, now=NOW)
    book(day.clerk, slot_id=slot_ids[2], service_id=service, patient_id=bo.id, now=NOW)
    with pytest.raises(SlotUnavailable):
        move(
            day.clerk,
            appointment_id=UUID(made.body["id"]),
            version=made.body["version"],
            slot_id=slot_ids[2],
            now=NOW,
        )
    still = appointments(day)[made.body["id"]]
    assert (still.status, still.version) == (AppointmentStatus.BOOKED, made.body["version"])
    assert taken(day) == ["A0", "A1", "A2", "A3"]


def test_who_has_arrived_is_not_moved(day: BoardDay) -> None:
    with building() as session:
        there = make_appointment(
            session,
            slots=day.anna_slots[:2],
            service=day.service,
            patient=make_named_patient(day.clinic, "Ana Silva"),
            status=AppointmentStatus.ARRIVED,
        )
    with pytest.raises(InvalidTransition):
        move(day.clerk, appointment_id=there.id, version=1, slot_id=day.boris_slots[0].id, now=NOW)


def test_every_verb_needs_the_right_to_write_at_that_location(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    held = hold_start(
        day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW
    )
    appointment_id = UUID(held.body["id"])
    reader = Principal(day.clinic.id, ActorKind.USER, "x", frozenset({"board:read", "appointments:read"}))
    place = {"slot_id": day.boris_slots[0].id, "service_id": day.service.id, "patient_id": patient.id, "now": NOW}
    for verb in (book, hold_start):
        with pytest.raises(NotPermitted):
            verb(reader, **place)
        with pytest.raises(NotPermitted):
            verb(staff_of(day.clinic, role=Role.RECEPTIONIST, location_ids=frozenset({UUID(int=1)})), **place)
    for change in (confirm_held, cancel_at_desk):
        with pytest.raises(NotPermitted):
            change(reader, appointment_id=appointment_id, version=1, now=NOW)
    with pytest.raises(NotPermitted):
        move(reader, appointment_id=appointment_id, version=1, slot_id=day.boris_slots[0].id, now=NOW)


def test_a_move_tells_both_days(day: BoardDay, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(live, "publish", lambda *change, whose: told.append((*change[:3], whose)) or True)
    patient = make_named_patient(day.clinic, "Ana Silva")
    with building() as session:
        schedule = session.get_one(Schedule, (day.clinic.id, day.anna_slots[0].schedule_id))
        next_day, _ = make_slots(session, schedule=schedule, count=2, starts_at=TOMORROW + timedelta(days=1))
    made = book(day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    told.clear()
    move(
        day.clerk,
        appointment_id=UUID(made.body["id"]),
        version=made.body["version"],
        slot_id=next_day.id,
        now=NOW,
    )
    days = [NOW.date() + timedelta(days=ahead) for ahead in (1, 2)]
    assert sorted(told, key=str) == [(day.clinic.id, day.location.id, one, {day.anna.id}) for one in days]


def test_a_move_is_told_after_the_minutes_in_which_it_can_be_undone(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    made = book(day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    move(
        day.clerk,
        appointment_id=UUID(made.body["id"]),
        version=made.body["version"],
        slot_id=day.boris_slots[0].id,
        now=NOW,
    )
    assert told_at(made.body["id"], "appointment.confirmed") == NOW
    assert told_at(made.body["id"], "appointment.rescheduled") == NOW + timedelta(minutes=settings().undo_minutes)


def test_a_taken_time_is_overbooked_with_a_reason_and_a_permission(day: BoardDay) -> None:
    ana, bo, cy = (make_named_patient(day.clinic, name) for name in ("Ana Silva", "Bo Lima", "Cy Ono"))
    place = {"slot_id": day.anna_slots[0].id, "service_id": day.service.id, "now": NOW}
    with building() as session:
        for slot in day.anna_slots:
            session.merge(slot).overbook_limit = 1
    book(day.clerk, **place, patient_id=ana.id)
    with pytest.raises(InvalidField):
        book(day.clerk, **place, patient_id=bo.id, overbook_reason=" ")
    with pytest.raises(NotPermitted):
        book(staff_of(day.clinic, role=Role.NURSE), **place, patient_id=bo.id, overbook_reason="pain")
    beside = book(day.clerk, **place, patient_id=bo.id, overbook_reason="pain")
    made = appointments(day)[beside.body["id"]]
    assert (made.status, made.overbook, made.overbook_reason) == (AppointmentStatus.BOOKED, True, "pain")
    # One beside what is regular is the limit, and the refusal says so.
    with pytest.raises(SlotUnavailable, match="full, and no more"):
        book(day.clerk, **place, patient_id=cy.id, overbook_reason="pain too")


def test_a_move_whose_commit_is_not_heard_of_is_answered_as_done(
    day: BoardDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    made = book(day.clerk, slot_id=day.anna_slots[0].id, service_id=day.service.id, patient_id=patient.id, now=NOW)
    lost: list[bool] = []

    @contextmanager
    def losing_one_answer(*args: Any, **kwargs: Any) -> Iterator[Session]:
        with transaction(*args, **kwargs) as session:
            yield session
        if not lost:
            lost.append(True)
            raise psycopg.OperationalError("the connection broke while COMMIT was on its way")

    monkeypatch.setattr(retry, "transaction", losing_one_answer)
    new = move(
        day.clerk,
        appointment_id=UUID(made.body["id"]),
        version=made.body["version"],
        slot_id=day.boris_slots[2].id,
        now=NOW,
    )
    assert lost
    assert new.body["status"] == made.body["status"]
    assert taken(day) == ["B2", "B3"]

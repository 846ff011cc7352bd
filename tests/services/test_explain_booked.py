"""Why a time is not offered although it is open: visits and holds, places, rooms, devices, the patient."""

from datetime import time, timedelta

import pytest

from app.infra.embedded.roles import DatabaseUrls
from models.clinics import Location
from models.db import driver
from tests.builders import (
    NOW,
    building,
    make_appointment,
    make_device,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slot,
)
from tests.calls import appointment_id_of, confirm, hold
from tests.services.working_week import Week, at

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def test_another_visit_until_it_ends() -> None:
    week = Week(buffer_after_minutes=10, duration_minutes=20)
    with building() as session:
        patient = make_patient(session, clinic=week.clinic)
    confirm(week.clerk, hold(week.clerk, week.slot(at("09:30")), week.service, patient))
    assert week.only(at("09:30")) == ("busy", at("10:00"))
    assert week.only(at("09:15")) == ("busy", at("10:00"))


def test_a_hold_until_it_runs_out_and_a_paying_one_until_its_deadline() -> None:
    week = Week(hold_minutes=5)
    hold(week.clerk, week.slot(at("09:00")), week.service, week.patient)
    assert week.only(at("09:00")) == ("held", NOW + timedelta(minutes=5))
    assert week.why(at("09:00"), now=NOW + timedelta(minutes=5)).offered
    with building() as session:
        driver(session).execute(
            "UPDATE appointments SET pay_deadline_at = %s WHERE clinic_id = %s",
            (NOW + timedelta(minutes=15), week.clinic.id),
        )
    assert week.only(at("09:00")) == ("paying", NOW + timedelta(minutes=15))
    assert week.codes(at("09:00"), now=NOW + timedelta(hours=1)) == ["paying"]


def test_a_full_session_until_the_first_hold_runs_out() -> None:
    week = Week(capacity=2, duration_minutes=30)
    week.add(week.rule(1, time(18), time(19), service_id=week.service.id))
    with building() as session:
        patients = [make_patient(session, clinic=week.clinic) for _ in range(2)]
    first = hold(week.clerk, week.slot(at("18:00")), week.service, patients[0])
    assert week.why(at("18:00")).offered
    hold(week.clerk, week.slot(at("18:00")), week.service, patients[1], now=NOW + timedelta(minutes=1))
    assert week.codes(at("18:00")) == ["capacity", "held"]
    assert week.why(at("18:00")).reasons[1].until == NOW + timedelta(minutes=5)
    confirm(week.clerk, first)
    assert week.why(at("18:00")).reasons[1].until == NOW + timedelta(minutes=6)
    # Base slots are not for its patients.
    assert week.codes(at("09:00")) == ["hours"]


@pytest.mark.parametrize("kind", ["room", "device"])
def test_no_room_or_device_of_the_kind_at_this_location(kind: str) -> None:
    week = Week(**{f"{kind}_kind": "scarce"})
    assert week.only(at("09:00")) == (kind, None)
    with building() as session:
        here = session.get_one(Location, (week.clinic.id, week.schedule.location_id))
        make = make_room if kind == "room" else make_device
        make(session, location=make_location(session, clinic=week.clinic), kind="scarce")
        make(session, location=here, kind="scarce", is_active=False)
    assert week.only(at("09:00")) == (kind, None)
    with building() as session:
        make(session, location=here, kind="scarce")
    assert week.why(at("09:00")).offered


def test_a_room_until_the_first_of_its_kind_is_free() -> None:
    week = Week(room_kind="scarce")
    with building() as session:
        here = session.get_one(Location, (week.clinic.id, week.schedule.location_id))
        for _ in range(2):
            make_room(session, location=here, kind="scarce")
        for minutes in (45, 30):
            colleague = make_schedule(session, clinic=week.clinic, location=here, slot_minutes=minutes)
            long = make_service(
                session,
                clinic=week.clinic,
                practitioners=[colleague.practitioner_id],
                duration_minutes=minutes,
                room_kind="scarce",
            )
            slot = make_slot(session, schedule=colleague, starts_at=at("09:00"))
            patient = make_patient(session, clinic=week.clinic)
            session.commit()
            confirm(week.clerk, hold(week.clerk, slot, long, patient))
    assert week.only(at("09:15")) == ("room", at("09:30"))
    assert week.why(at("09:15")).reasons[0].text == "No room of the kind scarce is free."
    assert week.why(at("09:30")).offered


def test_a_patient_who_has_another_appointment() -> None:
    week = Week()
    with building() as session:
        colleague = make_schedule(session, clinic=week.clinic)
        slot = make_slot(session, schedule=colleague, starts_at=at("09:00"))
        long = make_service(session, clinic=week.clinic, duration_minutes=10)
        make_appointment(session, slots=[slot], service=long, patient=week.patient)
    assert week.only(at("09:00"), patient_id=week.patient.id) == ("patient-overlap", at("09:10"))
    assert week.why(at("09:15"), patient_id=week.patient.id).offered
    assert week.why(at("09:00")).offered


def test_an_appointment_that_is_moved_is_not_in_its_own_way() -> None:
    week = Week(duration_minutes=30, room_kind="scarce")
    with building() as session:
        make_room(
            session, location=session.get_one(Location, (week.clinic.id, week.schedule.location_id)), kind="scarce"
        )
    booked = confirm(week.clerk, hold(week.clerk, week.slot(at("09:00")), week.service, week.patient))
    asked = {"patient_id": week.patient.id}
    assert week.codes(at("09:15"), **asked) == ["busy", "room", "patient-overlap"]
    assert week.why(at("09:15"), **asked, moving=appointment_id_of(booked)).offered
    assert week.codes(at("12:00"), **asked, moving=appointment_id_of(booked)) == ["break"]

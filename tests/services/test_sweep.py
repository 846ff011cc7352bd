"""The sweeper gives back exactly one place for each hold that ran out, and all slots of a visit or none."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.services.booking import release as releasing
from app.services.booking.expire import sweep
from models.clinics import Clinic
from models.db import DatabaseRole, rows, transaction
from models.principal import Principal
from tests.builders import (
    NOW,
    building,
    clerk_of,
    job_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slot,
    make_slots,
)
from tests.calls import confirm, hold
from tests.invariants import assert_sound, broken_counters, live_count

pytestmark = pytest.mark.usefixtures("database")
LATER = NOW + timedelta(minutes=6)


def sweep_at(clinic_id: UUID, *, batch: int = 100) -> int:
    job: Principal = job_of(clinic_id)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        return len(sweep(session, job, batch=batch, now=LATER))


def session_with_holds(count: int) -> Clinic:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        offered = {"clinic": clinic, "practitioners": [schedule.practitioner_id], "capacity": 20}
        service = make_service(session, **offered)
        slot = make_slot(session, schedule=schedule, service=service, capacity=20)
        patients = [make_patient(session, clinic=clinic) for _ in range(count)]
    for patient in patients:
        hold(clerk_of(clinic), slot, service, patient)
    return clinic


def places_taken(clinic_id: UUID) -> list[int]:
    with transaction(clerk_of(clinic_id)) as session:
        return [count for (count,) in rows(session, "SELECT current_bookings FROM slots ORDER BY starts_at", {})]


def test_several_holds_of_one_session_that_run_out_together_give_back_several_places() -> None:
    clinic = session_with_holds(7)
    assert places_taken(clinic.id) == [7]
    assert sweep_at(clinic.id) == 7
    assert places_taken(clinic.id) == [0]
    assert_sound(clinic.id)


def test_sweeping_twice_changes_nothing() -> None:
    clinic = session_with_holds(3)
    assert [sweep_at(clinic.id), sweep_at(clinic.id)] == [3, 0]
    assert places_taken(clinic.id) == [0]


def test_a_small_batch_leaves_the_rest_to_the_next_one() -> None:
    clinic = session_with_holds(5)
    assert [sweep_at(clinic.id, batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert places_taken(clinic.id) == [0]


def test_control_with_the_requests_sketch_places_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = "s.current_bookings - f.places"
    assert counted in releasing.RELEASE
    monkeypatch.setattr(releasing, "RELEASE", releasing.RELEASE.replace(counted, "s.current_bookings - 1"))
    clinic = session_with_holds(7)
    sweep_at(clinic.id)
    assert live_count(clinic.id) == 0
    assert places_taken(clinic.id) == [6]
    assert broken_counters(clinic.id)


def test_a_visit_over_several_slots_frees_all_of_them() -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id], duration_minutes=40)
        slots = make_slots(session, schedule=schedule, count=4)
        patient = make_patient(session, clinic=clinic)
    hold(clerk_of(clinic), slots[0], service, patient)
    assert places_taken(clinic.id) == [1, 1, 1, 0]
    assert sweep_at(clinic.id) == 1
    assert places_taken(clinic.id) == [0, 0, 0, 0]


def test_what_was_confirmed_or_still_has_time_is_left_alone() -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        slots = make_slots(session, schedule=schedule, count=2)
        patients = [make_patient(session, clinic=clinic) for _ in range(2)]
    clerk = clerk_of(clinic)
    confirm(clerk, hold(clerk, slots[0], service, patients[0]))
    hold(clerk, slots[1], service, patients[1], now=LATER)
    assert sweep_at(clinic.id) == 0
    assert places_taken(clinic.id) == [1, 1]


def test_a_paying_hold_is_never_swept() -> None:
    clinic = session_with_holds(2)
    with building() as session:
        pay = "UPDATE appointments SET pay_deadline_at = now() WHERE clinic_id = %(clinic_id)s"
        rows(session, pay + " RETURNING id", {"clinic_id": clinic.id})
    assert sweep_at(clinic.id) == 0
    assert places_taken(clinic.id) == [2]


def test_a_visit_with_a_busy_slot_waits_for_the_next_sweep() -> None:
    clinic = session_with_holds(2)
    with transaction(clerk_of(clinic)) as busy:
        rows(busy, "SELECT id FROM slots FOR UPDATE", {})
        assert sweep_at(clinic.id) == 0
    assert sweep_at(clinic.id) == 2

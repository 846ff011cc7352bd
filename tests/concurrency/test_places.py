"""Many callers for few places: exactly as many winners as places, and a clear refusal for everybody else."""

from collections.abc import Callable
from functools import partial

import pytest

from app.services.booking import claim as claiming
from models.clinics import Clinic
from tests.builders import building, clerk_of, make_clinic, make_patient, make_schedule, make_service, make_slot
from tests.calls import hold
from tests.concurrency.crowd import crowd, tally
from tests.invariants import assert_sound, broken_counters, live_count

CONDITION = "AND current_bookings < max_capacity"


def run_on_one_slot(*, callers: int, places: int) -> tuple[Clinic, dict[object, int]]:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        offered = {"clinic": clinic, "practitioners": [schedule.practitioner_id], "capacity": places}
        service = make_service(session, **offered)
        shared = {"service": service, "capacity": places} if places > 1 else {}
        slot = make_slot(session, schedule=schedule, **shared)
        patients = [make_patient(session, clinic=clinic) for _ in range(callers)]
    clerk = clerk_of(clinic)
    return clinic, tally(crowd([partial(hold, clerk, slot, service, patient) for patient in patients]))


def test_200_callers_for_one_place_give_one_winner_and_199_clear_refusals() -> None:
    clinic, heard = run_on_one_slot(callers=200, places=1)
    assert heard == {201: 1, "slot-unavailable": 199}
    assert live_count(clinic.id) == 1
    assert_sound(clinic.id)


def test_200_callers_for_20_places_give_20_winners() -> None:
    clinic, heard = run_on_one_slot(callers=200, places=20)
    assert heard == {201: 20, "slot-unavailable": 180}
    assert live_count(clinic.id) == 20
    assert_sound(clinic.id)


def test_control_without_the_claims_condition_a_place_is_given_twice(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without("ck_slots_current_bookings", "ex_appointments_practitioner")
    assert CONDITION in claiming.CLAIM
    monkeypatch.setattr(claiming, "CLAIM", claiming.CLAIM.replace(CONDITION, ""))
    clinic, heard = run_on_one_slot(callers=60, places=20)
    assert heard[201] > 20
    assert live_count(clinic.id) > 20
    assert broken_counters(clinic.id)

"""An import and a booking that want the same place or the same patient's time: one of them gets it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from app.errors import PatientOverlap, PractitionerOverlap, SlotUnavailable
from app.services.imports import hold_rows
from models.schedules import Slot
from tests.builders import building, make_schedule, make_slot, offer
from tests.calls import hold
from tests.invariants import assert_sound, overlaps
from tests.services.import_world import APPOINTMENT, BORN, Importer

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("database")]
ROW = APPOINTMENT + "7,Anna Weber,Check-up,2027-01-05 09:{minute:02},\n"
ROUNDS = range(4)


def both(world: Importer, text: str, slot: object, patient: object) -> tuple[bool, bool]:
    """Import and hold at once; tell who got through."""
    barrier = threading.Barrier(2)

    def importing() -> bool:
        barrier.wait()
        return world.appointments(text).is_taken

    def holding() -> bool:
        barrier.wait()
        try:
            hold(world.clerk, slot, world.service, patient)
        except (SlotUnavailable, PatientOverlap, PractitionerOverlap):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(importing), pool.submit(holding)
        return first.result(), second.result()


def test_one_place_goes_to_the_import_or_to_the_booking() -> None:
    world = Importer()
    world.add("Ana", "Torres", external_number="7")
    other = world.add("Eva", "Klein", date(1990, 1, 1))
    for number in ROUNDS:
        imported, held = both(world, ROW.format(minute=15 * number), world.slots[number], other)
        assert imported != held
        assert world.taken()[number] == 1
    assert_sound(world.clinic.id)


def test_one_patients_time_goes_to_the_import_or_to_the_booking_elsewhere() -> None:
    world = Importer()
    ana = world.add("Ana", "Torres", BORN, external_number="7")
    slots = elsewhere(world)
    for number in ROUNDS:
        imported, held = both(world, ROW.format(minute=15 * number), slots[number], ana)
        assert imported != held
    assert_sound(world.clinic.id)


def test_without_the_look_and_the_constraint_the_patient_is_booked_twice(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without("ex_appointments_patient", "uq_appointments_patient_start")
    monkeypatch.setattr(hold_rows, "refusals_under_locks", lambda *_, wanted: [None] * len(wanted))
    world = Importer()
    ana = world.add("Ana", "Torres", BORN, external_number="7")
    hold(world.clerk, elsewhere(world)[0], world.service, ana)
    assert world.appointments(ROW.format(minute=0)).is_taken
    assert overlaps(world.clinic.id)


def elsewhere(world: Importer) -> list[Slot]:
    """The same times with another practitioner at another site."""
    with building() as session:
        schedule = make_schedule(session, clinic=world.clinic)
        offer(session, service=world.service, practitioner=schedule.practitioner_id)
        return [make_slot(session, schedule=schedule, starts_at=slot.starts_at) for slot in world.slots]

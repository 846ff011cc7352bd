"""Open starts and what is scarce: rooms, devices, places of a session."""

from datetime import timedelta

import pytest

from app.infra.embedded.roles import DatabaseUrls
from models.clinics import Location
from models.db import rows, transaction
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    make_device,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slot,
)
from tests.calls import hold
from tests.services.one_practitioner import World, starts_of

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


@pytest.mark.parametrize("kind", ["room", "device"])
def test_a_scarce_place_takes_the_start_from_the_colleague_too(kind: str) -> None:
    world = World(**{f"{kind}_kind": "scarce"})
    with building() as session:
        here = session.get_one(Location, (world.clinic.id, world.schedule.location_id))
        make = make_room if kind == "room" else make_device
        make(session, location=here, kind="scarce")
        make(session, location=here, kind="scarce", is_active=False)
        make(session, location=make_location(session, clinic=world.clinic), kind="scarce")
        colleague = make_schedule(session, clinic=world.clinic, location=here)
        offered = make_service(
            session, clinic=world.clinic, practitioners=[colleague.practitioner_id], **{f"{kind}_kind": "scarce"}
        )
        taken = make_slot(session, schedule=colleague, starts_at=TOMORROW + timedelta(minutes=15))
    assert world.starts() == world.slot_ids(0, 1, 2, 3)
    hold(world.clerk, taken, offered, world.patient)
    assert world.starts() == world.slot_ids(0, 2, 3)
    assert world.starts(now=NOW + timedelta(minutes=6)) == world.slot_ids(0, 1, 2, 3)


def test_without_any_such_room_nothing_is_offered() -> None:
    assert World(room_kind="theatre").starts() == []


def test_a_session_shows_its_places_and_base_slots_are_not_for_its_service() -> None:
    world = World(capacity=20)
    assert world.starts() == []
    with building() as session:
        at = TOMORROW + timedelta(hours=3)
        group = make_slot(session, schedule=world.schedule, service=world.service, capacity=20, starts_at=at)
        patients = [make_patient(session, clinic=world.clinic) for _ in range(2)]
    hold(world.clerk, group, world.service, patients[0])
    hold(world.clerk, group, world.service, patients[1], now=NOW + timedelta(minutes=3))
    (start,) = starts_of(world.clerk, world.service, now=NOW + timedelta(minutes=3))
    assert (start.capacity, start.free, start.version) == (20, 18, 3)
    # The first of the two holds has run out.
    (start,) = starts_of(world.clerk, world.service, now=NOW + timedelta(minutes=6))
    assert start.free == 19


def test_a_sessions_seats_share_one_room_and_leave_the_others_free() -> None:
    world = World(count=0, capacity=8, room_kind="exam")
    with building() as session:
        here = session.get_one(Location, (world.clinic.id, world.schedule.location_id))
        for _ in range(4):
            make_room(session, location=here)
        group = make_slot(session, schedule=world.schedule, service=world.service, capacity=8)
        patients = [make_patient(session, clinic=world.clinic) for _ in range(8)]
    for patient in patients:
        hold(world.clerk, group, world.service, patient)
    with transaction(world.clerk) as session:
        found = rows(session, "SELECT DISTINCT room_id FROM appointments WHERE slot_id = %(id)s", {"id": group.id})
    assert len(found) == 1


def test_another_services_session_is_not_offered() -> None:
    world = World(count=1)
    with building() as session:
        group = make_service(session, clinic=world.clinic, capacity=20, practitioners=[world.schedule.practitioner_id])
        at = TOMORROW + timedelta(minutes=15)
        make_slot(session, schedule=world.schedule, service=group, capacity=20, starts_at=at)
    assert world.starts() == world.slot_ids(0)

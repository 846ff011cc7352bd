"""Open starts, days and first available: each rule by itself (that all together are what a hold accepts is tested in
test_offered_is_accepted)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.errors import ClinicError, InvalidField, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.availability import Start, days, first_available, open_starts
from models.appointments import AppointmentStatus
from models.base import new_id
from models.clinics import Location
from models.db import driver, transaction
from models.practitioners import Practitioner
from models.principal import ActorKind, Principal
from models.schedules import SlotStatus
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    clerk_of,
    guest_of,
    make_appointment,
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
    staff_of,
)
from tests.calls import hold
from tests.services.one_practitioner import World, ids, starts_of

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def test_a_start_is_the_patients_time_and_its_first_slot() -> None:
    world = World(duration_minutes=20, buffer_before_minutes=5, buffer_after_minutes=5)
    first, *rest = starts_of(world.clerk, world.service)
    assert first == Start(
        id=world.slots[0].id,
        practitioner_id=world.schedule.practitioner_id,
        location_id=world.schedule.location_id,
        starts_at=TOMORROW + timedelta(minutes=5),
        ends_at=TOMORROW + timedelta(minutes=25),
        capacity=1,
        free=1,
        version=1,
        timezone="Europe/Berlin",
    )
    # Two slots each: the last slot has no successor.
    assert ids(rest) == world.slot_ids(1, 2)


def test_a_full_or_blocked_slot_breaks_the_row() -> None:
    world = World(duration_minutes=30)
    world.change(world.slots[1], status=SlotStatus.BLOCKED)
    assert world.starts() == world.slot_ids(2)
    world.change(world.slots[1], status=SlotStatus.OPEN)
    hold(world.clerk, world.slots[2], world.service, world.patient)
    assert world.starts() == world.slot_ids(0)


def test_a_gap_is_not_bridged() -> None:
    world = World(count=1, duration_minutes=30)
    with building() as session:
        make_slot(session, schedule=world.schedule, starts_at=TOMORROW + timedelta(minutes=20))
    assert world.starts() == []


def test_an_expired_hold_hides_nothing_and_a_live_one_does() -> None:
    world = World(count=1)
    hold(world.clerk, world.slots[0], world.service, world.patient)
    assert world.starts(now=NOW + timedelta(minutes=4)) == []
    assert world.starts(now=NOW + timedelta(minutes=5)) == world.slot_ids(0)


def test_a_paying_hold_is_never_free() -> None:
    world = World(count=1)
    with building() as session:
        slots = [session.merge(world.slots[0])]
        times = {"hold_expires_at": NOW, "pay_deadline_at": NOW + timedelta(minutes=15)}
        make_appointment(
            session,
            slots=slots,
            service=world.service,
            patient=world.patient,
            status=AppointmentStatus.PENDING,
            **times,
        )
    assert world.starts(now=NOW + timedelta(hours=2)) == []


def test_notice_and_horizon_bind_guests_and_not_staff() -> None:
    world = World(notice_minutes=24 * 60 + 15, horizon_days=1)
    guest = guest_of(world.clinic)
    assert world.starts() == world.slot_ids(0, 1, 2, 3)
    assert world.starts(principal=guest) == []
    world.change(world.service, notice_minutes=24 * 60 + 15, horizon_days=2)
    assert world.starts(principal=guest) == world.slot_ids(1, 2, 3)
    world.change(world.service, notice_minutes=0, horizon_days=1)
    assert world.starts(principal=guest) == world.slot_ids(0)


def test_notice_counts_to_the_patients_time() -> None:
    world = World(duration_minutes=10, buffer_before_minutes=5, notice_minutes=24 * 60 + 5)
    assert world.starts(principal=guest_of(world.clinic)) == world.slot_ids(0, 1, 2, 3)


def test_the_range_is_half_open_and_about_the_patients_time() -> None:
    world = World(duration_minutes=10, buffer_before_minutes=5)
    begins = TOMORROW + timedelta(minutes=5)
    assert world.starts(since=begins, until=begins + timedelta(minutes=15)) == world.slot_ids(0)
    assert world.starts(since=begins + timedelta(seconds=1)) == world.slot_ids(1, 2, 3)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), timedelta(days=62, seconds=1)])
def test_a_bad_range_is_refused(length: timedelta) -> None:
    world = World(count=1)
    with pytest.raises(InvalidField) as refusal:
        world.starts(since=NOW, until=NOW + length)
    assert refusal.value.field == "to"


def test_an_unknown_service_is_refused_and_another_clinics_too() -> None:
    world, other = World(count=1), World(count=1)
    for service in (new_id(), other.service):
        with pytest.raises(InvalidField) as refusal:
            starts_of(world.clerk, service)
        assert refusal.value.field == "service_id"


def test_reading_needs_the_permission() -> None:
    world = World(count=1)
    nobody = Principal(world.clinic.id, ActorKind.API_CLIENT, "c", frozenset({"appointments:read"}))
    for read in (open_starts, days, first_available):
        with transaction(nobody) as session, pytest.raises(NotPermitted):
            read(session, nobody, service_id=world.service.id, since=NOW, until=TOMORROW, now=NOW)


def test_only_what_is_active_and_offered_is_found() -> None:
    world = World(count=1)
    with building() as session:
        make_service(session, clinic=world.clinic)
    for table, key in (
        ("services", world.service.id),
        ("practitioners", world.schedule.practitioner_id),
        ("locations", world.schedule.location_id),
        ("schedules", world.schedule.id),
    ):
        _set_active(table, key, is_active=False)
        assert world.starts() == [], table
        with pytest.raises(ClinicError):
            hold(world.clerk, world.slots[0], world.service, world.patient)
        _set_active(table, key, is_active=True)
    assert world.starts() == world.slot_ids(0)


def _set_active(table: str, key: UUID, *, is_active: bool) -> None:
    with building() as session:
        statement = f"UPDATE {table} SET is_active = %(is_active)s WHERE id = %(id)s"
        driver(session).execute(statement, {"is_active": is_active, "id": key})  # type: ignore[call-overload]


def test_staff_of_one_site_find_and_hold_only_there() -> None:
    world = World(count=1)
    elsewhere = staff_of(world.clinic, location_ids=frozenset({new_id()}))
    here = staff_of(world.clinic, location_ids=frozenset({world.schedule.location_id}))
    assert world.starts(principal=elsewhere) == []
    with pytest.raises(NotPermitted):
        hold(elsewhere, world.slots[0], world.service, world.patient)
    assert world.starts(principal=here) == world.slot_ids(0)
    assert world.starts(principal=here, location_id=new_id()) == []
    assert hold(here, world.slots[0], world.service, world.patient).status == 201


def test_a_practitioner_who_is_busy_at_another_site_is_not_offered() -> None:
    world = World()
    with building() as session:
        practitioner = session.get_one(Practitioner, (world.clinic.id, world.schedule.practitioner_id))
        there = make_schedule(session, clinic=world.clinic, practitioner=practitioner, slot_minutes=15)
        overlapping = make_slot(session, schedule=there, starts_at=TOMORROW + timedelta(minutes=7))
    assert len(world.starts()) == 5
    hold(world.clerk, overlapping, world.service, world.patient)
    assert world.starts() == world.slot_ids(2, 3)


def test_filters_narrow_by_practitioner_specialty_and_location() -> None:
    world = World(count=1)
    with building() as session:
        eye = make_practitioner(session, clinic=world.clinic, specialty="eye")
        there = make_schedule(session, clinic=world.clinic, practitioner=eye)
        other = make_slot(session, schedule=there, specialty="eye")
        offer(session, service=world.service, practitioner=eye)
    assert set(world.starts()) == {world.slots[0].id, other.id}
    assert world.starts(practitioner_id=eye.id) == [other.id]
    assert world.starts(specialty="eye") == [other.id]
    assert world.starts(specialty="gp") == world.slot_ids(0)
    assert world.starts(location_id=there.location_id) == [other.id]
    assert world.starts(location_id=there.location_id, specialty="gp") == []


def test_first_available_is_the_earliest_over_all_practitioners() -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedules = [make_schedule(session, clinic=clinic) for _ in range(5)]
        service = make_service(session, clinic=clinic, practitioners=[s.practitioner_id for s in schedules])
        made = [
            make_slot(session, schedule=schedule, starts_at=NOW + timedelta(days=30 - 5 * n, hours=n))
            for n, schedule in enumerate(schedules)
        ]
    clerk = clerk_of(clinic)
    with transaction(clerk) as session:
        first = first_available(session, clerk, service_id=service.id, now=NOW)
        three = first_available(session, clerk, service_id=service.id, now=NOW, count=3)
        every = first_available(session, clerk, service_id=service.id, now=NOW, count=50)
    assert ids(first) == [made[4].id]
    assert ids(three) == [made[4].id, made[3].id, made[2].id]
    assert ids(every) == [slot.id for slot in reversed(made)]


def test_a_limit_gives_the_beginning_of_the_whole_list() -> None:
    world = World(count=60, duration_minutes=30, room_kind="exam")
    with building() as session:
        make_room(session, location=session.get_one(Location, (world.clinic.id, world.schedule.location_id)))
    for number in (3, 9, 22):
        with building() as session:
            patient = make_patient(session, clinic=world.clinic)
        hold(world.clerk, world.slots[number], world.service, patient)
    every = world.starts()
    assert len(every) == 50
    for limit in (1, 7, 32, 33, 49, 50, 51):
        assert world.starts(limit=limit) == every[:limit]


def test_days_count_free_places_by_the_locations_own_day() -> None:
    with building() as session:
        clinic = make_clinic(session)
        auckland = make_location(session, clinic=clinic, timezone="Pacific/Auckland")
        schedule = make_schedule(session, clinic=clinic, location=auckland)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        # Midnight in Auckland is 11:00 UTC.
        make_slots(session, schedule=schedule, count=3, starts_at=datetime(2027, 1, 5, 10, 30, tzinfo=UTC))
        group = make_slot(
            session,
            schedule=schedule,
            service=service,
            capacity=8,
            starts_at=datetime(2027, 1, 7, 0, 0, tzinfo=UTC),
        )
    clerk = clerk_of(clinic)
    with transaction(clerk) as session:
        found = days(session, clerk, service_id=service.id, since=NOW, until=NOW + timedelta(days=9), now=NOW)
    assert group.max_capacity == 8
    assert found == [(date(2027, 1, 5), 2), (date(2027, 1, 6), 1), (date(2027, 1, 7), 8)]


def test_another_clinics_slots_are_never_seen() -> None:
    world = World(count=2)
    assert starts_of(world.clerk, world.service)
    stranger = clerk_of(World(count=1).clinic)
    with pytest.raises(InvalidField):
        starts_of(stranger, world.service)

"""Filling the horizon: whole, once, without touching what is there."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import col, select

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.services.schedules.generate import generate_slots
from models.accounts import Role
from models.clinics import Location
from models.db import DatabaseRole, transaction
from models.practitioners import HealthcareService
from models.principal import ActorKind, Principal
from models.records import AuditEvent
from models.schedules import ExceptionKind, Holiday, Schedule, ScheduleException
from tests.services.timetable import BERLIN, MONDAY, NOW, add, make_clinic, make_rule, make_schedule, slots_of

pytestmark = pytest.mark.database


@pytest.fixture
def job(database: DatabaseUrls) -> Principal:
    return make_clinic()


def test_the_horizon_is_filled_from_now_on_and_marked(job: Principal) -> None:
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id)
        make_rule(session, schedule, weekday=0, starts=9, ends=12)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        assert generate_slots(session, job, until=MONDAY + timedelta(days=7), now=NOW) == 4 + 6
    with transaction(job) as session:
        slots = slots_of(session, schedule)
        assert slots[0].starts_at == NOW
        assert {slot.specialty for slot in slots} == {"general"}
        assert {slot.max_capacity for slot in slots} == {1}
        kept = session.exec(select(Schedule).where(Schedule.id == schedule.id)).one()
        assert kept.generated_until == MONDAY + timedelta(days=7)


def test_a_second_run_adds_nothing_and_a_later_one_only_what_is_new(job: Principal) -> None:
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id)
        make_rule(session, schedule, weekday=0, starts=9, ends=12)
        first = generate_slots(session, job, until=MONDAY + timedelta(days=7), now=NOW)
        ids = [slot.id for slot in slots_of(session, schedule)]
        assert generate_slots(session, job, until=MONDAY + timedelta(days=7), now=NOW) == 0
        assert generate_slots(session, job, until=MONDAY + timedelta(days=14), now=NOW) == 6
        assert [slot.id for slot in slots_of(session, schedule)][:first] == ids


def test_sessions_copy_their_capacity_and_length_from_the_service(job: Principal) -> None:
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id)
        vaccination = HealthcareService(
            clinic_id=job.clinic_id,
            name="Group vaccination",
            specialty="general",
            duration_minutes=45,
            buffer_before_minutes=5,
            buffer_after_minutes=10,
            capacity=20,
            currency="EUR",
        )
        add(session, vaccination)
        make_rule(session, schedule, weekday=1, starts=9, ends=13)
        make_rule(session, schedule, weekday=1, starts=10, ends=12, service_id=vaccination.id)
        generate_slots(session, job, until=MONDAY + timedelta(days=1), now=NOW)
        slots = slots_of(session, schedule)
        assert [(s.starts_at.astimezone(BERLIN).hour, s.max_capacity) for s in slots] == [
            (9, 1),
            (9, 1),
            (10, 20),
            (11, 20),
            (12, 1),
            (12, 1),
        ]
        assert {s.service_id for s in slots if s.max_capacity == 20} == {vaccination.id}


def test_holidays_and_exceptions_of_the_tables_are_heard(job: Principal) -> None:
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id)
        for weekday in range(3):
            make_rule(session, schedule, weekday=weekday, starts=13, ends=15)
        clinic, other_site = (
            job.clinic_id,
            Location(clinic_id=job.clinic_id, name="B", timezone="UTC", country="DE"),
        )
        add(session, other_site)
        tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
        add(session, Holiday(clinic_id=clinic, on_date=tuesday, name="Founders' day"))
        add(session, Holiday(clinic_id=clinic, location_id=other_site.id, on_date=MONDAY, name="Elsewhere"))
        closed = ScheduleException(
            clinic_id=clinic,
            schedule_id=schedule.id,
            on_date=wednesday,
            starts_local=time(13),
            ends_local=time(14),
            kind=ExceptionKind.CLOSED,
        )
        add(session, closed)
        assert generate_slots(session, job, until=wednesday, now=NOW) == 4 + 0 + 2


def test_one_schedule_can_be_asked_for_and_inactive_ones_get_nothing(job: Principal) -> None:
    with transaction(job) as session:
        asked, other, retired = (make_schedule(session, job.clinic_id) for _ in range(3))
        retired.is_active = False
        for schedule in (asked, other, retired):
            make_rule(session, schedule, weekday=0, starts=13, ends=14)
        assert generate_slots(session, job, until=MONDAY, now=NOW, schedule_id=asked.id) == 2
        assert slots_of(session, other) == []
        assert generate_slots(session, job, until=MONDAY, now=NOW) == 2
        assert slots_of(session, retired) == []


def test_a_practitioner_with_two_schedules_never_gets_overlapping_slots(job: Principal) -> None:
    with transaction(job) as session:
        second_site = Location(clinic_id=job.clinic_id, name="B", timezone="Europe/London", country="GB")
        add(session, second_site)
        here = make_schedule(session, job.clinic_id, slot_minutes=30)
        there = make_schedule(
            session,
            job.clinic_id,
            slot_minutes=20,
            practitioner_id=here.practitioner_id,
            location_id=second_site.id,
        )
        make_rule(session, here, weekday=0, starts=13, ends=15)
        make_rule(session, there, weekday=0, starts=12, ends=15)
        generate_slots(session, job, until=MONDAY, now=NOW)
        slots = sorted(slots_of(session, here) + slots_of(session, there), key=lambda slot: slot.starts_at)
        assert len(slots_of(session, here)) == 4
        assert all(a.ends_at <= b.starts_at for a, b in itertools.pairwise(slots))


def test_a_clock_change_gives_the_slots_that_real_time_has(database: DatabaseUrls) -> None:
    job = make_clinic(timezone="Australia/Lord_Howe")
    before = datetime(2025, 4, 4, 0, 0, tzinfo=UTC)
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id, slot_minutes=15)
        make_rule(session, schedule, weekday=6, starts=1, ends=3)
        # From 01:00 to 03:00 the clock needs two hours and a half that Sunday.
        assert generate_slots(session, job, until=date(2025, 4, 6), now=before) == 10


def test_the_audit_names_who_caused_it_and_a_run_without_effect_leaves_none(job: Principal) -> None:
    manager = Principal(job.clinic_id, ActorKind.USER, "manager-1", ROLE_PERMISSIONS[Role.MANAGER])
    with transaction(manager) as session:
        schedule = make_schedule(session, job.clinic_id)
        make_rule(session, schedule, weekday=0, starts=13, ends=14)
        generate_slots(session, manager, until=MONDAY, now=NOW)
        generate_slots(session, manager, until=MONDAY, now=NOW)
        make_rule(session, schedule, weekday=0, starts=14, ends=15)
        generate_slots(session, job, until=MONDAY, now=NOW)
        asked = select(AuditEvent).where(AuditEvent.clinic_id == job.clinic_id).order_by(col(AuditEvent.id))
        events = session.exec(asked.where(AuditEvent.action == "slots.generate")).all()
    assert [(event.actor, (event.detail or {})["slots"]) for event in events] == [
        ("user:manager-1", 2),
        ("system:horizon", 2),
    ]


def test_who_may_not_write_schedules_generates_nothing(job: Principal) -> None:
    clerk = Principal(job.clinic_id, ActorKind.USER, "clerk-1", ROLE_PERMISSIONS[Role.RECEPTIONIST])
    with transaction(clerk) as session, pytest.raises(NotPermitted):
        generate_slots(session, clerk, until=MONDAY, now=NOW)


def test_another_clinic_is_out_of_reach(job: Principal) -> None:
    other = make_clinic()
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id)
        make_rule(session, schedule, weekday=0, starts=13, ends=14)
    with transaction(other) as session:
        assert generate_slots(session, other, until=MONDAY, now=NOW, schedule_id=schedule.id) == 0

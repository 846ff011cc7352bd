"""A small clinic made from a seed: schedules around a clock change, scarce rooms and devices, holds of every kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.errors import ClinicError
from app.services.schedules.generate import generate_slots
from models.appointments import AppointmentStatus
from models.clinics import Location
from models.db import DatabaseRole, driver, transaction
from models.patients import Patient
from models.practitioners import HealthcareService, Practitioner
from models.principal import Principal
from models.schedules import Schedule, ScheduleRule, Slot, SlotStatus
from tests.builders import (
    building,
    clerk_of,
    job_of,
    make_appointment,
    make_clinic,
    make_device,
    make_location,
    make_patient,
    make_practitioner,
    make_room,
    make_schedule,
    make_service,
    make_slot,
    make_slots,
    offer,
)
from tests.calls import confirm, hold

# Days on which the clock changes in the night, and one on which it does not.
DAYS = (
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2027, 10, 31)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Asia/Kolkata", date(2027, 5, 5)),
)


@dataclass
class RandomClinic:
    """What was made; `now` is the time at which it is looked at."""

    seed: int
    random: Random
    day: date
    zone: ZoneInfo
    now: datetime
    clinic_id: UUID
    services: list[HealthcareService] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)

    @property
    def clerk(self) -> Principal:
        """A receptionist of all sites."""
        return clerk_of(self.clinic_id)


def make_random_clinic(seed: int) -> RandomClinic:
    """Make and commit the clinic of a seed."""
    random = Random(seed)
    timezone, day = DAYS[seed % len(DAYS)]
    zone = ZoneInfo(timezone)
    midnight = datetime.combine(day, time.min, zone).astimezone(UTC)
    now = midnight - timedelta(minutes=random.randrange(30, 24 * 60))
    with building() as session:
        clinic = make_clinic(session, timezone=timezone)
        made = RandomClinic(seed, random, day, zone, now, clinic.id)
        _make_places(session, made)
        _make_services(session, made)
        schedules = _make_schedules(session, made)
    with transaction(job_of(made.clinic_id), role=DatabaseRole.WORKER) as session:
        generate_slots(session, job_of(made.clinic_id), until=day, now=now - timedelta(days=2))
    with building() as session:
        _make_odd_slots(session, made, schedules)
        _read_slots(session, made)
        made.patients = [make_patient(session, clinic=made.clinic_id) for _ in range(40)]
    _make_appointments(made)
    _make_odd_appointments(made)
    return made


def _make_places(session: Session, made: RandomClinic) -> None:
    other = made.random.choice(["Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"])
    for timezone in (made.zone.key, other):
        location = make_location(session, clinic=made.clinic_id, timezone=timezone)
        made.locations.append(location)
        for _ in range(made.random.randint(1, 2)):
            make_room(session, location=location, kind="exam")
        make_room(session, location=location, kind="exam", is_active=False)
        make_device(session, location=location, kind="laser")
        make_device(session, location=location, kind="laser", is_active=False)


def _make_services(session: Session, made: RandomClinic) -> None:
    random = made.random
    kinds: list[dict[str, Any]] = [
        {"duration_minutes": random.choice([10, 15, 20])},
        {
            "duration_minutes": random.choice([15, 25, 40]),
            "buffer_before_minutes": random.choice([5, 10, 15]),
            "buffer_after_minutes": random.choice([5, 10, 20]),
        },
        {"duration_minutes": random.choice([10, 30]), "room_kind": "exam", "buffer_after_minutes": 10},
        {
            "duration_minutes": random.choice([10, 20]),
            "device_kind": "laser",
            "buffer_before_minutes": random.choice([5, 10]),
            "room_kind": random.choice([None, "exam"]),
        },
        {"duration_minutes": 25, "capacity": random.randint(2, 3), "room_kind": random.choice([None, "exam"])},
    ]
    for fields in kinds:
        notice = random.choice([0, 0, 60, 240, 1440])
        window = {"notice_minutes": notice, "horizon_days": random.choice([1, 1, 2, 84])}
        made.services.append(make_service(session, clinic=made.clinic_id, **fields, **window))
    idle = random.random() < 0.2
    made.services.append(make_service(session, clinic=made.clinic_id, is_active=not idle))


def _make_schedules(session: Session, made: RandomClinic) -> list[Schedule]:
    random = made.random
    schedules = []
    for number in range(3):
        practitioner = make_practitioner(session, clinic=made.clinic_id)
        schedule = make_schedule(
            session,
            clinic=made.clinic_id,
            practitioner=practitioner,
            location=made.locations[0 if number < 2 else 1],
            slot_minutes=random.choice([10, 15, 20, 30]),
        )
        schedules.append(schedule)
        for service in made.services:
            if random.random() < 0.8:
                offer(session, service=service, practitioner=practitioner)
        _make_rules(session, made, schedule)
    return schedules


def _make_rules(session: Session, made: RandomClinic, schedule: Schedule) -> None:
    begins = made.random.choice([time(0), time(0, 30), time(1)])
    ends = made.random.choice([time(4), time(4, 40)])
    fields = {"clinic_id": made.clinic_id, "schedule_id": schedule.id, "weekday": made.day.weekday()}
    fields["valid_from"] = made.day - timedelta(days=9)
    session.add(ScheduleRule(**fields, starts_local=begins, ends_local=ends))
    group = made.services[4]
    session.add(ScheduleRule(**fields, starts_local=time(5), ends_local=time(6), service_id=group.id))


def _make_odd_slots(session: Session, made: RandomClinic, schedules: Sequence[Schedule]) -> None:
    """What rules alone do not make: the same practitioner at two sites at once, sessions in short slots."""
    first = session.get_one(Practitioner, (made.clinic_id, schedules[0].practitioner_id))
    there = make_schedule(session, clinic=made.clinic_id, practitioner=first, location=made.locations[1])
    begins = datetime.combine(made.day, time(2, 33), made.zone).astimezone(UTC)
    make_slots(session, schedule=there, count=4, starts_at=begins)
    group = made.services[4]
    late = datetime.combine(made.day, time(8, 2), made.zone).astimezone(UTC)
    make_slots(session, schedule=schedules[1], count=3, starts_at=late, minutes=15, service=group, capacity=2)
    if made.random.random() < 0.3:
        make_slot(session, schedule=there, starts_at=late, minutes=15, service=made.services[0], capacity=1)
    closed: tuple[type[Schedule | Practitioner | Location], UUID] | None = (
        None,
        (Schedule, schedules[2].id),
        (Practitioner, schedules[2].practitioner_id),
        (Location, made.locations[1].id),
    )[made.seed % 4]
    if closed is not None:
        session.get_one(closed[0], (made.clinic_id, closed[1])).is_active = False


def _read_slots(session: Session, made: RandomClinic) -> None:
    asked = select(Slot).where(Slot.clinic_id == made.clinic_id)
    made.slots = list(session.exec(asked.order_by(col(Slot.starts_at), col(Slot.practitioner_id))))
    for slot in made.slots:
        if made.random.random() < 0.04:
            slot.status = SlotStatus.BLOCKED
    session.flush()


def _make_appointments(made: RandomClinic) -> None:
    """Hold at random: long ago (run out by now), a moment ago (live), and some that were confirmed."""
    random = made.random
    for number in range(14):
        at = made.now - (timedelta(minutes=10) if number % 3 else timedelta(minutes=1))
        wanted = random.choice(made.slots), random.choice(made.services), random.choice(made.patients)
        if number % 4 == 1:
            groups = [slot for slot in made.slots if slot.service_id is not None]
            wanted = random.choice(groups), made.services[4], wanted[2]
        try:
            held = hold(made.clerk, *wanted, now=at)
            if random.random() < 0.25:
                confirm(made.clerk, held, now=at)
        except ClinicError:
            continue


def _make_odd_appointments(made: RandomClinic) -> None:
    """A hold that is being paid, and one more patient than places: neither may be forgotten or counted wrongly."""
    random = made.random
    with building() as session:
        driver(session).execute(
            "UPDATE appointments SET pay_deadline_at = %s WHERE clinic_id = %s AND status = 'pending'"
            " AND id = (SELECT min(id::text)::uuid FROM appointments WHERE clinic_id = %s AND status = 'pending')",
            (made.now + timedelta(minutes=10), made.clinic_id, made.clinic_id),
        )
        slot = session.get_one(Slot, (made.clinic_id, random.choice(made.slots).id))
        slot.overbook_limit = 1
        is_run_out = random.random() < 0.5
        make_appointment(
            session,
            slots=[slot],
            service=made.services[0],
            patient=make_patient(session, clinic=made.clinic_id),
            status=AppointmentStatus.PENDING if is_run_out else AppointmentStatus.BOOKED,
            hold_expires_at=made.now - timedelta(minutes=1) if is_run_out else None,
            overbook=True,
            overbook_reason="asked for",
        )

"""Random clinics with everything that can remove a time, and the questions that are asked about them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.errors import ClinicError
from app.services.accounts.permissions import API_SCOPES
from app.services.schedules.reconcile import reconcile
from models.appointments import Appointment
from models.clinics import Device, Location, Room
from models.db import DatabaseRole, driver, transaction
from models.practitioners import HealthcareService, Practitioner
from models.principal import ActorKind, Principal
from models.schedules import Closure, ExceptionKind, Holiday, Leave, Schedule, ScheduleException, ScheduleRule, Slot
from tests.builders import building, job_of, make_patient, make_practitioner, offer
from tests.calls import confirm, hold
from tests.services.random_clinic import RandomClinic, make_random_clinic

# In every other clinic the slots are those that the rules plan; the others have slots that somebody made.
RULED = range(1, 1_000_000, 2)
INSTANT = timedelta(microseconds=1)
QUARTER = timedelta(minutes=15)
FIVE = timedelta(minutes=5)
TROUBLES = ("leave", "closed", "holiday", "closure", "extra", "not generated", "closed everywhere")


@dataclass
class Troubled:
    """A random clinic: whose time is removed when, which patient has an appointment when, which sessions are full."""

    made: RandomClinic
    removed: list[tuple[UUID, datetime]] = field(default_factory=list)
    busy: list[tuple[UUID, datetime]] = field(default_factory=list)
    full: list[Slot] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """What is asked about a clinic: a time of a practitioner for a service, by somebody, perhaps for a patient."""

    made: RandomClinic
    principal: Principal
    service: HealthcareService
    practitioner_id: UUID
    starts_at: datetime
    location_id: UUID | None
    patient_id: UUID | None

    def __str__(self) -> str:
        clinic = f"seed {self.made.seed}, {self.principal.kind}"
        who = f"service {self.made.services.index(self.service)} of {self.practitioner_id} at {self.location_id}"
        return f"{clinic}: {who}, {self.starts_at.astimezone(self.made.zone)}, patient {self.patient_id}"


def make_troubled_clinic(seed: int) -> Troubled:
    """Make and commit a random clinic, every other one with leave, closures, breaks and more."""
    made = make_random_clinic(seed)
    clinic = Troubled(made)
    with building() as session:
        asked = select(Schedule).where(Schedule.clinic_id == made.clinic_id).order_by(col(Schedule.id))
        schedules = list(session.exec(asked))
        if seed in RULED:
            for number, schedule in enumerate(schedules):
                _trouble(session, clinic, schedule, TROUBLES[(number + 2 * seed) % len(TROUBLES)])
        _newcomer(session, made)
    clinic.full = _fill_two_sessions(made)
    if seed in RULED:
        job = job_of(made.clinic_id)
        with transaction(job, role=DatabaseRole.WORKER) as session:
            practitioner_ids = {schedule.practitioner_id for schedule in schedules}
            reconcile(session, job, practitioner_ids=practitioner_ids, now=made.now - timedelta(days=3))
    with building() as session:
        _nothing_left(session, made)
        made.slots = list(session.exec(select(Slot).where(Slot.clinic_id == made.clinic_id)))
        visits = session.exec(select(Appointment).where(Appointment.clinic_id == made.clinic_id, Appointment.live))
        clinic.busy = sorted((visit.patient_id, visit.starts_at) for visit in visits)
        # The last patient has no appointment: for questions that name nobody.
        made.patients.append(make_patient(session, clinic=made.clinic_id))
    return clinic


def questions(clinic: Troubled, *, count: int) -> Iterator[Question]:
    """Ask about times of every kind: on the grid and beside it, in and out of hours, before and after the day."""
    made = clinic.made
    random = Random(made.seed + 1)
    with building() as session:
        asked = select(Practitioner.id).where(Practitioner.clinic_id == made.clinic_id)
        *known, newcomer = session.exec(asked.order_by(col(Practitioner.id)))
        schedules = list(session.exec(select(Schedule).where(Schedule.clinic_id == made.clinic_id)))
    client = Principal(made.clinic_id, ActorKind.API_CLIENT, "c", API_SCOPES)
    for number in range(count):
        # The newcomer has no schedule anywhere, and a service without rooms.
        service = random.choice(made.services) if number else made.services[0]
        who = random.choice(known) if number else newcomer
        patient_id, starts_at = random.choice([None, random.choice(made.patients[:-1]).id]), None
        chance = random.random()
        if number and chance < 0.25 and clinic.removed:
            who, starts_at = random.choice(clinic.removed)
        elif number and chance < 0.4 and clinic.busy:
            patient_id, starts_at = random.choice(clinic.busy)
        elif number and chance < 0.45 and clinic.full:
            slot = random.choice(clinic.full)
            service, who, starts_at = made.services[4], slot.practitioner_id, slot.starts_at
        starts_at = starts_at or _some_time(made, random, service, who)
        if (service.capacity > 1 and _is_awkward(made, starts_at)) or _meets_no_grid(made, service, starts_at):
            continue
        sites = [one.location_id for one in schedules if one.practitioner_id == who]
        yield Question(
            made=made,
            principal=random.choice([made.clerk, client]),
            service=service,
            practitioner_id=who,
            starts_at=starts_at,
            location_id=random.choice([None, *sites]),
            patient_id=patient_id,
        )


def _some_time(made: RandomClinic, random: Random, service: HealthcareService, practitioner_id: UUID) -> datetime:
    before = timedelta(minutes=service.buffer_before_minutes)
    own = [slot for slot in made.slots if slot.practitioner_id == practitioner_id]
    fitting = [slot for slot in own if slot.service_id == service.id] if service.capacity > 1 else own
    if fitting and random.random() < 0.7:
        return random.choice(fitting).starts_at + before
    begins = datetime.combine(made.day, time(0), made.zone).astimezone(UTC)
    # Between 23:00 and 1:00 a visit could lie across midnight, where no rule reaches.
    step = random.choice([QUARTER, FIVE])
    return begins + before + step * random.randrange(-2 * 60 // 15, int(timedelta(hours=20) / step))


def _meets_no_grid(made: RandomClinic, service: HealthcareService, starts_at: datetime) -> bool:
    """Tell whether a visit lies across a site's midnight or clock change: a day's last slot ends with the day, and
    the clocks' jump parts two grids, so no rule makes slots for it unless the minutes of both happen to meet there.
    """
    begins = starts_at - timedelta(minutes=service.buffer_before_minutes)
    ends = starts_at + timedelta(minutes=service.duration_minutes + service.buffer_after_minutes) - INSTANT
    zones = [ZoneInfo(location.timezone) for location in made.locations]
    return any(
        begins.astimezone(zone).date() != ends.astimezone(zone).date()
        or begins.astimezone(zone).utcoffset() != ends.astimezone(zone).utcoffset()
        for zone in zones
    )


def _is_awkward(made: RandomClinic, starts_at: datetime) -> bool:
    """Tell whether a session, which is one slot, could lie across a clock change or midnight: no rule can make it."""
    begin, end = starts_at - timedelta(hours=2), starts_at + timedelta(hours=2)
    zones = [ZoneInfo(location.timezone) for location in made.locations]
    return any(
        begin.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset()
        or begin.astimezone(zone).date() != end.astimezone(zone).date()
        for zone in zones
    )


def _trouble(session: Session, clinic: Troubled, schedule: Schedule, trouble: str) -> None:
    made = clinic.made
    random, day = made.random, made.day
    ids = {"clinic_id": made.clinic_id, "schedule_id": schedule.id}
    rule = {**ids, "weekday": day.weekday(), "valid_from": day - timedelta(days=9)}
    # An afternoon makes the time before it a break.
    session.add(ScheduleRule(**rule, starts_local=time(7), ends_local=time(9, 30)))
    begins = datetime.combine(day, time(random.randrange(0, 9), random.choice([0, 20, 30])))
    ends = begins + timedelta(minutes=random.choice([20, 45, 90]))
    span = {"starts_local": begins, "ends_local": ends}
    wall = {"on_date": day, "starts_local": begins.time(), "ends_local": ends.time()}
    zone = ZoneInfo(session.get_one(Location, (made.clinic_id, schedule.location_id)).timezone)
    instant = begins.replace(tzinfo=zone).astimezone(UTC)
    clinic.removed += [(schedule.practitioner_id, instant + FIVE * number) for number in range(4)]
    if trouble == "leave":
        session.add(Leave(clinic_id=made.clinic_id, practitioner_id=schedule.practitioner_id, **span))
    elif trouble == "closure":
        session.add(Closure(clinic_id=made.clinic_id, location_id=schedule.location_id, **span))
    elif trouble == "closed everywhere":
        session.add(Closure(clinic_id=made.clinic_id, **span))
    elif trouble == "holiday":
        _holiday(session, made, schedule, day)
    elif trouble in ("closed", "extra"):
        session.add(ScheduleException(**ids, **wall, kind=ExceptionKind(trouble)))
    elif trouble == "not generated":
        _never_generated(session, schedule, day)
    session.flush()


def _holiday(session: Session, made: RandomClinic, schedule: Schedule, day: date) -> None:
    asked = select(Holiday).where(Holiday.clinic_id == made.clinic_id, Holiday.location_id == schedule.location_id)
    if session.exec(asked).first() is None:
        session.add(Holiday(clinic_id=made.clinic_id, location_id=schedule.location_id, on_date=day, name="Feast"))


def _never_generated(session: Session, schedule: Schedule, day: date) -> None:
    schedule.generated_until = day - timedelta(days=1)
    driver(session).execute(
        "DELETE FROM slots s WHERE s.schedule_id = %s AND NOT EXISTS (SELECT 1 FROM appointment_slots t"
        " WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id)",
        (schedule.id,),
    )


def _newcomer(session: Session, made: RandomClinic) -> None:
    """Somebody who has no schedule yet."""
    newcomer = make_practitioner(session, clinic=made.clinic_id)
    offer(session, service=made.services[0], practitioner=newcomer)


def _nothing_left(session: Session, made: RandomClinic) -> None:
    """In some clinics every device is broken, in some every room is being painted."""
    if made.seed % 3 == 0:
        for device in session.exec(select(Device).where(Device.clinic_id == made.clinic_id)):
            device.is_active = False
    if made.seed % 3 == 1:
        for room in session.exec(select(Room).where(Room.clinic_id == made.clinic_id)):
            room.is_active = False


def _fill_two_sessions(made: RandomClinic) -> list[Slot]:
    """One with people who are booked, one with people who only hold their place."""
    with building() as session:
        groups = [slot for slot in made.slots if slot.service_id == made.services[4].id]
        patients = [make_patient(session, clinic=made.clinic_id) for _ in range(4)]
    then = made.now - timedelta(minutes=1)
    for number, slot in enumerate(groups[:2]):
        for patient in patients:
            try:
                held = hold(made.clerk, slot, made.services[4], patient, now=then)
            except ClinicError:
                break
            if not number:
                confirm(made.clerk, held, now=then)
    return groups[:2]

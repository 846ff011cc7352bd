"""Schedules with rules, for the tests of the generator."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel, col, select

from app.services.accounts.permissions import JOB_PERMISSIONS
from models.base import new_id
from models.clinics import Clinic, Location
from models.db import DatabaseRole, transaction
from models.practitioners import Practitioner
from models.principal import ActorKind, Principal
from models.schedules import Schedule, ScheduleRule, Slot

# A Monday, 10:00 in Berlin.
NOW = datetime(2025, 6, 2, 8, 0, tzinfo=UTC)
MONDAY = NOW.date()
BERLIN = ZoneInfo("Europe/Berlin")


def make_clinic(*, timezone: str = "Europe/Berlin") -> Principal:
    """Make a clinic of its own, so that tests may commit and need no cleaning."""
    clinic_id = new_id()
    job = Principal(clinic_id, ActorKind.SYSTEM, "horizon", JOB_PERMISSIONS)
    with transaction(job, role=DatabaseRole.OWNER) as session:
        session.add(
            Clinic(
                id=clinic_id,
                name="Test clinic",
                host_name=str(clinic_id),
                country="DE",
                currency="EUR",
                timezone=timezone,
                created_at=NOW,
            )
        )
        session.flush()
        session.add(Location(clinic_id=clinic_id, name="Main", timezone=timezone, country="DE"))
    return job


def add(session: Session, *entries: SQLModel) -> None:
    for entry in entries:
        session.add(entry)
        session.flush()


def make_schedule(
    session: Session,
    clinic_id: UUID,
    *,
    slot_minutes: int = 30,
    practitioner_id: UUID | None = None,
    location_id: UUID | None = None,
) -> Schedule:
    if location_id is None:
        location_id = session.exec(
            select(Location.id).where(Location.clinic_id == clinic_id, Location.name == "Main")
        ).one()
    if practitioner_id is None:
        person = Practitioner(
            clinic_id=clinic_id, display_name="Dr. Test", specialty="general", license_number=str(new_id())
        )
        add(session, person)
        practitioner_id = person.id
    schedule = Schedule(
        clinic_id=clinic_id,
        practitioner_id=practitioner_id,
        location_id=location_id,
        slot_minutes=slot_minutes,
    )
    add(session, schedule)
    return schedule


def make_rule(
    session: Session,
    schedule: Schedule,
    *,
    weekday: int,
    starts: int,
    ends: int,
    service_id: UUID | None = None,
) -> None:
    add(
        session,
        ScheduleRule(
            clinic_id=schedule.clinic_id,
            schedule_id=schedule.id,
            weekday=weekday,
            starts_local=time(starts),
            ends_local=time(ends),
            valid_from=date(2025, 1, 1),
            service_id=service_id,
        ),
    )


def slots_of(session: Session, schedule: Schedule) -> list[Slot]:
    asked = select(Slot).where(Slot.clinic_id == schedule.clinic_id, Slot.schedule_id == schedule.id)
    return list(session.exec(asked.order_by(col(Slot.starts_at))))

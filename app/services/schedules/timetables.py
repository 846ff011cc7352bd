"""Read schedules with all that decides about their slots as timetables that `rules.plan` understands."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.services.schedules.gaps import Gap
from app.services.schedules.rules import DayException, SessionKind, Timetable, WeeklyRule
from app.services.schedules.time_off import closures_of, holidays_of, leaves_of
from models.clinics import Location
from models.practitioners import HealthcareService, Practitioner
from models.schedules import ExceptionKind, Schedule, ScheduleException, ScheduleRule


@dataclass(frozen=True, slots=True)
class ScheduleToFill:
    """A schedule's timetable and what its slots copy."""

    schedule_id: UUID
    practitioner_id: UUID
    location_id: UUID
    specialty: str
    overbook_limit: int
    generated_until: date | None
    timetable: Timetable


def schedules_to_fill(
    session: Session,
    *,
    clinic_id: UUID,
    schedule_id: UUID | None = None,
    practitioner_ids: Collection[UUID] | None = None,
    from_day: date,
) -> list[ScheduleToFill]:
    """Return the active schedules of active practitioners and locations (or those asked for), by id."""
    found = _active(session, clinic_id, schedule_id, practitioner_ids)
    ids = [schedule.id for schedule, _, _ in found]
    rules = _rules(session, clinic_id, ids)
    exceptions = _exceptions(session, clinic_id, ids, from_day)
    leaves = leaves_of(session, clinic_id, {practitioner.id for _, practitioner, _ in found}, from_day)
    closures, holidays = closures_of(session, clinic_id, from_day), holidays_of(session, clinic_id, from_day)
    return [
        ScheduleToFill(
            schedule_id=schedule.id,
            practitioner_id=practitioner.id,
            location_id=location.id,
            specialty=practitioner.specialty,
            overbook_limit=schedule.overbook_limit,
            generated_until=schedule.generated_until,
            timetable=Timetable(
                zone=ZoneInfo(location.timezone),
                slot_minutes=schedule.slot_minutes,
                rules=tuple(rules[schedule.id]),
                exceptions=tuple(exceptions[schedule.id]),
                holidays=frozenset(holidays[None] | holidays[location.id]),
                leaves=tuple(leaves[practitioner.id]),
                closures=(*closures[None], *closures[location.id]),
            ),
        )
        for schedule, practitioner, location in found
    ]


def inactive_schedules(session: Session, *, clinic_id: UUID, practitioner_ids: Collection[UUID]) -> dict[UUID, Gap]:
    """Return the schedules of some practitioners that have no slots at all, and why."""
    asked = (
        select(Schedule.id, Practitioner.is_active, Location.is_active, Schedule.is_active)
        .where(Schedule.clinic_id == clinic_id, col(Schedule.practitioner_id).in_(practitioner_ids))
        .where(Practitioner.clinic_id == clinic_id, Practitioner.id == Schedule.practitioner_id)
        .where(Location.clinic_id == clinic_id, Location.id == Schedule.location_id)
    )
    gaps = (Gap.PRACTITIONER_INACTIVE, Gap.LOCATION_INACTIVE, Gap.SCHEDULE_INACTIVE)
    return {
        schedule_id: gaps[are_active.index(False)]
        for schedule_id, *are_active in session.exec(asked)
        if not all(are_active)
    }


def session_kind(service: HealthcareService) -> SessionKind:
    """Return what a session of the service takes: buffers and duration as one stretch, and its places."""
    minutes = service.buffer_before_minutes + service.duration_minutes + service.buffer_after_minutes
    return SessionKind(service_id=service.id, minutes=minutes, capacity=service.capacity)


def _active(
    session: Session, clinic_id: UUID, schedule_id: UUID | None, practitioner_ids: Collection[UUID] | None
) -> Sequence[tuple[Schedule, Practitioner, Location]]:
    asked = (
        select(Schedule, Practitioner, Location)
        .where(Schedule.clinic_id == clinic_id, Schedule.is_active, Practitioner.is_active, Location.is_active)
        .where(Practitioner.clinic_id == clinic_id, Practitioner.id == Schedule.practitioner_id)
        .where(Location.clinic_id == clinic_id, Location.id == Schedule.location_id)
        .order_by(col(Schedule.id))
    )
    if schedule_id is not None:
        asked = asked.where(Schedule.id == schedule_id)
    if practitioner_ids is not None:
        asked = asked.where(col(Schedule.practitioner_id).in_(practitioner_ids))
    return session.exec(asked).all()


def _rules(session: Session, clinic_id: UUID, ids: list[UUID]) -> dict[UUID, list[WeeklyRule]]:
    all_services = session.exec(select(HealthcareService).where(HealthcareService.clinic_id == clinic_id))
    services = {service.id: session_kind(service) for service in all_services}
    found: dict[UUID, list[WeeklyRule]] = defaultdict(list)
    asked = select(ScheduleRule).where(ScheduleRule.clinic_id == clinic_id, col(ScheduleRule.schedule_id).in_(ids))
    for rule in session.exec(asked.order_by(col(ScheduleRule.id))):
        found[rule.schedule_id].append(
            WeeklyRule(
                weekday=rule.weekday,
                starts=rule.starts_local,
                ends=rule.ends_local,
                valid_from=rule.valid_from,
                valid_until=rule.valid_until,
                session=_session_of(rule, services),
            )
        )
    return found


def _session_of(rule: ScheduleRule, services: dict[UUID, SessionKind]) -> SessionKind | None:
    if rule.service_id is None:
        return None
    kind = services[rule.service_id]
    return kind if rule.capacity is None else replace(kind, capacity=rule.capacity)


def _exceptions(session: Session, clinic_id: UUID, ids: list[UUID], from_day: date) -> dict[UUID, list[DayException]]:
    found: dict[UUID, list[DayException]] = defaultdict(list)
    asked = select(ScheduleException).where(
        ScheduleException.clinic_id == clinic_id,
        col(ScheduleException.schedule_id).in_(ids),
        ScheduleException.on_date >= from_day,
    )
    for item in session.exec(asked.order_by(col(ScheduleException.id))):
        found[item.schedule_id].append(
            DayException(
                on=item.on_date,
                starts=item.starts_local,
                ends=item.ends_local,
                is_closed=item.kind is ExceptionKind.CLOSED,
            )
        )
    return found

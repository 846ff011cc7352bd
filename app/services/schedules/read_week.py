"""A practitioner's schedule at a location as it is edited: its cut, its weekly rules, and what departs from them."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.services.accounts.permissions import Permission, require
from app.services.schedules.rule_rows import Hours, hours_of
from app.services.schedules.wall_clock import local_day
from models.clinics import Location
from models.db import rows
from models.principal import Principal
from models.schedules import Closure, Leave, Schedule, ScheduleException, ScheduleRule

WORDS: LiteralString = """
SELECT s.slot_minutes, s.overbook_limit, s.is_active, r.id, r.weekday, r.starts_local, r.ends_local, r.valid_from,
       r.valid_until, r.service_id, r.capacity
  FROM schedules s LEFT JOIN schedule_rules r ON r.clinic_id = s.clinic_id AND r.schedule_id = s.id
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = %(schedule_id)s::uuid ORDER BY r.id
"""
PLACES: LiteralString = """
SELECT s.location_id FROM schedules s
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = %(practitioner_id)s::uuid AND s.is_active
 ORDER BY (SELECT count(*) FROM schedule_rules r WHERE r.clinic_id = s.clinic_id AND r.schedule_id = s.id) DESC, s.id
"""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One weekly rule."""

    id: UUID
    hours: Hours


@dataclass(frozen=True, slots=True)
class Week:
    """A schedule; `version` is what a change says that it has seen."""

    schedule_id: UUID
    slot_minutes: int
    overbook_limit: int
    is_active: bool
    rules: list[RuleEntry]
    exceptions: list[ScheduleException]
    version: str


@dataclass(frozen=True, slots=True)
class WeekOf:
    """All that decides when a practitioner works at a location; without a schedule there is no week yet."""

    today: date
    week: Week | None
    leaves: list[Leave]
    closures: list[Closure]


def read_week(
    session: Session, principal: Principal, *, practitioner_id: UUID, location_id: UUID, now: datetime
) -> WeekOf:
    """Return the schedule with what is still to come of its departures; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ, location_id=location_id)
    place = session.get_one(Location, (principal.clinic_id, location_id))
    today = local_day(now, ZoneInfo(place.timezone))
    midnight = datetime.combine(today, datetime.min.time())
    schedule = session.exec(
        select(Schedule).where(
            Schedule.clinic_id == principal.clinic_id,
            Schedule.practitioner_id == practitioner_id,
            Schedule.location_id == location_id,
        )
    ).first()
    leaves = select(Leave).where(
        Leave.clinic_id == principal.clinic_id, Leave.practitioner_id == practitioner_id, Leave.ends_local > midnight
    )
    closures = select(Closure).where(
        Closure.clinic_id == principal.clinic_id,
        (col(Closure.location_id) == location_id) | col(Closure.location_id).is_(None),
        Closure.ends_local > midnight,
    )
    return WeekOf(
        today=today,
        week=_week(session, schedule, today) if schedule else None,
        leaves=list(session.exec(leaves.order_by(col(Leave.starts_local)))),
        closures=list(session.exec(closures.order_by(col(Closure.starts_local)))),
    )


def places_of(session: Session, principal: Principal, *, practitioner_id: UUID) -> list[UUID]:
    """Return the locations where a practitioner has a schedule, the busiest in weekly rules first."""
    require(principal, Permission.SCHEDULES_READ)
    about = {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id}
    return [location_id for (location_id,) in rows(session, PLACES, about)]


def week_version(session: Session, clinic_id: UUID, *, schedule_id: UUID) -> str:
    """Return what changes with every change of a schedule's rules or cut."""
    words = rows(session, WORDS, {"clinic_id": clinic_id, "schedule_id": schedule_id})
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def _week(session: Session, schedule: Schedule, today: date) -> Week:
    rules = select(ScheduleRule).where(
        ScheduleRule.clinic_id == schedule.clinic_id, ScheduleRule.schedule_id == schedule.id
    )
    exceptions = select(ScheduleException).where(
        ScheduleException.clinic_id == schedule.clinic_id,
        ScheduleException.schedule_id == schedule.id,
        ScheduleException.on_date >= today,
    )
    ordered = rules.order_by(col(ScheduleRule.weekday), col(ScheduleRule.starts_local), col(ScheduleRule.valid_from))
    return Week(
        schedule_id=schedule.id,
        slot_minutes=schedule.slot_minutes,
        overbook_limit=schedule.overbook_limit,
        is_active=schedule.is_active,
        rules=[
            RuleEntry(rule.id, hours_of(rule))
            for rule in session.exec(ordered)
            if rule.valid_until is None or rule.valid_until >= today
        ],
        exceptions=list(session.exec(exceptions.order_by(col(ScheduleException.on_date)))),
        version=week_version(session, schedule.clinic_id, schedule_id=schedule.id),
    )

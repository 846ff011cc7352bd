"""The rows of weekly rules: made, ended, found again, and what may stand in one; under the timetable's lock."""

from dataclasses import asdict, dataclass
from datetime import date, time
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session, select

from app.errors import InvalidField
from app.services.schedules.reach import ScheduleRef
from app.words import N_
from models.db import first_row
from models.principal import Principal
from models.schedules import ScheduleRule

OFFERED: LiteralString = """
SELECT 1 FROM practitioner_services
 WHERE clinic_id = %(clinic_id)s::uuid AND service_id = %(service_id)s::uuid
   AND practitioner_id = %(practitioner_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly time to be: on a weekday (0 is Monday), from one date to another; with a service, a session template."""

    weekday: int
    starts_local: time
    ends_local: time
    valid_from: date
    valid_until: date | None = None
    service_id: UUID | None = None
    capacity: int | None = None


def end_on(session: Session, rule: ScheduleRule, last_on: date) -> None:
    """Let a rule hold for the last time on a date; one that had not begun by then goes."""
    if last_on < rule.valid_from:
        session.delete(rule)
    elif rule.valid_until is None or last_on < rule.valid_until:
        rule.valid_until = last_on
        session.add(rule)
    session.flush()


def added(session: Session, principal: Principal, schedule: ScheduleRef, hours: Hours) -> ScheduleRule:
    """Add a rule."""
    rule = ScheduleRule(clinic_id=principal.clinic_id, schedule_id=schedule.schedule_id, **asdict(hours))
    session.add(rule)
    session.flush()
    return rule


def same(session: Session, principal: Principal, schedule: ScheduleRef, hours: Hours) -> ScheduleRule | None:
    """Return the rule that says just this, if there is one."""
    asked = select(ScheduleRule).where(
        ScheduleRule.clinic_id == principal.clinic_id,
        ScheduleRule.schedule_id == schedule.schedule_id,
        ScheduleRule.weekday == hours.weekday,
    )
    return next((rule for rule in session.exec(asked) if hours_of(rule) == hours), None)


def require_valid(session: Session, principal: Principal, schedule: ScheduleRef, hours: Hours) -> None:
    """Raise InvalidField unless a rule of this schedule may say this."""
    require_sound(hours)
    if hours.service_id is None:
        return
    parameters = {
        "clinic_id": principal.clinic_id,
        "service_id": hours.service_id,
        "practitioner_id": schedule.practitioner_id,
    }
    if first_row(session, OFFERED, parameters) is None:
        raise InvalidField("service_id", N_("The practitioner does not offer this service."))


def require_sound(hours: Hours) -> None:
    """Raise InvalidField unless weekly time may be this, whosever it is."""
    if not 0 <= hours.weekday <= 6:
        raise InvalidField("weekday", N_("A weekday is a number from 0 (Monday) to 6."))
    if hours.starts_local >= hours.ends_local:
        raise InvalidField("ends_local", N_("The end must be later than the start."))
    if hours.valid_until is not None and hours.valid_until < hours.valid_from:
        raise InvalidField("valid_until", N_("The last day must not be before the first."))
    if hours.service_id is None and hours.capacity is not None:
        raise InvalidField("capacity", N_("Only a session has a capacity of its own."))
    if hours.capacity is not None and not 1 <= hours.capacity <= 500:
        raise InvalidField("capacity", N_("A session has 1 to 500 places."))


def hours_of(rule: ScheduleRule) -> Hours:
    """Return what a rule says."""
    return Hours(
        weekday=rule.weekday,
        starts_local=rule.starts_local,
        ends_local=rule.ends_local,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        service_id=rule.service_id,
        capacity=rule.capacity,
    )

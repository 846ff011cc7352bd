"""A schedule's week changed as a whole: several weekly rules and how it is cut, in one change with one effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound, StaleVersion
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.reach import ScheduleRef, reach_schedule
from app.services.schedules.read_week import week_version
from app.services.schedules.rule_rows import Hours, added, end_on, hours_of, require_valid, same
from app.services.schedules.set_up import Settings, set_values
from app.words import N_
from models.principal import Principal
from models.schedules import Schedule, ScheduleRule

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Put:
    """Weekly time that is to be; with a rule's id it takes that rule's place from `hours.valid_from` on."""

    hours: Hours
    rule_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class End:
    """A rule that holds for the last time on a date; one that had not begun by then goes."""

    rule_id: UUID
    last_on: date


def change_week(
    session: Session,
    principal: Principal,
    *,
    schedule_id: UUID,
    steps: Sequence[Put | End],
    settings: Settings,
    version: str,
    now: datetime,
) -> Outcome:
    """Make all these changes of a schedule, or none; `version` is of the week as it was shown.

    Raises NotFound, NotPermitted, InvalidField, StaleVersion.
    """
    reached = reach_schedule(session, principal, schedule_id)
    if version != week_version(session, principal.clinic_id, schedule_id=schedule_id):
        raise StaleVersion
    changed = set_values(session.get_one(Schedule, (principal.clinic_id, schedule_id)), settings)
    # What ends goes first, so that the same hours put again are a rule of their own.
    for step in sorted(steps, key=lambda one: isinstance(one, Put)):
        if isinstance(step, End):
            end_on(session, _rule(session, principal, reached, step.rule_id), step.last_on)
        else:
            _put(session, principal, reached, step)
    return outcome_of(
        session,
        principal,
        action="schedule.week",
        object_kind="schedule",
        entry_id=schedule_id,
        practitioner_ids=[reached.practitioner_id],
        detail={**changed, "steps": len(steps)},
        now=now,
    )


def _put(session: Session, principal: Principal, reached: ScheduleRef, step: Put) -> None:
    require_valid(session, principal, reached, step.hours)
    if step.rule_id is not None:
        rule = _rule(session, principal, reached, step.rule_id)
        if hours_of(rule) == step.hours:
            return
        end_on(session, rule, step.hours.valid_from - ONE_DAY)
    if same(session, principal, reached, step.hours) is None:
        added(session, principal, reached, step.hours)


def _rule(session: Session, principal: Principal, reached: ScheduleRef, rule_id: UUID) -> ScheduleRule:
    rule = session.get(ScheduleRule, (principal.clinic_id, rule_id))
    if rule is None or rule.schedule_id != reached.schedule_id:
        raise NotFound(N_("There is no such rule."))
    return rule

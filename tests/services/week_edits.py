"""Single changes of a schedule's week, each made with the product's one verb for them, `change_week`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from app.services.schedules.effect import Outcome
from app.services.schedules.reach import reach_schedule
from app.services.schedules.read_week import week_version
from app.services.schedules.rule_rows import Hours, same
from app.services.schedules.set_up import Settings
from app.services.schedules.week import End, Put, change_week
from models.principal import Principal
from models.schedules import ScheduleRule


def add_rule(session: Session, principal: Principal, *, schedule_id: UUID, hours: Hours, now: datetime) -> Outcome:
    """Add weekly time to a schedule; the entry is the rule that says it."""
    return _changed(session, principal, schedule_id, steps=[Put(hours)], now=now)


def replace_rule(session: Session, principal: Principal, *, rule_id: UUID, hours: Hours, now: datetime) -> Outcome:
    """Let other weekly time take a rule's place; the entry is the rule that says it."""
    return _changed(session, principal, _schedule_of(session, rule_id), steps=[Put(hours, rule_id)], now=now)


def end_rule(session: Session, principal: Principal, *, rule_id: UUID, last_on: date, now: datetime) -> Outcome:
    """Let a rule hold for the last time on a date."""
    return _changed(session, principal, _schedule_of(session, rule_id), steps=[End(rule_id, last_on)], now=now)


def change_cut(
    session: Session, principal: Principal, *, schedule_id: UUID, settings: Settings, now: datetime
) -> Outcome:
    """Change how a schedule is cut, how far it may be overbooked, or whether it is active."""
    return _changed(session, principal, schedule_id, settings=settings, now=now)


def _changed(
    session: Session,
    principal: Principal,
    schedule_id: UUID,
    *,
    steps: Sequence[Put | End] = (),
    settings: Settings | None = None,
    now: datetime,
) -> Outcome:
    # Under the schedule's lock no other change makes the version stale.
    reached = reach_schedule(session, principal, schedule_id)
    version = week_version(session, principal.clinic_id, schedule_id=schedule_id)
    asked = {"schedule_id": schedule_id, "steps": steps, "settings": settings or Settings(), "version": version}
    outcome = change_week(session, principal, **asked, now=now)  # type: ignore[arg-type]
    rules = [same(session, principal, reached, step.hours) for step in steps if isinstance(step, Put)]
    return replace(outcome, entry_id=rules[0].id) if rules and rules[0] else outcome


def _schedule_of(session: Session, rule_id: UUID) -> UUID:
    return session.exec(select(ScheduleRule.schedule_id).where(ScheduleRule.id == rule_id)).one()

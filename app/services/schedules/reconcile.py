"""Reconciliation: after a change of schedules the future slots are those that the rules plan, and nobody is lost.

Missing slots are inserted. Superfluous ones are deleted, or blocked when anybody ever had them, and opened when they
are planned again. Every live appointment keeps its slots; one that has a blocked slot is displaced. New slots may lie
across the blocked ones of live appointments: the practitioner's time is refused and hidden by these appointments.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.schedules.difference import Difference, Standing, difference
from app.services.schedules.displacing import displace, settle_fitting, settle_past
from app.services.schedules.effect import Displaced, Effect, by_days
from app.services.schedules.gaps import gap_at
from app.services.schedules.locks import lock_slots_to_change, lock_timetables
from app.services.schedules.slot_changes import add, fit, take_away
from app.services.schedules.span import Days, span_of
from app.services.schedules.timetables import ScheduleToFill, inactive_schedules, schedules_to_fill
from models.db import execute, rows
from models.principal import Principal

DAY = timedelta(days=1)
STANDING: LiteralString = """
SELECT s.id, s.schedule_id, s.location_id, l.timezone, s.service_id, s.starts_at, s.ends_at, s.specialty,
       s.max_capacity, s.current_bookings, s.overbook_limit, s.overbooked, s.status = 'open'
  FROM slots s JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = ANY(%(practitioner_ids)s::uuid[])
   AND s.starts_at >= %(since)s::timestamptz
   AND (%(until)s::timestamptz IS NULL OR s.starts_at < %(until)s::timestamptz)
"""
MARK_GENERATED: LiteralString = """
UPDATE schedules SET generated_until = %(until)s::date
 WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(schedule_ids)s::uuid[])
   AND (generated_until IS NULL OR generated_until < %(until)s::date)
"""


def reconcile(
    session: Session,
    principal: Principal,
    *,
    practitioner_ids: Collection[UUID],
    days: Days | None = None,
    now: datetime,
) -> Effect:
    """Make the slots of some practitioners from `now` on equal their plan, in the transaction of the change itself.

    The caller has locked their timetables before it read or changed any rule (`locks.lock_timetables`), and has the
    permission for the change. `days` are the only ones that it can have touched. Slots are locked ascending, after
    no lock of a booking verb: a hold of a slot that goes either is first, and is displaced, or is refused.
    """
    clinic_id = principal.clinic_id
    lock_timetables(session, practitioner_ids)
    schedules = schedules_to_fill(
        session, clinic_id=clinic_id, practitioner_ids=practitioner_ids, from_day=(now - DAY).date()
    )
    span = span_of(schedules, days, now=now)
    parameters = {"clinic_id": clinic_id, "practitioner_ids": list(practitioner_ids)}
    found = rows(session, STANDING, {**parameters, "since": span.since, "until": span.until})
    change = difference([Standing(*row) for row in found], span.plan(schedules))
    slots = [*change.superfluous, *(wanted.standing for wanted in change.wanted)]
    lock_slots_to_change(session, clinic_id, [slot.id for slot in slots])
    settle_past(session, clinic_id, practitioner_ids=practitioner_ids, now=now)
    blocked = take_away(session, clinic_id, [slot.id for slot in change.superfluous])
    fit(session, clinic_id, change.wanted)
    add(session, clinic_id, change.missing)
    generated = {"schedule_ids": [one.schedule_id for one in schedules], "until": span.last_day}
    execute(session, MARK_GENERATED, {"clinic_id": clinic_id, **generated})
    reason_of = _reasons(session, principal, practitioner_ids, schedules=schedules, change=change)
    displaced = displace(session, clinic_id, blocked=blocked, reason_of=reason_of, now=now)
    fits_again = settle_fitting(session, clinic_id, practitioner_ids=practitioner_ids, now=now)
    return _effect(change, displaced=displaced, fits_again=fits_again)


def _reasons(
    session: Session,
    principal: Principal,
    practitioner_ids: Collection[UUID],
    *,
    schedules: Sequence[ScheduleToFill],
    change: Difference,
) -> Callable[[UUID], str]:
    """Return a function that tells why a slot is not planned any more."""
    inactive = inactive_schedules(session, clinic_id=principal.clinic_id, practitioner_ids=practitioner_ids)
    timetables = {one.schedule_id: one.timetable for one in schedules}
    slots = {slot.id: slot for slot in change.superfluous}

    def reason_of(slot_id: UUID) -> str:
        slot = slots[slot_id]
        gap = inactive.get(slot.schedule_id) or gap_at(timetables[slot.schedule_id], slot.starts_at, slot.ends_at)
        return gap.value

    return reason_of


def _effect(change: Difference, *, displaced: tuple[Displaced, ...], fits_again: tuple[UUID, ...]) -> Effect:
    added = [
        (placed.schedule.location_id, placed.schedule.timetable.zone, placed.slot.starts_at)
        for placed in (*change.missing, *(wanted.placed for wanted in change.returning))
    ]
    removed = [(slot.location_id, ZoneInfo(slot.timezone), slot.starts_at) for slot in change.superfluous]
    return Effect(
        added=len(added),
        removed=len(removed),
        days=by_days(added=added, removed=removed),
        displaced=displaced,
        fits_again=fits_again,
    )

"""Why a schedule has no slot at a time: the first rule that takes it away, by its code in `explain`. Pure."""

from datetime import date, datetime
from enum import StrEnum

from app.services.schedules.rules import TimeOff, Timetable, closed_exceptions, plan
from app.services.schedules.wall_clock import Stretch, local_day, real_time, wall


class Gap(StrEnum):
    """What takes time away, in the order in which it is looked for; `grid` is time that is cut in another way."""

    PRACTITIONER_INACTIVE = "practitioner-inactive"
    LOCATION_INACTIVE = "location-inactive"
    SCHEDULE_INACTIVE = "schedule-inactive"
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    LEAVE = "leave"
    EXCEPTION = "exception"
    HOURS = "hours"
    BREAK = "break"
    SESSION = "session"
    ELSEWHERE = "elsewhere"
    GRID = "grid"


def gap_at(timetable: Timetable, starts_at: datetime, ends_at: datetime) -> Gap:
    """Return why [starts_at, ends_at) is no slot of an active schedule's timetable."""
    day = local_day(starts_at, timetable.zone)
    if day in timetable.holidays:
        return Gap.HOLIDAY
    times_off: tuple[tuple[Gap, tuple[TimeOff, ...]], ...] = (
        (Gap.CLOSURE, timetable.closures),
        (Gap.LEAVE, timetable.leaves),
        (Gap.EXCEPTION, closed_exceptions(timetable, day)),
    )
    for gap, some in times_off:
        stretches = [stretch for off in some for stretch in off.on_day(day, timetable.zone)]
        if any(stretch.starts_at < ends_at and starts_at < stretch.ends_at for stretch in stretches):
            return gap
    return _gap_of_hours(timetable, day, starts_at, ends_at) or _gap_of_grid(timetable, day, starts_at, ends_at)


def _gap_of_hours(timetable: Timetable, day: date, starts_at: datetime, ends_at: datetime) -> Gap | None:
    """Tell whether no rule covers the time, and whether there are hours on both sides of it."""
    hours = _hours(timetable, day)
    if all(any(s.starts_at <= at <= s.ends_at for s in hours) for at in (starts_at, ends_at)):
        return None
    is_between = any(s.ends_at <= starts_at for s in hours) and any(ends_at <= s.starts_at for s in hours)
    return Gap.BREAK if is_between else Gap.HOURS


def _gap_of_grid(timetable: Timetable, day: date, starts_at: datetime, ends_at: datetime) -> Gap:
    own = [slot for slot in plan(timetable, first_day=day, last_day=day) if slot.overlaps(starts_at, ends_at)]
    if any(slot.service_id for slot in own):
        return Gap.SESSION
    # What this schedule plans itself can only be missing for another schedule of the practitioner.
    is_planned = any((slot.starts_at, slot.ends_at) == (starts_at, ends_at) for slot in own)
    return Gap.ELSEWHERE if is_planned else Gap.GRID


def _hours(timetable: Timetable, day: date) -> list[Stretch]:
    hours = [(rule.starts, rule.ends) for rule in timetable.rules if rule.holds_on(day)]
    hours += [(item.starts, item.ends) for item in timetable.exceptions if item.on == day and not item.is_closed]
    return [
        stretch
        for begins, ends in hours
        for stretch in real_time(wall(day, begins), wall(day, ends), zone=timetable.zone)
    ]

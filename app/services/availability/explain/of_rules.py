"""Which rules of the calendar take a visit's time away: hours, breaks, exceptions, leave, closures, holidays, sessions,
the grid. Pure; asked only when the slots that are there do not cover the visit.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.services.availability.explain.planned_time import OpenTime, PlannedTime, row_from
from app.services.availability.explain.reasons import Reason, ReasonCode
from app.services.availability.explain.span import Need
from app.services.schedules.rules import TimeOff, closed_exceptions
from app.services.schedules.wall_clock import local_day, wall

ONE_DAY = timedelta(days=1)


def reasons_of_rules(planned: PlannedTime, need: Need) -> list[Reason]:
    """Return what the calendar has against the visit; nothing when its slots are planned."""
    if row_from(planned.slots, need.visit.occupies_from, until=need.visit.occupies_until):
        return []
    found = [*_hours(planned, need), *_closed(planned, need), *_sessions(planned, need), *_grid(planned, need)]
    return found or [_off_grid(planned, need)]


def _hours(planned: PlannedTime, need: Need) -> Iterator[Reason]:
    for starts_at, ends_at in _uncovered(planned.open_time, need):
        until = planned.opens_after(starts_at)
        code = ReasonCode.BREAK if _is_break(planned, starts_at, until) else ReasonCode.HOURS
        yield from need.collisions(code, starts_at, ends_at, until=until)


def _uncovered(open_time: Iterable[OpenTime], need: Need) -> Iterator[OpenTime]:
    begin = need.visit.occupies_from
    for starts_at, ends_at in open_time:
        if need.meets(starts_at, ends_at):
            if begin < starts_at:
                yield begin, starts_at
            begin = max(begin, ends_at)
    if begin < need.until:
        yield begin, need.until


def _is_break(planned: PlannedTime, starts_at: datetime, opens_at: datetime | None) -> bool:
    day = local_day(starts_at, planned.zone)
    was_open = any(
        ends_at <= starts_at and local_day(begins, planned.zone) == day for begins, ends_at in planned.open_time
    )
    return was_open and opens_at is not None and local_day(opens_at, planned.zone) == day


def _closed(planned: PlannedTime, need: Need) -> Iterator[Reason]:
    timetable, zone = planned.timetable, planned.zone
    day = local_day(need.visit.occupies_from, zone)
    while day <= local_day(need.until, zone):
        holiday = [TimeOff(wall(day, time.min), wall(day, time.max))] if day in timetable.holidays else []
        for code, items in (
            (ReasonCode.EXCEPTION, closed_exceptions(timetable, day)),
            (ReasonCode.LEAVE, timetable.leaves),
            (ReasonCode.CLOSURE, timetable.closures),
            (ReasonCode.HOLIDAY, holiday),
        ):
            for off in items:
                for stretch in off.on_day(day, zone):
                    until = _end(off, zone)
                    yield from need.collisions(code, stretch.starts_at, stretch.ends_at, until=until)
        day += ONE_DAY


def _end(off: TimeOff, zone: ZoneInfo) -> datetime:
    # Its last real moment: what ends in an hour that the clocks skip or repeat ends where that stretch does.
    last = off.on_day((off.ends - timedelta.resolution).date(), zone)
    return last[-1].ends_at if last else off.ends.replace(tzinfo=zone).astimezone(UTC)


def _sessions(planned: PlannedTime, need: Need) -> Iterator[Reason]:
    for slot in planned.other_sessions:
        yield from need.collisions(ReasonCode.SESSION, slot.starts_at, slot.ends_at, until=slot.ends_at)


def _grid(planned: PlannedTime, need: Need) -> Iterator[Reason]:
    begins, until = need.visit.occupies_from, need.visit.occupies_until
    is_beside = planned.is_open_at(begins) and not planned.is_on_grid(begins)
    is_broken = not any(_uncovered(planned.open_time, need)) and not row_from(
        planned.unhindered_slots, begins, until=until
    )
    if is_beside or is_broken or not planned.runs_on(begins, until=until):
        yield _off_grid(planned, need)


def _off_grid(planned: PlannedTime, need: Need) -> Reason:
    later = (slot.starts_at for slot in planned.unhindered_slots if slot.starts_at > need.visit.occupies_from)
    before = timedelta(minutes=need.rules.buffer_before_minutes)
    next_start = min((starts_at + before for starts_at in later), default=None)
    return Reason(ReasonCode.GRID, next_start, {"minutes": planned.slot_minutes})

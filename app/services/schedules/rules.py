"""From weekly rules to slots, as pure arithmetic: no database, no clock.

Slots stand on a wall-clock grid that begins at their rule's start, so 09:00 stays 09:00 after a clock change:
a local time that does not exist gives no slot, one that exists twice gives two. All intervals are half-open.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.schedules.wall_clock import Stretch, real_time, wall

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SessionKind:
    """What a session is for: its slots last the service's buffers and duration and hold `capacity` people."""

    service_id: UUID
    minutes: int
    capacity: int


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Bookable wall-clock time on one weekday (0 is Monday), from one date to another, both included."""

    weekday: int
    starts: time
    ends: time
    valid_from: date = date.min
    valid_until: date | None = None
    session: SessionKind | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule applies on the day."""
        return (
            day.weekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class DayException:
    """One day's departure from the rules: a closed interval takes time away, another adds some."""

    on: date
    starts: time
    ends: time
    is_closed: bool


@dataclass(frozen=True, slots=True)
class TimeOff:
    """Wall-clock time [starts, ends), of any length, in which there are no slots: a leave or a closure."""

    starts: datetime
    ends: datetime

    def on_day(self, day: date, zone: ZoneInfo) -> list[Stretch]:
        """Return the real time of the local day that it takes."""
        begins, ends = max(self.starts, wall(day, time.min)), min(self.ends, wall(day, time.max))
        return real_time(begins, ends, zone=zone) if begins < ends else []


@dataclass(frozen=True, slots=True)
class Timetable:
    """All that decides about a schedule's slots; on a holiday there are none."""

    zone: ZoneInfo
    slot_minutes: int
    rules: tuple[WeeklyRule, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    holidays: frozenset[date] = frozenset()
    leaves: tuple[TimeOff, ...] = ()
    closures: tuple[TimeOff, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One slot to be: [starts_at, ends_at) in UTC; with a service it is a session."""

    starts_at: datetime
    ends_at: datetime
    service_id: UUID | None = None
    capacity: int = 1

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether the slot shares time with [starts_at, ends_at)."""
        return self.starts_at < ends_at and starts_at < self.ends_at


def plan(timetable: Timetable, *, first_day: date, last_day: date) -> list[PlannedSlot]:
    """Return the slots of the local days from the first to the last, both included, ascending and apart."""
    slots: list[PlannedSlot] = []
    day = first_day
    while day <= last_day:
        slots += _plan_day(timetable, day)
        day += ONE_DAY
    return _without_overlap(slots)


def closed_exceptions(timetable: Timetable, day: date) -> tuple[TimeOff, ...]:
    """Return the closed exceptions of a day."""
    return tuple(
        TimeOff(wall(day, item.starts), wall(day, item.ends))
        for item in timetable.exceptions
        if item.on == day and item.is_closed
    )


def _plan_day(timetable: Timetable, day: date) -> list[PlannedSlot]:
    if day in timetable.holidays:
        return []
    rules = [rule for rule in timetable.rules if rule.holds_on(day)]
    extra = [_as_rule(item) for item in timetable.exceptions if item.on == day and not item.is_closed]
    times_off = (*closed_exceptions(timetable, day), *timetable.leaves, *timetable.closures)
    closed = [stretch for off in times_off for stretch in off.on_day(day, timetable.zone)]
    # Sessions first: base slots give way to them, also when they begin earlier.
    taken: list[PlannedSlot] = []
    for group in ([r for r in rules if r.session], [r for r in rules if not r.session] + extra):
        made = _outside(closed, (slot for rule in group for slot in _cut(rule, timetable, day)))
        taken += _without_overlap(_beside(taken, made))
    return taken


def _cut(rule: WeeklyRule, timetable: Timetable, day: date) -> Iterator[PlannedSlot]:
    """Cut the rule's interval into whole slots, on its own wall-clock grid."""
    session = rule.session
    length = timedelta(minutes=session.minutes if session else timetable.slot_minutes)
    begin = wall(day, rule.starts)
    open_time = real_time(begin, wall(day, rule.ends), zone=timetable.zone)
    runs = _runs(open_time)
    for stretch in open_time:
        for starts_at in _grid(stretch, begin, step=length):
            if any(start <= starts_at and starts_at + length <= end for start, end in runs):
                yield PlannedSlot(
                    starts_at=starts_at,
                    ends_at=starts_at + length,
                    service_id=session.service_id if session else None,
                    capacity=session.capacity if session else 1,
                )


def _grid(stretch: Stretch, begin: datetime, *, step: timedelta) -> Iterator[datetime]:
    """Give the instants of the stretch at which the local clock shows `begin` plus whole steps."""
    first_shown = (stretch.starts_at + stretch.offset).replace(tzinfo=None)
    instant = stretch.starts_at + (begin - first_shown) % step
    while instant < stretch.ends_at:
        yield instant
        instant += step


def _runs(open_time: Iterable[Stretch]) -> list[tuple[datetime, datetime]]:
    """Join stretches that touch: a slot may lie across a clock change."""
    runs: list[tuple[datetime, datetime]] = []
    for stretch in open_time:
        if runs and runs[-1][1] == stretch.starts_at:
            runs[-1] = (runs[-1][0], stretch.ends_at)
        else:
            runs.append((stretch.starts_at, stretch.ends_at))
    return runs


def _outside(closed: Collection[Stretch], slots: Iterable[PlannedSlot]) -> list[PlannedSlot]:
    return [s for s in slots if not any(s.overlaps(gap.starts_at, gap.ends_at) for gap in closed)]


def _beside(taken: Collection[PlannedSlot], slots: Iterable[PlannedSlot]) -> list[PlannedSlot]:
    return [s for s in slots if not any(s.overlaps(other.starts_at, other.ends_at) for other in taken)]


def _without_overlap(slots: Iterable[PlannedSlot]) -> list[PlannedSlot]:
    """Keep the earlier of two slots that overlap (two rules on one day, or a slot across a clock change)."""
    kept: list[PlannedSlot] = []
    for slot in sorted(slots, key=lambda s: (s.starts_at, s.ends_at)):
        if not kept or slot.starts_at >= kept[-1].ends_at:
            kept.append(slot)
    return kept


def _as_rule(extra: DayException) -> WeeklyRule:
    return WeeklyRule(weekday=extra.on.weekday(), starts=extra.starts, ends=extra.ends)

"""What a timetable plans for one service, and what it would plan if nothing closed it: pure, one site, some days."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple, TypeVar

from app.services.booking.visit import Interval, covers
from app.services.schedules.rules import PlannedSlot, SessionKind, Timetable, WeeklyRule, plan
from app.services.schedules.wall_clock import local_day, real_time, wall

ONE_DAY = timedelta(days=1)
# Weekly rules repeat: whatever opens again does so within these days, or nobody can say when.
DAYS_AHEAD = 14
OpenTime = tuple[datetime, datetime]
AnySlot = TypeVar("AnySlot", bound=Interval)


class Other(NamedTuple):
    """The timetable of another site; of slots that are alike, those of the older schedule come first."""

    comes_first: bool
    timetable: Timetable


class PlannedTime:
    """One timetable as one service sees it, on its local days from the first to the last.

    Without a session kind the service takes base slots, else the sessions that are its own.
    """

    def __init__(
        self, timetable: Timetable, *, others: Sequence[Other], kind: SessionKind | None, days: tuple[date, date]
    ) -> None:
        self.timetable, self.kind = timetable, kind
        self._others = others
        self._day_and_night: dict[tuple[date, timedelta], list[PlannedSlot]] = {}
        self.zone = timetable.zone
        self._first, self._last = days[0] - ONE_DAY, days[1] + ONE_DAY
        self._extras = [
            WeeklyRule(extra.on.weekday(), extra.starts, extra.ends, valid_from=extra.on, valid_until=extra.on)
            for extra in timetable.exceptions
            if not extra.is_closed
        ]

    @property
    def slot_minutes(self) -> int:
        """How long one slot of the service's kind is."""
        return self.kind.minutes if self.kind else self.timetable.slot_minutes

    @cached_property
    def own_rules(self) -> list[WeeklyRule]:
        """The rules that open time for the service."""
        if self.kind is None:
            return [rule for rule in self.timetable.rules if rule.session is None] + self._extras
        return [rule for rule in self.timetable.rules if self._is_own(rule)]

    @cached_property
    def slots(self) -> list[PlannedSlot]:
        """What is planned for the service."""
        service_id = self.kind.service_id if self.kind else None
        return [slot for slot in self._plan(self.timetable) if slot.service_id == service_id]

    @cached_property
    def unhindered_slots(self) -> list[PlannedSlot]:
        """What would be planned for the service if nothing were closed and nobody else had sessions."""
        return self._plan(self._bare(self.own_rules))

    @cached_property
    def other_sessions(self) -> list[PlannedSlot]:
        """The sessions that take time from the service, as they are when nothing is closed."""
        return self._plan(self._bare([r for r in self.timetable.rules if r.session and not self._is_own(r)]))

    @cached_property
    def taken_elsewhere(self) -> list[PlannedSlot]:
        """What the practitioner's other sites plan before the service's slots, whatever closes all of them."""
        own = self.kind is not None
        return [
            slot
            for other in self._others
            for slot in self._plan(_without_common(other.timetable, self.timetable))
            if (is_session := slot.service_id is not None) > own or (is_session is own and other.comes_first)
        ]

    @cached_property
    def open_time(self) -> list[OpenTime]:
        """When rules open the schedule for the service, joined where they touch."""
        joined: list[OpenTime] = []
        for starts_at, ends_at in sorted(self._open_between(self._first, self._last)):
            if joined and starts_at <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], ends_at))
            else:
                joined.append((starts_at, ends_at))
        return joined

    def opens_after(self, instant: datetime) -> datetime | None:
        """Return when a rule opens next, closed days left aside."""
        day = local_day(instant, self.zone)
        openings = (starts_at for starts_at, _ in self._open_between(day, day + ONE_DAY * DAYS_AHEAD))
        return min((starts_at for starts_at in openings if starts_at >= instant), default=None)

    def is_open_at(self, instant: datetime) -> bool:
        """Tell whether rules open the schedule for the service at the instant."""
        return any(starts_at <= instant < ends_at for starts_at, ends_at in self.open_time)

    def is_on_grid(self, instant: datetime) -> bool:
        """Tell whether a rule that is open at the instant has a slot begin then."""
        local = instant.astimezone(self.zone).replace(tzinfo=None)
        step = timedelta(minutes=self.slot_minutes)
        return any(
            not (local - wall(local.date(), rule.starts)) % step
            for rule in self.own_rules
            if rule.holds_on(local.date()) and wall(local.date(), rule.starts) <= local < wall(local.date(), rule.ends)
        )

    def runs_on(self, starts_at: datetime, *, until: datetime) -> bool:
        """Tell whether slots from this instant on would follow each other if the schedule were open day and night.

        They do not where a clock change or midnight falls within a slot.
        """
        local = starts_at.astimezone(self.zone).replace(tzinfo=None)
        offset = (local - wall(local.date(), time.min)) % timedelta(minutes=self.slot_minutes)
        if (local.date(), offset) not in self._day_and_night:
            self._day_and_night[local.date(), offset] = self._open_all_day(local.date(), offset)
        return row_from(self._day_and_night[local.date(), offset], starts_at, until=until) is not None

    def _open_all_day(self, day: date, offset: timedelta) -> list[PlannedSlot]:
        begins = (wall(day, time.min) + offset).time()
        rules = [_all_day(day, begins, self.kind), _all_day(day + ONE_DAY, time.min, self.kind)]
        return plan(self._bare(rules), first_day=day, last_day=day + ONE_DAY)

    def _is_own(self, rule: WeeklyRule) -> bool:
        return rule.session is not None and self.kind is not None and rule.session.service_id == self.kind.service_id

    def _plan(self, timetable: Timetable) -> list[PlannedSlot]:
        return plan(timetable, first_day=self._first, last_day=self._last)

    def _bare(self, rules: Sequence[WeeklyRule]) -> Timetable:
        return Timetable(zone=self.zone, slot_minutes=self.timetable.slot_minutes, rules=tuple(rules))

    def _open_between(self, first: date, last: date) -> Iterator[OpenTime]:
        for number in range((last - first).days + 1):
            day = first + ONE_DAY * number
            for rule in self.own_rules:
                if rule.holds_on(day):
                    for stretch in real_time(wall(day, rule.starts), wall(day, rule.ends), zone=self.zone):
                        yield stretch.starts_at, stretch.ends_at


def row_from(slots: Sequence[AnySlot], starts_at: datetime, *, until: datetime) -> list[AnySlot] | None:
    """Return the slots, of some that ascend, that follow each other from `starts_at` and reach `until`, if they do."""
    later = (slot for slot in slots if slot.starts_at >= starts_at)
    row = list(takewhile(lambda slot: slot.starts_at < until, later))
    return row if row and row[0].starts_at == starts_at and covers(row, until) else None


def _without_common(other: Timetable, timetable: Timetable) -> Timetable:
    return replace(
        other,
        leaves=(),
        closures=tuple(closure for closure in other.closures if closure not in timetable.closures),
        holidays=other.holidays - timetable.holidays,
    )


def _all_day(day: date, begins: time, kind: SessionKind | None) -> WeeklyRule:
    return replace(WeeklyRule(day.weekday(), begins, time.max, valid_from=day, valid_until=day), session=kind)

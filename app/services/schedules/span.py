"""Which days a reconciliation looks at: never the past, never beyond what is generated, and only what can differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.services.schedules.arrange import Placed, arrange
from app.services.schedules.timetables import ScheduleToFill
from app.settings import settings

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days, on any site's calendar, that a change is about; without an end all later ones."""

    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Slots that start in [since, until); `last_day` is the end of what is generated, on each site's calendar."""

    since: datetime
    until: datetime | None
    last_day: date

    def plan(self, schedules: Sequence[ScheduleToFill]) -> list[Placed]:
        """Return what the schedules plan in the span."""
        last_day = self.last_day if self.until is None else min(self.last_day, (self.until + DAY).date())
        placed = arrange(schedules, first_day=(self.since - DAY).date(), last_day=last_day, since=self.since)
        return [one for one in placed if self.until is None or one.slot.starts_at < self.until]


def span_of(schedules: Sequence[ScheduleToFill], days: Days | None, *, now: datetime) -> Span:
    """Return the whole future for schedules that are not all generated as far as each other, else the days."""
    generated = {one.generated_until for one in schedules}
    last_day = max((day for day in generated if day is not None), default=date.min)
    if last_day < now.date():
        last_day = now.date() + timedelta(days=settings().horizon_days)
    if days is None or generated != {last_day}:
        return Span(now, None, last_day)
    # A local day lies within a day of the same date in UTC.
    until = None if days.last is None or days.last >= last_day else _midnight(days.last) + 2 * DAY
    return Span(max(now, _midnight(days.first) - DAY), until, last_day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)

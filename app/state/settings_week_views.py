"""The drawn week as the page holds it: weekly rules with their draft, from and to what the services say."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TypedDict
from uuid import UUID

from app.errors import InvalidField
from app.services.schedules.read_week import RuleEntry
from app.services.schedules.rule_rows import Hours
from app.services.schedules.week import End, Put
from app.words import N_

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Draft:
    """One weekly rule in the draft; without a rule's id it is new, ended ones are drawn no more."""

    key: str
    hours: Hours
    rule_id: UUID | None = None
    before: Hours | None = None
    is_ended: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether applying the draft would do anything about it."""
        return self.is_ended or self.hours != self.before

    def step(self, *, since: date) -> Put | End | None:
        """Return what applying the draft does about it."""
        if not self.is_changed:
            return None
        if self.is_ended:
            return End(self.rule_id, since - timedelta(days=1)) if self.rule_id else None
        return Put(self.hours, self.rule_id)


class BlockView(TypedDict):
    """A block as it is drawn, in minutes of the day; `from` and `until` only when they are of interest."""

    id: str
    weekday: int
    starts: int
    ends: int
    starts_clock: str
    ends_clock: str
    service: str
    service_id: str
    places: int
    since: str
    until: str
    state: str


def draft_of(rule: RuleEntry) -> Draft:
    """Return a rule as it stands."""
    return Draft(key=str(rule.id), hours=rule.hours, rule_id=rule.id, before=rule.hours)


def moved(draft: Draft, *, weekday: int, starts: int, ends: int, since: date) -> Draft:
    """Return the block at other hours; a rule that holds already changes from `since` on."""
    hours = replace(
        draft.hours,
        weekday=weekday,
        starts_local=clock(starts),
        ends_local=clock(ends),
        valid_from=max(since, draft.hours.valid_from),
    )
    return replace(draft, hours=hours)


def from_then_on(draft: Draft, hours: Hours, *, since: date) -> Hours:
    """Return typed hours so that a rule that holds already changes from `since` on; its end alone moves as it is."""
    before = draft.before
    if before is None or replace(hours, valid_until=before.valid_until) == before:
        return hours
    return replace(hours, valid_from=max(since, hours.valid_from))


def holds(hours: Hours, *, since: date) -> bool:
    """Tell whether weekly time holds on its first weekday from a date on."""
    first = since + timedelta(days=(hours.weekday - since.weekday()) % 7)
    return hours.valid_from <= first and (hours.valid_until is None or hours.valid_until >= first)


def clock(minutes: int) -> time:
    """Return a time of the day; the end of the day is `time.max`, as rules write it. Raises InvalidField."""
    if not 0 <= minutes <= DAY_MINUTES:
        raise InvalidField("starts_local", N_("Give a time."))
    return time.max if minutes == DAY_MINUTES else time(minutes // 60, minutes % 60)


def minutes_of(at: time) -> int:
    """Return the minutes of the day at which a time is."""
    return DAY_MINUTES if at == time.max else at.hour * 60 + at.minute


def block_view(draft: Draft, *, services: dict[str, tuple[str, int]], since: date) -> BlockView:
    """Return a block; services are names and capacities by id."""
    hours = draft.hours
    name, capacity = services.get(str(hours.service_id), ("", 1)) if hours.service_id else ("", 1)
    is_new = draft.rule_id is None
    return BlockView(
        id=draft.key,
        weekday=hours.weekday,
        starts=minutes_of(hours.starts_local),
        ends=minutes_of(hours.ends_local),
        starts_clock=f"{hours.starts_local:%H:%M}",
        ends_clock="00:00" if hours.ends_local == time.max else f"{hours.ends_local:%H:%M}",
        service=name,
        service_id=str(hours.service_id or ""),
        places=hours.capacity or capacity,
        since=hours.valid_from.isoformat() if hours.valid_from > since else "",
        until=hours.valid_until.isoformat() if hours.valid_until else "",
        state="new" if is_new else "changed" if draft.is_changed else "",
    )

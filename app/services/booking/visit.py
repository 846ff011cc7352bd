"""What one visit is: its time, what it occupies, and which consecutive slots cover it. Pure, no database.

All intervals are half-open and aware UTC; lengths are minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar

from app.errors import OutsideBookingWindow
from app.services.accounts.permissions import Permission
from app.words import N_
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class VisitRules:
    """What a service says about the time of its visits."""

    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    notice_minutes: int
    horizon_days: int

    @property
    def total_minutes(self) -> int:
        """How long a visit occupies its practitioner: buffer, duration, buffer."""
        return self.buffer_before_minutes + self.duration_minutes + self.buffer_after_minutes


class Visit(NamedTuple):
    """The patient's time (`starts_at` to `ends_at`) inside what is occupied (with the buffers)."""

    starts_at: datetime
    ends_at: datetime
    occupies_from: datetime
    occupies_until: datetime


class Interval(Protocol):
    """Anything with a start and an end."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def visit_from(first_slot_starts_at: datetime, rules: VisitRules) -> Visit:
    """Return the visit whose first slot starts at the given instant: buffer, duration, buffer from there."""
    return _visit(first_slot_starts_at, *_lengths(rules))


def covers(slots: Sequence[Interval], until: datetime) -> bool:
    """Tell whether slots, ascending, follow each other without a gap and reach `until`."""
    if not slots or slots[-1].ends_at < until:
        return False
    return len(slots) == 1 or all(earlier.ends_at == later.starts_at for earlier, later in pairwise(slots))


SlotInterval = TypeVar("SlotInterval", bound=Interval)


def visits_over(slots: Sequence[SlotInterval], rules: VisitRules) -> Iterator[tuple[Visit, Sequence[SlotInterval]]]:
    """Yield every visit that the slots of one row, ascending, can cover, with the slots that it takes."""
    lengths = _lengths(rules)
    for position, first in enumerate(slots):
        visit = _visit(first.starts_at, *lengths)
        end = position + 1
        while end < len(slots) and slots[end].starts_at < visit.occupies_until:
            end += 1
        taken = slots[position:end]
        if covers(taken, visit.occupies_until):
            yield visit, taken


def _lengths(rules: VisitRules) -> tuple[timedelta, timedelta, timedelta]:
    return (
        timedelta(minutes=rules.buffer_before_minutes),
        timedelta(minutes=rules.duration_minutes),
        timedelta(minutes=rules.buffer_after_minutes),
    )


def _visit(occupies_from: datetime, before: timedelta, duration: timedelta, after: timedelta) -> Visit:
    starts_at = occupies_from + before
    ends_at = starts_at + duration
    return Visit(starts_at, ends_at, occupies_from, ends_at + after)


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """From when until when a visit may start; both ends included."""

    opens_at: datetime
    closes_at: datetime

    def holds(self, starts_at: datetime) -> bool:
        """Tell whether a visit may start at this instant."""
        return self.opens_at <= starts_at <= self.closes_at


def booking_window(rules: VisitRules, principal: Principal, *, now: datetime) -> BookingWindow:
    """Return the service's window for this actor; staff are bound only by the present."""
    if principal.may(Permission.SLOTS_OUTSIDE_WINDOW):
        return BookingWindow(opens_at=now, closes_at=now + timedelta(days=730))
    return BookingWindow(
        opens_at=now + timedelta(minutes=rules.notice_minutes),
        closes_at=now + timedelta(days=rules.horizon_days),
    )


def require_in_window(visit: Visit, rules: VisitRules, principal: Principal, *, now: datetime) -> None:
    """Refuse a visit that starts too soon or too far ahead for this actor."""
    window = booking_window(rules, principal, now=now)
    if visit.starts_at < window.opens_at:
        raise OutsideBookingWindow(N_("This time is too soon to be booked. Please choose a later one."))
    if visit.starts_at > window.closes_at:
        raise OutsideBookingWindow(N_("This time is too far ahead to be booked yet."))

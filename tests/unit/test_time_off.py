"""Leaves and closures in wall-clock time, clock changes included, and the reason that a slot is missing."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.availability.explain.reasons import ReasonCode
from app.services.schedules.gaps import Gap, gap_at
from app.services.schedules.rules import DayException, SessionKind, TimeOff, Timetable, WeeklyRule, plan

BERLIN, LORD_HOWE, CAIRO = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Cairo")
MONDAY = date(2025, 6, 2)
FIVE_MINUTES = timedelta(minutes=5)
CHANGES = (
    (BERLIN, date(2025, 3, 30)),
    (BERLIN, date(2025, 10, 26)),
    (LORD_HOWE, date(2025, 4, 6)),
    (LORD_HOWE, date(2025, 10, 5)),
    (CAIRO, date(2025, 10, 30)),
    (BERLIN, MONDAY),
)


def table(zone: ZoneInfo, day: date, starts: time, ends: time, **more: object) -> Timetable:
    rule = WeeklyRule(weekday=day.weekday(), starts=starts, ends=ends)
    return Timetable(zone=zone, slot_minutes=30, rules=(rule,), **more)  # type: ignore[arg-type]


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


@pytest.mark.parametrize("kind", ["leaves", "closures"])
def test_time_off_is_half_open_and_may_last_for_days(kind: str) -> None:
    off = TimeOff(at(MONDAY - timedelta(days=3), "10:00"), at(MONDAY, "10:00"))
    slots = plan(table(BERLIN, MONDAY, time(9), time(11), **{kind: (off,)}), first_day=MONDAY, last_day=MONDAY)
    assert [slot.starts_at.astimezone(BERLIN).time() for slot in slots] == [time(10), time(10, 30)]


def test_time_off_takes_sessions_too_and_extra_time() -> None:
    kind = SessionKind(service_id=UUID(int=1), minutes=60, capacity=5)
    rules = (WeeklyRule(weekday=0, starts=time(9), ends=time(12), session=kind),)
    extra = (DayException(on=MONDAY, starts=time(14), ends=time(15), is_closed=False),)
    off = (TimeOff(at(MONDAY, "10:30"), at(MONDAY, "14:30")),)
    made = Timetable(zone=BERLIN, slot_minutes=30, rules=rules, exceptions=extra, leaves=off)
    slots = plan(made, first_day=MONDAY, last_day=MONDAY)
    assert [slot.starts_at.astimezone(BERLIN).time() for slot in slots] == [time(9), time(14, 30)]


@given(
    place=st.sampled_from(CHANGES),
    begin=st.integers(-300, 300),
    length=st.integers(1, 700),
    kind=st.sampled_from(["leaves", "closures"]),
)
def test_a_slot_is_taken_exactly_if_the_clock_shows_time_off_during_it(
    place: tuple[ZoneInfo, date], begin: int, length: int, kind: str
) -> None:
    zone, day = place
    starts = datetime.combine(day, time()) + begin * FIVE_MINUTES
    off = TimeOff(starts, starts + length * FIVE_MINUTES)
    whole = table(zone, day, time(0), time.max)
    slots = plan(whole, first_day=day, last_day=day)

    def shown(instant: datetime) -> datetime:
        return instant.astimezone(zone).replace(tzinfo=None)

    wanted = [
        s for s in slots if not any(off.starts <= shown(s.starts_at + n * FIVE_MINUTES) < off.ends for n in range(6))
    ]
    less = table(zone, day, time(0), time.max, **{kind: (off,)})
    assert plan(less, first_day=day, last_day=day) == wanted


def gap(clock: str, ends: str, **more: object) -> Gap:
    def instant(shown: str) -> datetime:
        return at(MONDAY, shown).replace(tzinfo=BERLIN).astimezone(UTC)

    return gap_at(table(BERLIN, MONDAY, time(9), time(12), **more), instant(clock), instant(ends))


def test_the_first_rule_that_takes_a_time_away_is_named() -> None:
    off = (TimeOff(at(MONDAY, "09:00"), at(MONDAY, "10:00")),)
    closed = (DayException(on=MONDAY, starts=time(9), ends=time(10), is_closed=True),)
    everything = {"holidays": frozenset({MONDAY}), "closures": off, "leaves": off, "exceptions": closed}
    order = [Gap.HOLIDAY, Gap.CLOSURE, Gap.LEAVE, Gap.EXCEPTION]
    for expected, name in zip(order, list(everything), strict=True):
        assert gap("09:30", "10:00", **everything) is expected
        del everything[name]
    assert gap("08:30", "09:00") is Gap.HOURS
    assert gap("09:10", "09:40") is Gap.GRID
    # What the schedule itself plans is missing for the practitioner's other site.
    assert gap("09:00", "09:30") is Gap.ELSEWHERE


def test_breaks_and_sessions_have_their_own_names() -> None:
    kind = SessionKind(service_id=UUID(int=1), minutes=60, capacity=5)
    rules = (
        WeeklyRule(weekday=0, starts=time(9), ends=time(12)),
        WeeklyRule(weekday=0, starts=time(13), ends=time(15)),
        WeeklyRule(weekday=0, starts=time(10), ends=time(11), session=kind),
    )
    made = Timetable(zone=BERLIN, slot_minutes=30, rules=rules)

    def instant(shown: str) -> datetime:
        return at(MONDAY, shown).replace(tzinfo=BERLIN).astimezone(UTC)

    assert gap_at(made, instant("12:15"), instant("12:45")) is Gap.BREAK
    assert gap_at(made, instant("10:30"), instant("11:00")) is Gap.SESSION
    assert gap_at(made, instant("15:30"), instant("16:00")) is Gap.HOURS


def test_every_reason_is_one_that_an_explanation_knows() -> None:
    assert {gap.value for gap in Gap} <= {code.value for code in ReasonCode}

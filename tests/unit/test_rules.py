"""Slots from wall-clock rules: grids, sessions, exceptions, holidays and every kind of clock change."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.schedules.rules import DayException, PlannedSlot, SessionKind, Timetable, WeeklyRule, plan

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LORD_HOWE, CAIRO = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Cairo")
VACCINATION = SessionKind(service_id=UUID(int=7), minutes=90, capacity=20)
MONDAY = date(2025, 6, 2)


def rule(day: date, starts: str, ends: str, *, session: SessionKind | None = None) -> WeeklyRule:
    return WeeklyRule(
        weekday=day.weekday(),
        starts=time.fromisoformat(starts),
        ends=time.max if ends == "24:00" else time.fromisoformat(ends),
        session=session,
    )


def exception(day: date, starts: str, ends: str, *, closed: bool) -> DayException:
    return DayException(on=day, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), is_closed=closed)


def planned(zone: ZoneInfo, day: date, *rules: WeeklyRule, minutes: int = 30, **more: object) -> list[PlannedSlot]:
    table = Timetable(zone=zone, slot_minutes=minutes, rules=rules, **more)  # type: ignore[arg-type]
    return plan(table, first_day=day, last_day=day)


def shown(slots: list[PlannedSlot], zone: ZoneInfo) -> list[str]:
    return [slot.starts_at.astimezone(zone).strftime("%H:%M%z") for slot in slots]


def starts(slots: list[PlannedSlot], zone: ZoneInfo) -> list[str]:
    return [label[:5] for label in shown(slots, zone)]


def test_only_whole_slots_are_cut_and_the_end_is_outside() -> None:
    slots = planned(BERLIN, MONDAY, rule(MONDAY, "09:00", "10:50"))
    assert starts(slots, BERLIN) == ["09:00", "09:30", "10:00"]
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=30) for slot in slots)
    assert slots[0].starts_at == datetime(2025, 6, 2, 7, 0, tzinfo=UTC)


def test_a_rule_holds_on_its_weekday_within_its_dates() -> None:
    dated = WeeklyRule(
        weekday=0, starts=time(9), ends=time(10), valid_from=MONDAY, valid_until=MONDAY + timedelta(days=7)
    )
    table = Timetable(zone=BERLIN, slot_minutes=60, rules=(dated,))
    slots = plan(table, first_day=MONDAY - timedelta(days=30), last_day=MONDAY + timedelta(days=30))
    assert [slot.starts_at.date() for slot in slots] == [MONDAY, MONDAY + timedelta(days=7)]


def test_the_end_of_the_day_can_be_reached() -> None:
    assert starts(planned(BERLIN, MONDAY, rule(MONDAY, "23:00", "24:00")), BERLIN) == ["23:00", "23:30"]


def test_a_holiday_has_no_slots_not_even_extra_ones() -> None:
    extra = exception(MONDAY, "18:00", "19:00", closed=False)
    holidays = frozenset({MONDAY})
    assert planned(BERLIN, MONDAY, rule(MONDAY, "09:00", "17:00"), exceptions=(extra,), holidays=holidays) == []


def test_a_closed_interval_takes_every_slot_that_it_touches_and_keeps_the_grid() -> None:
    closed = exception(MONDAY, "09:45", "10:30", closed=True)
    slots = planned(BERLIN, MONDAY, rule(MONDAY, "09:00", "11:30"), exceptions=(closed,))
    assert starts(slots, BERLIN) == ["09:00", "10:30", "11:00"]


def test_extra_time_adds_slots_on_a_day_without_rules_and_closed_time_wins_over_it() -> None:
    extra = exception(MONDAY, "18:00", "19:30", closed=False)
    closed = exception(MONDAY, "19:00", "20:00", closed=True)
    assert starts(planned(BERLIN, MONDAY, exceptions=(extra,)), BERLIN) == ["18:00", "18:30", "19:00"]
    assert starts(planned(BERLIN, MONDAY, exceptions=(extra, closed)), BERLIN) == ["18:00", "18:30"]


def test_a_session_is_one_row_with_its_service_and_no_base_slot_under_it() -> None:
    session = rule(MONDAY, "10:15", "13:45", session=VACCINATION)
    slots = planned(BERLIN, MONDAY, rule(MONDAY, "09:00", "15:00"), session)
    assert [(label, slot.capacity) for label, slot in zip(starts(slots, BERLIN), slots, strict=True)] == [
        ("09:00", 1),
        ("09:30", 1),
        ("10:15", 20),
        ("11:45", 20),
        ("13:30", 1),
        ("14:00", 1),
        ("14:30", 1),
    ]
    assert [slot.service_id for slot in slots].count(VACCINATION.service_id) == 2


def test_two_rules_that_overlap_never_give_overlapping_slots() -> None:
    slots = planned(BERLIN, MONDAY, rule(MONDAY, "09:00", "11:00"), rule(MONDAY, "10:20", "12:20"))
    assert starts(slots, BERLIN) == ["09:00", "09:30", "10:00", "10:30", "11:20", "11:50"]


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "hours", "expected"),
    [
        # The clock jumps from 02:00 to 03:00: nothing between, and the grid goes on at 03:00.
        (
            BERLIN,
            date(2025, 3, 30),
            30,
            ("01:00", "04:00"),
            ["01:00+0100", "01:30+0100", "03:00+0200", "03:30+0200"],
        ),
        (
            NEW_YORK,
            date(2025, 3, 9),
            30,
            ("01:00", "04:00"),
            ["01:00-0500", "01:30-0500", "03:00-0400", "03:30-0400"],
        ),
        # 02:00 to 02:30 does not exist on Lord Howe Island.
        (
            LORD_HOWE,
            date(2025, 10, 5),
            15,
            ("01:30", "03:00"),
            ["01:30+1030", "01:45+1030", "02:30+1100", "02:45+1100"],
        ),
        # In Cairo the day begins at 01:00.
        (CAIRO, date(2025, 4, 25), 30, ("00:00", "02:00"), ["01:00+0300", "01:30+0300"]),
        # An interval that lies in the gap has no time at all.
        (BERLIN, date(2025, 3, 30), 15, ("02:00", "03:00"), []),
        # A slot may lie across the jump when it is whole, and may not when the rest of the rule is missing.
        (BERLIN, date(2025, 3, 30), 30, ("01:45", "03:45"), ["01:45+0100", "03:15+0200"]),
        (BERLIN, date(2025, 3, 30), 60, ("00:30", "02:30"), ["00:30+0100"]),
    ],
)
def test_local_times_that_do_not_exist_are_skipped(
    zone: ZoneInfo, day: date, minutes: int, hours: tuple[str, str], expected: list[str]
) -> None:
    assert shown(planned(zone, day, rule(day, *hours), minutes=minutes), zone) == expected


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "hours", "expected"),
    [
        (
            BERLIN,
            date(2025, 10, 26),
            30,
            ("01:30", "03:30"),
            ["01:30+0200", "02:00+0200", "02:30+0200", "02:00+0100", "02:30+0100", "03:00+0100"],
        ),
        (
            NEW_YORK,
            date(2025, 11, 2),
            30,
            ("00:30", "02:30"),
            ["00:30-0400", "01:00-0400", "01:30-0400", "01:00-0500", "01:30-0500", "02:00-0500"],
        ),
        # Half an hour is repeated: 01:30 to 02:00.
        (
            LORD_HOWE,
            date(2025, 4, 6),
            15,
            ("01:15", "02:15"),
            ["01:15+1100", "01:30+1100", "01:45+1100", "01:30+1030", "01:45+1030", "02:00+1030"],
        ),
        # A rule that ends within the repeated hour has two stretches; both are cut.
        (BERLIN, date(2025, 10, 26), 30, ("02:00", "02:30"), ["02:00+0200", "02:00+0100"]),
        # A slot that would run out of the rule when the clock goes back is not whole.
        (BERLIN, date(2025, 10, 26), 60, ("02:30", "03:30"), ["02:30+0100"]),
        # Cairo goes back from 24:00 to 23:00: the last hour of the day comes twice.
        (
            CAIRO,
            date(2025, 10, 30),
            30,
            ("23:00", "24:00"),
            ["23:00+0300", "23:30+0300", "23:00+0200", "23:30+0200"],
        ),
    ],
)
def test_local_times_that_exist_twice_give_two_slots(
    zone: ZoneInfo, day: date, minutes: int, hours: tuple[str, str], expected: list[str]
) -> None:
    assert shown(planned(zone, day, rule(day, *hours), minutes=minutes), zone) == expected


def test_office_hours_keep_their_wall_clock_across_the_change() -> None:
    friday, monday = date(2025, 10, 24), date(2025, 10, 27)
    for day, hour in ((friday, 7), (monday, 8)):
        slots = planned(BERLIN, day, rule(day, "09:00", "10:00"))
        assert starts(slots, BERLIN) == ["09:00", "09:30"]
        assert slots[0].starts_at.hour == hour


CHANGES = {
    BERLIN: (date(2025, 3, 30), date(2025, 10, 26)),
    NEW_YORK: (date(2025, 3, 9), date(2025, 11, 2)),
    LORD_HOWE: (date(2025, 4, 6), date(2025, 10, 5)),
    CAIRO: (date(2025, 4, 25), date(2025, 10, 30), date(2025, 10, 31)),
}
FIVE_MINUTES = timedelta(minutes=5)


@st.composite
def _days(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    zone = draw(st.sampled_from(list(CHANGES)))
    return zone, draw(st.sampled_from([*CHANGES[zone], MONDAY]))


@st.composite
def _hours(draw: st.DrawFn) -> tuple[time, time]:
    begin = draw(st.integers(0, 60))
    length = draw(st.integers(1, 72))
    end = min(begin + length, 288)
    return time(begin // 12, begin % 12 * 5), time.max if end == 288 else time(end // 12, end % 12 * 5)


def _brute_force(zone: ZoneInfo, day: date, hours: tuple[time, time], minutes: int) -> list[tuple[datetime, datetime]]:
    """Walk through real time in steps of five minutes and keep what the wall clock allows."""

    def is_open(instant: datetime) -> bool:
        local = instant.astimezone(zone)
        return local.date() == day and hours[0] <= local.time() < hours[1]

    def on_grid(instant: datetime) -> bool:
        local = instant.astimezone(zone).time()
        return (local.hour * 60 + local.minute - hours[0].hour * 60 - hours[0].minute) % minutes == 0

    found: list[tuple[datetime, datetime]] = []
    length = timedelta(minutes=minutes)
    instant = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    while instant < datetime.combine(day, time(0), UTC) + timedelta(hours=40):
        whole = all(is_open(instant + n * FIVE_MINUTES) for n in range(minutes // 5))
        if whole and on_grid(instant) and (not found or instant >= found[-1][1]):
            found.append((instant, instant + length))
        instant += FIVE_MINUTES
    return found


@given(place=_days(), hours=_hours(), minutes=st.sampled_from([5, 10, 15, 20, 25, 30, 45, 50, 60]))
def test_the_arithmetic_agrees_with_a_walk_through_every_five_minutes(
    place: tuple[ZoneInfo, date], hours: tuple[time, time], minutes: int
) -> None:
    zone, day = place
    weekly = WeeklyRule(weekday=day.weekday(), starts=hours[0], ends=hours[1])
    slots = planned(zone, day, weekly, minutes=minutes)
    assert [(slot.starts_at, slot.ends_at) for slot in slots] == _brute_force(zone, day, hours, minutes)


@given(
    place=_days(),
    base=st.lists(_hours(), max_size=3),
    sessions=st.lists(_hours(), max_size=2),
    closed=st.lists(_hours(), max_size=2),
    extra=st.lists(_hours(), max_size=2),
)
def test_slots_never_overlap_nor_touch_closed_time_and_sessions_come_first(
    place: tuple[ZoneInfo, date],
    base: list[tuple[time, time]],
    sessions: list[tuple[time, time]],
    closed: list[tuple[time, time]],
    extra: list[tuple[time, time]],
) -> None:
    zone, day = place
    rules = tuple(
        WeeklyRule(weekday=day.weekday(), starts=hours[0], ends=hours[1], session=kind)
        for group, kind in ((base, None), (sessions, VACCINATION))
        for hours in group
    )
    exceptions = tuple(
        DayException(on=day, starts=hours[0], ends=hours[1], is_closed=is_closed)
        for group, is_closed in ((closed, True), (extra, False))
        for hours in group
    )
    table = Timetable(zone=zone, slot_minutes=20, rules=rules, exceptions=exceptions)
    slots = plan(table, first_day=day, last_day=day)
    assert all(a.ends_at <= b.starts_at for a, b in itertools.pairwise(slots))
    for slot in slots:
        for step in range(int((slot.ends_at - slot.starts_at) / FIVE_MINUTES)):
            local = (slot.starts_at + step * FIVE_MINUTES).astimezone(zone).time()
            assert not any(begin <= local < end for begin, end in closed)
    only_sessions = [slot for slot in slots if slot.service_id]
    alone = Timetable(zone=zone, slot_minutes=20, rules=tuple(r for r in rules if r.session), exceptions=exceptions)
    without_extra = [slot for slot in plan(alone, first_day=day, last_day=day) if slot.service_id]
    assert only_sessions == without_extra

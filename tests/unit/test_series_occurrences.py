"""The dates and times of a series: month ends, leap days, clock changes, and how it ends."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.series.occurrences import MOST, Recurrence, after_jump, dates_of, instant_of, months_after
from models.series import SeriesUnit

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("UTC"),
]
LAST_ON = date(2040, 12, 31)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def rule(first_on: date, *, every: int = 1, unit: SeriesUnit = SeriesUnit.WEEK, **end: object) -> Recurrence:
    return Recurrence(every, unit, first_on, time(9), **(end or {"times": 4}))  # type: ignore[arg-type]


def dates(first_on: date, *, last_on: date = LAST_ON, **fields: object) -> list[date]:
    return dates_of(rule(first_on, **fields), last_on=last_on)  # type: ignore[arg-type]


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_days_and_weeks_are_counted_from_the_first() -> None:
    first = date(2027, 1, 4)
    assert dates(first, every=3, unit=SeriesUnit.DAY) == [date(2027, 1, day) for day in (4, 7, 10, 13)]
    assert dates(first, every=2) == [date(2027, 1, 4), date(2027, 1, 18), date(2027, 2, 1), date(2027, 2, 15)]


def test_a_month_that_is_too_short_takes_its_last_day_and_the_31st_returns() -> None:
    months = dates(date(2027, 1, 31), unit=SeriesUnit.MONTH, times=5)
    assert months == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_29_february_is_the_28th_until_the_next_leap_year() -> None:
    years = dates(date(2024, 2, 29), every=12, unit=SeriesUnit.MONTH, times=5)
    assert years == [date(2024, 2, 29), *(date(year, 2, 28) for year in (2025, 2026, 2027)), date(2028, 2, 29)]


def test_the_last_date_is_included() -> None:
    first = date(2027, 1, 4)
    assert dates(first, until=date(2027, 1, 18)) == [first, date(2027, 1, 11), date(2027, 1, 18)]
    assert dates(first, until=date(2027, 1, 17)) == [first, date(2027, 1, 11)]
    assert dates(first, until=first) == [first]


def test_nothing_lies_beyond_what_can_be_booked() -> None:
    assert dates(date(2027, 1, 4), times=10, last_on=date(2027, 1, 20)) == [date(2027, 1, d) for d in (4, 11, 18)]
    assert dates(date(9999, 12, 1), unit=SeriesUnit.MONTH, every=366, times=104, last_on=date(2030, 1, 1)) == []


def test_a_series_that_would_be_too_long_shows_it_by_one_more() -> None:
    assert len(dates(date(2024, 1, 1), unit=SeriesUnit.DAY, until=date(2030, 1, 1))) == MOST + 1


@given(first_on=DAYS, every=st.integers(1, 40), unit=st.sampled_from(SeriesUnit), times=st.integers(1, MOST))
def test_any_series_begins_with_its_first_date_and_goes_on_by_its_step(
    first_on: date, every: int, unit: SeriesUnit, times: int
) -> None:
    found = dates(first_on, every=every, unit=unit, times=times, last_on=date(2500, 1, 1))
    assert found[0] == first_on
    assert len(found) == times
    assert all(earlier < later for earlier, later in pairwise(found))
    for step, day in enumerate(found):
        if unit is SeriesUnit.MONTH:
            assert (day.year * 12 + day.month) - (first_on.year * 12 + first_on.month) == step * every
            assert day.day == min(first_on.day, monthrange(day.year, day.month)[1])
        else:
            assert day - first_on == timedelta(days=step * every * (7 if unit is SeriesUnit.WEEK else 1))


@given(first_on=DAYS, months=st.integers(0, 300))
def test_months_are_counted_from_the_first_date_and_never_drift(first_on: date, months: int) -> None:
    by_twelve = months_after(first_on, 12 * months)
    assert (by_twelve.year, by_twelve.month) == (first_on.year + months, first_on.month)


def test_the_wall_clock_time_is_kept_across_clock_changes() -> None:
    winter, summer = clock("2027-03-27T09:00"), clock("2027-03-28T09:00")
    assert instant_of(winter, zone=BERLIN) == datetime(2027, 3, 27, 8, tzinfo=UTC)
    assert instant_of(summer, zone=BERLIN) == datetime(2027, 3, 28, 7, tzinfo=UTC)


def test_a_time_that_the_clock_jumps_over_is_no_time() -> None:
    assert instant_of(clock("2027-03-28T02:30"), zone=BERLIN) is None
    assert after_jump(clock("2027-03-28T02:30"), zone=BERLIN) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clock_shows_twice_is_the_first() -> None:
    assert instant_of(clock("2027-10-31T02:30"), zone=BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(day=DAYS, minute=st.integers(0, 24 * 60 - 1))
def test_an_instant_shows_its_local_time_and_no_earlier_one_does(zone: ZoneInfo, day: date, minute: int) -> None:
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = instant_of(local, zone=zone)
    around = [after_jump(local, zone=zone) + timedelta(minutes=30 * half) for half in (-4, -3, -2, -1, 1, 2, 3, 4)]
    others = [one for one in around if one.astimezone(zone).replace(tzinfo=None) == local]
    if instant is None:
        assert not others
    else:
        assert instant.astimezone(zone).replace(tzinfo=None) == local
        assert all(other > instant for other in others)

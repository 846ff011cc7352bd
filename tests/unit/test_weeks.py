"""Where weeks begin, and which weeks a month shows."""

from datetime import date, timedelta

import pytest

from app.services.board.weeks import following, month_of, week_of

SUNDAY, MONDAY = 6, 0


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("step", range(8))
def test_a_week_begins_on_its_weekday_and_holds_its_day(weekday: int, step: int) -> None:
    day = date(2027, 1, 1) + timedelta(days=step)
    first = week_of(day, first_weekday=weekday)
    assert first.weekday() == weekday
    assert first <= day < first + timedelta(days=7)


@pytest.mark.parametrize("weekday", [SUNDAY, MONDAY, 5])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_months_weeks_are_whole_and_hold_all_of_it(month: int, weekday: int) -> None:
    day = date(2028, month, 11)
    first, length = month_of(day, first_weekday=weekday)
    last = first + timedelta(days=length - 1)
    assert first.weekday() == weekday
    assert length % 7 == 0
    assert first <= date(2028, month, 1) < first + timedelta(days=7)
    assert last - timedelta(days=7) < following(date(2028, month, 1), months=1) - timedelta(days=1) <= last


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 12, 5), 1, date(2028, 1, 5)),
        (date(2027, 1, 5), -1, date(2026, 12, 5)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 3, 31), -12, date(2026, 3, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, months: int, then: date) -> None:
    assert following(day, months=months) == then

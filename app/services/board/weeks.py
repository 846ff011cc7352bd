"""Where weeks begin, and the weeks that a month's calendar shows."""

from datetime import date, timedelta
from typing import LiteralString

from babel import Locale, UnknownLocaleError
from sqlmodel import Session

from models.db import first_row
from models.principal import Principal

COUNTRY: LiteralString = "SELECT country FROM clinics WHERE id = %(clinic_id)s"


def first_weekday(session: Session, principal: Principal) -> int:
    """Return the weekday on which weeks begin in the clinic's country, 0 for Monday (source: CLDR)."""
    found = first_row(session, COUNTRY, {"clinic_id": principal.clinic_id})
    try:
        return Locale.parse(f"und_{found[0]}").first_week_day if found else 0
    except (UnknownLocaleError, ValueError):
        return 0


def week_of(day: date, *, first_weekday: int) -> date:
    """Return the first day of the week that the day lies in."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def month_of(day: date, *, first_weekday: int) -> tuple[date, int]:
    """Return the first day of the month's grid, and how many days its whole weeks have."""
    first = week_of(day.replace(day=1), first_weekday=first_weekday)
    last = following(day.replace(day=1), months=1) - timedelta(days=1)
    return first, ((last - first).days // 7 + 1) * 7


def following(day: date, *, months: int) -> date:
    """Return the same day so many months later, or that month's last day."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    next_first = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (next_first - first).days) - 1)

"""Checks of wall-clock intervals that people type."""

from datetime import date, datetime, time

from app.errors import InvalidField
from app.words import N_

LONGEST_DAYS = 3 * 366


def require_interval(starts_local: datetime, ends_local: datetime) -> None:
    """Refuse an interval that is empty, endless, or said in a zone: each location reads it on its own clock."""
    if starts_local.tzinfo is not None or ends_local.tzinfo is not None:
        raise InvalidField("starts_local", N_("Give wall-clock times without a zone."))
    if starts_local >= ends_local:
        raise InvalidField("ends_local", N_("The end must be later than the start."))
    if (ends_local - starts_local).days > LONGEST_DAYS:
        raise InvalidField("ends_local", N_("This lasts longer than three years."))


def require_hours(starts_local: time, ends_local: time) -> None:
    """Refuse hours of a day that are empty."""
    if starts_local >= ends_local:
        raise InvalidField("ends_local", N_("The end must be later than the start."))


def days_of(starts_local: datetime, ends_local: datetime) -> tuple[date, date]:
    """Return the first and the last day that an interval touches."""
    return starts_local.date(), ends_local.date()

"""The periods that a report can be asked for, as whole days on the clinic's calendar; weeks begin on Monday."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.errors import InvalidField
from app.words import N_

LONGEST_DAYS = 366


class PeriodChoice(StrEnum):
    """What a reader can pick by name; `custom` brings its own two days."""

    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    LAST_4_WEEKS = "last-4-weeks"
    NEXT_4_WEEKS = "next-4-weeks"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included; raises InvalidField when it is turned around or too long."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        """Refuse what no report can answer."""
        if self.first_on > self.last_on:
            raise InvalidField("last_on", N_("The last day lies before the first."))
        if self.days > LONGEST_DAYS:
            raise InvalidField("last_on", N_("A period has at most 366 days."))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_on - self.first_on).days + 1


# Weeks from the one that holds today: the first that counts, and how many.
_WEEKS = {
    PeriodChoice.THIS_WEEK: (0, 1),
    PeriodChoice.LAST_WEEK: (-1, 1),
    PeriodChoice.LAST_4_WEEKS: (-4, 4),
    PeriodChoice.NEXT_4_WEEKS: (1, 4),
}


def named_period(choice: PeriodChoice, *, today: date) -> Period:
    """Return the whole weeks that a choice names; raises InvalidField for `custom`, which names none."""
    if choice not in _WEEKS:
        raise InvalidField("period", N_("Give a date."))
    begin, weeks = _WEEKS[choice]
    monday = today - timedelta(days=today.weekday())
    first_on = monday + timedelta(weeks=begin)
    return Period(first_on, first_on + timedelta(weeks=weeks, days=-1))

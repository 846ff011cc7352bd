"""Dates and times as files write them; what can be read in two ways is wrong and never guessed.

A year of four figures is asked for. Between points the day comes first, as everybody who writes so means it; between
slashes or dashes the order is the file's, which the user says when a date could be both.
"""

import re
import unicodedata
from datetime import date, datetime, time
from enum import StrEnum

from app.services.imports.problems import Wrong
from app.words import N_

NO_DATE = N_("“{text}” is no date. Write it like 2026-03-04.")
SHORT_YEAR = N_("“{text}”: write the year with four figures.")
SERIAL = N_("“{text}” is a number and no date. Format the column as a date in your spreadsheet and save it again.")
BOTH = N_("“{text}” can be read with the day first or with the month first. Say above how dates are written.")
NO_TIME = N_("“{text}” is no time of day. Write it like 09:30.")
NO_MOMENT = N_("“{text}” is no day with a time. Write it like 2026-03-04 09:30.")
WITH_ZONE = N_("“{text}” names a time zone. Give the time as the clock at the location shows it.")
PARTS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?\s?m\.?)?", re.IGNORECASE)
ZONE = re.compile(r"\d\s*(z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
# What databases write behind a day that has no time.
MIDNIGHT = re.compile(r"[ T]00:00(:00)?(\.0+)?Z?$")
LONGEST = 40
YEAR_FIGURES, SHORT_FIGURES, SERIAL_FIGURES = 4, 2, 5
NOON = 12


class DateOrder(StrEnum):
    """How dates with slashes or dashes are written in a file; not said is only taken where there is one reading."""

    NOT_SAID = "not-said"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


def date_of(name: str, text: str, *, order: DateOrder) -> date:
    """Return a date; raises Wrong."""
    plain, shown = MIDNIGHT.sub("", _plain(text)), text[:LONGEST]
    if plain.isdigit() and len(plain) >= SERIAL_FIGURES:
        raise Wrong(name, SERIAL, text=shown)
    found = PARTS.fullmatch(plain)
    if found is None:
        raise Wrong(name, NO_DATE, text=shown)
    first, sign, second, third = found.groups()
    readings = _readings(first, sign, second, third, order=order)
    if not readings and max(len(first), len(third)) <= SHORT_FIGURES:
        raise Wrong(name, SHORT_YEAR, text=shown)
    possible = {made for made in readings if made is not None}
    if len(possible) > 1:
        raise Wrong(name, BOTH, text=shown)
    if not possible:
        raise Wrong(name, NO_DATE, text=shown)
    return possible.pop()


def time_of(name: str, text: str) -> time:
    """Return a time of day; raises Wrong."""
    found = TIME.fullmatch(_plain(text))
    if found is None:
        raise Wrong(name, NO_TIME, text=text[:LONGEST])
    hour, minute, half = int(found[1]), int(found[2]), (found[4] or "").casefold()
    if half:
        if not 1 <= hour <= NOON:
            raise Wrong(name, NO_TIME, text=text[:LONGEST])
        hour = hour % NOON + (NOON if half.startswith("p") else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise Wrong(name, NO_TIME, text=text[:LONGEST]) from None


def moment_of(name: str, text: str, *, order: DateOrder) -> datetime:
    """Return a day and a time of one cell, as the clock on the wall shows it; raises Wrong."""
    plain = _plain(text)
    day, _, rest = plain.replace("T", " ", 1).partition(" ")
    if ZONE.search(rest):
        raise Wrong(name, WITH_ZONE, text=text[:LONGEST])
    on = date_of(name, day, order=order)
    if not rest.strip():
        raise Wrong(name, NO_MOMENT, text=text[:LONGEST])
    return datetime.combine(on, time_of(name, rest.strip()))


def _readings(first: str, sign: str, second: str, third: str, *, order: DateOrder) -> list[date | None]:
    if len(first) == YEAR_FIGURES:
        return [_date(first, second, third)]
    if len(third) != YEAR_FIGURES:
        return []
    day_first, month_first = _date(third, second, first), _date(third, first, second)
    if sign == "." or order is DateOrder.DAY_FIRST:
        return [day_first]
    return [month_first] if order is DateOrder.MONTH_FIRST else [day_first, month_first]


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Return the text with the figures of any script as 0 to 9, and plain blanks."""
    figures = ("".join(_figure(sign) for sign in text)).split()
    return " ".join(figures)


def _figure(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)

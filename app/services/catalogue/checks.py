"""What people may type into the settings: every refusal names its field and says what is possible."""

from typing import NamedTuple
from zoneinfo import available_timezones

from holidays import list_supported_countries

from app.errors import InvalidField
from app.words import LANGUAGES, N_

LONGEST_NAME = 80
LONGEST_TEXT = 200
SHOWN_ZONES = tuple(
    sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/")))
)


class Limit(NamedTuple):
    """The least and the most that a number may be, and the sentence that says so."""

    least: int
    most: int
    words: str


def text(field: str, value: str, *, longest: int = LONGEST_TEXT, is_needed: bool = False) -> str:
    """Return what was typed with single spaces; raises InvalidField."""
    tidy = " ".join(value.split())
    if is_needed and not tidy:
        raise InvalidField(field, N_("Fill this in."))
    if len(tidy) > longest:
        raise InvalidField(field, N_("This is too long."))
    if not tidy.isprintable():
        raise InvalidField(field, N_("This has characters that cannot be shown."))
    return tidy


def name(value: str, *, field: str = "name") -> str:
    """Return a name; raises InvalidField."""
    return text(field, value, longest=LONGEST_NAME, is_needed=True)


def within(field: str, value: int, limit: Limit) -> int:
    """Return a number that lies within its limits; raises InvalidField."""
    if not limit.least <= value <= limit.most:
        raise InvalidField(field, limit.words)
    return value


def zone(value: str) -> str:
    """Return the name of a time zone that exists; raises InvalidField."""
    if value != "UTC" and value not in SHOWN_ZONES:
        raise InvalidField("timezone", N_("Choose a time zone from the list, for example Europe/Berlin."))
    return value


def country(value: str) -> str:
    """Return a country's code; raises InvalidField."""
    if value not in countries():
        raise InvalidField("country", N_("Choose a country from the list."))
    return value


def countries() -> list[str]:
    """Return the codes of the countries whose holidays are known."""
    return sorted(code for code in list_supported_countries(include_aliases=False) if len(code) == 2)


def language(value: str) -> str:
    """Return a language that the pages speak; raises InvalidField."""
    if value not in LANGUAGES:
        raise InvalidField("language", N_("Choose a language from the list."))
    return value


def free_name(is_taken: bool, *, field: str = "name") -> None:
    """Raise InvalidField when another entry has the name already."""
    if is_taken:
        raise InvalidField(field, N_("This is taken already. Please choose another."))

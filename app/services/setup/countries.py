"""What a country makes likely, so that nobody has to type it: its money, a language, a time zone.

Zones by country are tzdata's own table, in which a country's first zone is where most of its people live.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from app.services.catalogue.checks import countries
from app.words import LANGUAGES


@dataclass(frozen=True, slots=True)
class Likely:
    """What fits a country, each to be changed; empty when nothing is known."""

    currency: str
    language: str
    timezone: str


def likely(country: str, *, zone: str = "") -> Likely:
    """Return what fits a country; `zone` is the browser's, which stays when it lies there."""
    if country not in countries():
        return Likely("", "", "")
    money = get_territory_currencies(country)
    spoken = get_official_languages(country, regional=True, de_facto=True)
    zones = _zones().get(country, ())
    return Likely(
        currency=money[-1] if money else "",
        language=next((one for one in spoken if one in LANGUAGES), ""),
        timezone=_modern(zone) if _modern(zone) in zones else next(iter(zones), ""),
    )


def country_of(zone: str) -> str:
    """Return the country in which a time zone lies, empty when none is known."""
    found = next((country for country, zones in _zones().items() if _modern(zone) in zones), "")
    return found if found in countries() else ""


def _modern(zone: str) -> str:
    """Return today's name of a zone: browsers still say Asia/Calcutta."""
    return str(get_global("zone_aliases").get(zone, zone))


@lru_cache(maxsize=1)
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found

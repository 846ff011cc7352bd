"""The official holidays of a country and its regions, from the `holidays` library."""

from collections.abc import Iterable
from datetime import date

from holidays import country_holidays

from app.errors import InvalidField
from app.words import N_


def official_days(country: str, region: str, years: Iterable[int]) -> dict[date, str]:
    """Return the days on which the country, and with a region also that, officially rests, with their names.

    Raises InvalidField when the library knows no such country or region.
    """
    try:
        return dict(country_holidays(country, subdiv=region or None, years=list(years)))
    except NotImplementedError as error:
        raise InvalidField("region", N_("No calendar of holidays is known for this country and region.")) from error

"""How appointments are booked and missed: public figures, as constants.

From 79,797 real appointments ("Medical Appointment No Shows", Vitória, Brazil, 2016): half are booked at most
4 days ahead, nine in ten at most 30; the longer ahead, the more often nobody comes. The data is not shipped.
"""

from bisect import bisect_left
from itertools import accumulate
from random import Random

# (longest lead in days, share of no-shows among those who came or did not)
NO_SHOW_BY_LEAD = ((0, 0.046), (2, 0.227), (7, 0.250), (15, 0.308), (30, 0.325), (10_000, 0.330))

# Share of bookings by lead in days. Cumulative: 0.495 at 3 days, 0.54 at 4, 0.8955 at 29, 0.9045 at 30.
_LEAD_SHARES = (
    [0.300, 0.080, 0.060, 0.055, 0.045, 0.035, 0.030, 0.030] + [0.0168] * 8 + [0.009] * 15 + [0.0955 / 26] * 26
)
_LEAD_UP_TO = list(accumulate(_LEAD_SHARES))

# Share of a day's bookings by the hour in which they are made: 17 % in the hour from seven.
BOOKING_HOURS = {6: 4, 7: 17, 8: 13, 9: 11, 10: 10, 11: 8, 12: 6, 13: 7, 14: 7, 15: 6, 16: 4, 17: 3, 18: 2, 20: 2}


def lead_days_of_share(share: float) -> int:
    """Return the lead in days that this share (0 to 1) of all bookings does not exceed."""
    return min(bisect_left(_LEAD_UP_TO, share), len(_LEAD_UP_TO) - 1)


def leads(count: int) -> list[int]:
    """Return `count` leads, ascending, with the real median and 90th percentile."""
    return [lead_days_of_share((place + 0.5) / count) for place in range(count)]


def lead_band(lead_days: int) -> int:
    """Return which band of NO_SHOW_BY_LEAD a lead belongs to."""
    return next(band for band, (longest, _) in enumerate(NO_SHOW_BY_LEAD) if lead_days <= longest)


def booking_minute(chance: Random) -> int:
    """Return a minute of the day at which somebody books."""
    hour = chance.choices(list(BOOKING_HOURS), weights=list(BOOKING_HOURS.values()))[0]
    return hour * 60 + chance.randrange(60)

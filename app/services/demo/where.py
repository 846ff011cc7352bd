"""Where the demonstration stands: in a time zone in which a working day is under way when it is loaded.

Somebody who looks at it in the morning sees a morning, wherever they are: at three at night a clinic shows little of
what it does. Of the zones in which the hour is right, the first is taken where people work and are not at lunch. From
then on its clock is the real one of that zone.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from app.services.demo.catalogue import FAR_SITE, Site

# The clinic's own zone, and that of its far site. At any instant it is morning or afternoon in one of them.
PAIRS = (
    ("America/New_York", "America/Chicago"),
    ("Europe/London", "Europe/Paris"),
    ("America/Los_Angeles", "America/Denver"),
    ("Asia/Singapore", "Asia/Bangkok"),
    ("Asia/Karachi", "Asia/Dubai"),
    ("Australia/Sydney", "Australia/Brisbane"),
)
# Somebody was there before, and somebody comes still.
FROM, UNTIL = time(8, 30), time(16)
LUNCH = 12
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The zones in which the sites' clocks run."""

    zone: ZoneInfo
    far_zone: ZoneInfo

    def of(self, site: Site) -> ZoneInfo:
        """Return a site's zone."""
        return self.far_zone if site.name == FAR_SITE else self.zone


def whereabouts(now: datetime) -> Whereabouts:
    """Return the zones for a clinic that is to be at work now."""
    clocks = {pair: now.astimezone(ZoneInfo(pair[0])) for pair in PAIRS}
    found = [pair for pair in PAIRS if FROM <= clocks[pair].time() <= UNTIL]
    best = min(found, key=lambda pair: (clocks[pair].weekday() >= SATURDAY, clocks[pair].hour == LUNCH))
    return Whereabouts(*map(ZoneInfo, best))

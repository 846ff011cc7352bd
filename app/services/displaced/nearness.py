"""How far a start is from the one that a patient lost, as one number of minutes and what counts as many. Pure."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.availability import Start
from app.services.displaced.worklist import DisplacedVisit
from app.services.waitlist.places import AFTERNOON_BEGINS, EVENING_BEGINS

MINUTES_A_DAY = 1_440
# Nothing farther is looked at.
FARTHEST_DAYS = 31
# In the afternoon instead of the morning is as far as three days later at the same time.
OTHER_PART_OF_DAY = 3 * MINUTES_A_DAY
# Each of these outweighs all that stands above it.
OTHER_DAY = OTHER_PART_OF_DAY + FARTHEST_DAYS * MINUTES_A_DAY + 1
OTHER_PRACTITIONER = 2 * OTHER_DAY
OTHER_LOCATION = 2 * OTHER_PRACTITIONER


def distance(visit: DisplacedVisit, start: Start) -> int:
    """Return the cost of a move: another site, else another practitioner, else another day; then how far in time."""
    zone = ZoneInfo(visit.timezone)
    before, after = visit.starts_at.astimezone(zone), start.starts_at.astimezone(ZoneInfo(start.timezone))
    return (
        _other(visit.location_id, start.location_id) * OTHER_LOCATION
        + _other(visit.practitioner_id, start.practitioner_id) * OTHER_PRACTITIONER
        + (before.date() != after.date()) * OTHER_DAY
        + (_part(before) != _part(after)) * OTHER_PART_OF_DAY
        + abs(int((start.starts_at - visit.starts_at).total_seconds())) // 60
    )


def _other(one: UUID, other: UUID) -> bool:
    return one != other


def _part(local: datetime) -> int:
    return (local.time() >= AFTERNOON_BEGINS) + (local.time() >= EVENING_BEGINS)

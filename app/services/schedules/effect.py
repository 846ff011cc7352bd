"""What a change of schedules does, as a preview tells it and as the change itself did it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.schedules.wall_clock import local_day


@dataclass(frozen=True, slots=True)
class DayEffect:
    """How many starts a change adds to one location's local day, and how many it takes away."""

    location_id: UUID
    day: date
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Displaced:
    """A live appointment that no longer fits; `reason` is a code of `explain`."""

    appointment_id: UUID
    patient_id: UUID
    practitioner_id: UUID
    location_id: UUID
    service_id: UUID
    starts_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Effect:
    """The starts that a change adds and removes, whom it displaces, and whose appointments fit again."""

    added: int = 0
    removed: int = 0
    days: tuple[DayEffect, ...] = ()
    displaced: tuple[Displaced, ...] = ()
    fits_again: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an edit answers: the entry it concerns, its effect, and the practitioners whose starts it may change.

    An entry that `was_there` before is not the edit's own, and not its maker's to take back.
    """

    entry_id: UUID | None
    effect: Effect
    practitioner_ids: frozenset[UUID] = field(default_factory=frozenset)
    was_there: bool = False


def by_days(
    *, added: Iterable[tuple[UUID, ZoneInfo, datetime]], removed: Iterable[tuple[UUID, ZoneInfo, datetime]]
) -> tuple[DayEffect, ...]:
    """Count starts, given as location, its zone and instant, by location and local day."""
    plus = Counter((location_id, local_day(at, zone)) for location_id, zone, at in added)
    minus = Counter((location_id, local_day(at, zone)) for location_id, zone, at in removed)
    places = sorted(plus.keys() | minus.keys(), key=lambda place: (place[1], place[0]))
    return tuple(
        DayEffect(location_id, day, plus[location_id, day], minus[location_id, day]) for location_id, day in places
    )

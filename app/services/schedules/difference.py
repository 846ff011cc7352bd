"""What has to happen to the slots that are there, so that they are those that the rules plan. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from app.services.schedules.arrange import Placed

Shape = tuple[UUID, datetime, datetime, UUID | None]


class Standing(NamedTuple):
    """A slot as it stands in the table, with its location's time zone."""

    id: UUID
    schedule_id: UUID
    location_id: UUID
    timezone: str
    service_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    specialty: str
    max_capacity: int
    current_bookings: int
    overbook_limit: int
    overbooked: int
    is_open: bool

    @property
    def shape(self) -> Shape:
        """What makes it the slot it is: the rest may change while it stands."""
        return self.schedule_id, self.starts_at, self.ends_at, self.service_id

    def is_as(self, placed: Placed) -> bool:
        """Tell whether it is open and has all that the plan gives it, as far as its live appointments allow."""
        return (
            self.is_open
            and self.specialty == placed.schedule.specialty
            and self.max_capacity == max(placed.slot.capacity, self.current_bookings)
            and self.overbook_limit == max(placed.schedule.overbook_limit, self.overbooked)
        )


class Wanted(NamedTuple):
    """A slot that stands and is planned, but closed or of another capacity, and what the plan gives it."""

    standing: Standing
    placed: Placed


@dataclass(frozen=True, slots=True)
class Difference:
    """The planned slots that are missing, those to be changed, and the open ones that no rule plans."""

    missing: Sequence[Placed]
    wanted: Sequence[Wanted]
    superfluous: Sequence[Standing]

    @property
    def returning(self) -> list[Wanted]:
        """Those that are closed and open again."""
        return [wanted for wanted in self.wanted if not wanted.standing.is_open]


def difference(standing: Sequence[Standing], planned: Sequence[Placed]) -> Difference:
    """Compare the slots of some practitioners with their plan.

    Capacity never falls below the live appointments: who has a place keeps it.
    """
    # The open one of several of one shape, else the one that people have.
    known = {slot.shape: slot for slot in sorted(standing, key=attrgetter("is_open", "current_bookings", "id"))}
    asked = {(p.schedule.schedule_id, p.slot.starts_at, p.slot.ends_at, p.slot.service_id): p for p in planned}
    return Difference(
        missing=[placed for shape, placed in asked.items() if shape not in known],
        wanted=[
            Wanted(known[shape], placed)
            for shape, placed in asked.items()
            if shape in known and not known[shape].is_as(placed)
        ],
        superfluous=[slot for slot in standing if slot.is_open and slot.shape not in asked],
    )

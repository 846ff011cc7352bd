"""One practitioner at several sites: which of the slots that their schedules plan can stand beside each other. Pure.

Sessions come before base slots, and among equals the older schedule's (the smaller id's): whoever plans, whenever,
for whichever schedule, comes to the same slots.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from app.services.schedules.rules import PlannedSlot, plan
from app.services.schedules.timetables import ScheduleToFill

BEGIN = attrgetter("slot.starts_at")


class Placed(NamedTuple):
    """A planned slot and the schedule that it is of."""

    schedule: ScheduleToFill
    slot: PlannedSlot


def arrange(schedules: Iterable[ScheduleToFill], *, first_day: date, last_day: date, since: datetime) -> list[Placed]:
    """Return the slots from `since` to the end of the last local day, so that no practitioner's overlap."""
    by_practitioner: dict[UUID, list[Placed]] = defaultdict(list)
    for schedule in sorted(schedules, key=attrgetter("schedule_id")):
        slots = plan(schedule.timetable, first_day=first_day, last_day=last_day)
        by_practitioner[schedule.practitioner_id] += [Placed(schedule, s) for s in slots if s.starts_at >= since]
    return [placed for row in by_practitioner.values() for placed in _beside_each_other(row)]


def _beside_each_other(row: Sequence[Placed]) -> Iterator[Placed]:
    if len({placed.schedule.schedule_id for placed in row}) == 1:
        yield from row
        return
    kept: list[Placed] = []
    for is_session in (True, False):
        for placed in row:
            if (placed.slot.service_id is not None) is is_session and not _meets(kept, placed.slot):
                insort(kept, placed, key=BEGIN)
    yield from kept


def _meets(kept: Sequence[Placed], slot: PlannedSlot) -> bool:
    """Tell whether the slot overlaps one of the kept ones, which ascend and are apart."""
    after = bisect_left(kept, slot.starts_at, key=BEGIN)
    return any(other.slot.overlaps(slot.starts_at, slot.ends_at) for other in kept[max(after - 1, 0) : after + 1])

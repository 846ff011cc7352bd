"""Why no row of open slots covers a visit: the rules do not plan it, or what they plan is not there. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.services.availability.explain.facts import Site, SiteSlot
from app.services.availability.explain.of_rules import reasons_of_rules
from app.services.availability.explain.planned_time import PlannedTime, row_from
from app.services.availability.explain.reasons import Reason, ReasonCode
from app.services.availability.explain.span import Need
from app.services.booking.visit import Interval
from app.services.schedules.rules import PlannedSlot
from app.services.schedules.wall_clock import local_day


@dataclass(frozen=True, slots=True)
class SiteSlots:
    """The practitioner's slots as one site and one service see them, ascending."""

    own: Sequence[SiteSlot]
    elsewhere: Sequence[SiteSlot]

    @property
    def open(self) -> list[SiteSlot]:
        """The slots on which a visit may be put."""
        return [slot for slot in self.own if slot.is_open]

    def taken_by(self, need: Need) -> list[SiteSlot]:
        """Return the slots that the visit takes; without a whole row those that it would begin in."""
        begins, until = need.visit.occupies_from, need.visit.occupies_until
        within = [slot for slot in self.own if begins <= slot.starts_at < until]
        return row_from(self.open, begins, until=until) or within

    def first_of(self, need: Need, planned: PlannedTime) -> SiteSlot | None:
        """Return the slot that the visit begins with, or would, if it is opened again or planned as it is."""
        row = row_from(self.open, need.visit.occupies_from, until=need.visit.occupies_until)
        length = timedelta(minutes=planned.slot_minutes)
        again = (s for s in self.own if s.starts_at == need.visit.occupies_from and s.ends_at - s.starts_at == length)
        return row[0] if row else max(again, key=lambda slot: slot.is_open, default=None)


def slots_at(slots: Sequence[SiteSlot], site: Site, *, service_id: UUID | None) -> SiteSlots:
    """Return the slots of a site for sessions of a service, or its base slots, and what other sites have open."""
    own = [slot for slot in slots if slot.schedule_id == site.schedule_id]
    return SiteSlots(
        own=[slot for slot in own if slot.service_id == service_id],
        elsewhere=[slot for slot in slots if slot.is_open and slot.schedule_id != site.schedule_id],
    )


def reasons_of_slots(slots: SiteSlots, planned: PlannedTime, site: Site, need: Need) -> Iterator[Reason]:
    """Name why open slots do not cover the visit, whatever they hold: nothing when they do."""
    begins, until = need.visit.occupies_from, need.visit.occupies_until
    if row_from(slots.open, begins, until=until):
        return
    yield from reasons_of_rules(planned, need)
    row = row_from(planned.slots, begins, until=until)
    if row:
        yield from (reason for slot in row if not _is_there(slot, slots.open) for reason in _missing(slot, slots))
        return
    elsewhere: list[Interval] = [*slots.elsewhere, *planned.taken_elsewhere]
    for other in elsewhere:
        if need.meets(other.starts_at, other.ends_at):
            yield Reason(ReasonCode.ELSEWHERE, other.ends_at)
    last_day = local_day(need.visit.occupies_until - timedelta.resolution, site.zone)
    if site.generated_until is None or last_day > site.generated_until:
        yield Reason(ReasonCode.NOT_GENERATED)


def _is_there(planned: PlannedSlot, slots: Sequence[SiteSlot]) -> bool:
    return any((slot.starts_at, slot.ends_at) == (planned.starts_at, planned.ends_at) for slot in slots)


def _missing(planned: PlannedSlot, slots: SiteSlots) -> list[Reason]:
    found = [
        Reason(ReasonCode.ELSEWHERE, other.ends_at)
        for other in slots.elsewhere
        if planned.overlaps(other.starts_at, other.ends_at)
    ]
    if _is_there(planned, slots.own):
        found.append(Reason(ReasonCode.BLOCKED))
    return found or [Reason(ReasonCode.NOT_GENERATED)]

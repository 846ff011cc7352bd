"""What one visit needs of a schedule: whole slots; and with which part of it something collides. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.services.availability.explain.reasons import Reason, ReasonCode
from app.services.booking.visit import Visit, VisitRules, visit_from

# Named `buffer` when the buffers alone meet them; all else keeps its own name beside it.
GIVING_WAY = frozenset({ReasonCode.HOURS, ReasonCode.BREAK, ReasonCode.BUSY})


@dataclass(frozen=True, slots=True)
class Need:
    """A visit and the whole slots that would cover it, to `until`."""

    visit: Visit
    until: datetime
    rules: VisitRules

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether [starts_at, ends_at) takes something that the visit needs."""
        return starts_at < self.until and ends_at > self.visit.occupies_from

    def meets_buffers_only(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether it leaves the patient's own time alone and takes some of the buffers around it."""
        visit = self.visit
        meets_patient = starts_at < visit.ends_at and ends_at > visit.starts_at
        return not meets_patient and starts_at < visit.occupies_until and ends_at > visit.occupies_from

    def collisions(
        self, code: ReasonCode, starts_at: datetime, ends_at: datetime, *, until: datetime | None
    ) -> Iterator[Reason]:
        """Name what [starts_at, ends_at) takes, under its code, as `buffer`, or both."""
        if not self.meets(starts_at, ends_at):
            return
        is_buffer = self.meets_buffers_only(starts_at, ends_at)
        if is_buffer:
            yield Reason(ReasonCode.BUFFER, until, _buffers(self.rules))
        if not is_buffer or code not in GIVING_WAY:
            yield Reason(code, until)


def need_of(starts_at: datetime, rules: VisitRules, *, slot_minutes: int) -> Need:
    """Return what a visit at this time for the patient needs of slots of this length."""
    visit = visit_from(starts_at - timedelta(minutes=rules.buffer_before_minutes), rules)
    slots = -(-rules.total_minutes // slot_minutes)
    return Need(visit, visit.occupies_from + timedelta(minutes=slots * slot_minutes), rules)


def _buffers(rules: VisitRules) -> dict[str, str | int]:
    return {"before": rules.buffer_before_minutes, "after": rules.buffer_after_minutes}

"""What of a practitioner's day is still free, and what of it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.occupied import RUN_OUT
from app.services.places import Place
from models.db import rows

FREE: LiteralString = (
    """
SELECT s.starts_at, s.ends_at FROM slots s
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = %(practitioner_id)s::uuid
   AND s.location_id = %(location_id)s::uuid AND s.status = 'open' AND s.service_id IS NULL
   AND s.starts_at < %(until)s::timestamptz AND s.starts_at >= %(begin)s::timestamptz
   AND s.ends_at > %(now)s::timestamptz
   AND NOT EXISTS (
     SELECT 1 FROM appointment_slots t JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
      WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id AND a.live AND NOT """
    + RUN_OUT
    + """)
 ORDER BY s.starts_at
"""
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of one's own time without a patient; what has begun counts from its beginning."""

    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.ends_at - self.starts_at


def gaps_of(session: Session, clinic_id: UUID, *, practitioner_id: UUID, place: Place, now: datetime) -> list[Gap]:
    """Return what is still free today at a location; for callers who asked who may."""
    begin, until = place.span(place.today(now))
    whose = {"clinic_id": clinic_id, "practitioner_id": practitioner_id, "location_id": place.id}
    return joined(rows(session, FREE, {**whose, "begin": begin, "until": until, "now": now}))


def joined(slots: Sequence[tuple[datetime, datetime]]) -> list[Gap]:
    """Return slots, which ascend, as stretches: one where the next begins when the other ends."""
    gaps: list[Gap] = []
    for starts_at, ends_at in slots:
        if gaps and gaps[-1].ends_at == starts_at:
            gaps[-1] = Gap(gaps[-1].starts_at, ends_at)
        else:
            gaps.append(Gap(starts_at, ends_at))
    return gaps

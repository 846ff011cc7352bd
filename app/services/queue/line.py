"""Who waits at a location, in the order in which they are called."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.queue.order import in_line
from app.settings import settings
from models.db import rows

WAITING: LiteralString = """
SELECT t.id, t.number, t.practitioner_id, t.priority, t.is_walk_in, t.since_at, a.starts_at
  FROM queue_tickets t JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
 WHERE t.clinic_id = %(clinic_id)s::uuid AND t.location_id = %(location_id)s::uuid AND t.on_date = %(day)s::date
   AND t.state = 'waiting'
"""


@dataclass(frozen=True, slots=True)
class Waiter:
    """What the rule needs of somebody who waits."""

    id: UUID
    number: int
    practitioner_id: UUID
    priority: int
    is_walk_in: bool
    since_at: datetime
    starts_at: datetime


def waiting_line(session: Session, clinic_id: UUID, *, location_id: UUID, day: date, now: datetime) -> list[Waiter]:
    """Return those who wait, the next one first; for callers who asked who may see it."""
    asked = {"clinic_id": clinic_id, "location_id": location_id, "day": day}
    waiting = [Waiter(*row) for row in rows(session, WAITING, asked)]
    return in_line(waiting, walk_in_minutes=settings().walk_in_turn_minutes, now=now)

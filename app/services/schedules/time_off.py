"""Read what takes time away from every schedule of a practitioner, a location or the clinic."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from app.services.schedules.rules import TimeOff
from models.schedules import Closure, Holiday, Leave


def leaves_of(
    session: Session, clinic_id: UUID, practitioner_ids: Collection[UUID], from_day: date
) -> dict[UUID, list[TimeOff]]:
    """Return by practitioner the leaves that end after the day begins."""
    found: dict[UUID, list[TimeOff]] = defaultdict(list)
    asked = select(Leave).where(
        Leave.clinic_id == clinic_id,
        col(Leave.practitioner_id).in_(practitioner_ids),
        Leave.ends_local > datetime.combine(from_day, time.min),
    )
    for leave in session.exec(asked.order_by(col(Leave.id))):
        found[leave.practitioner_id].append(TimeOff(leave.starts_local, leave.ends_local))
    return found


def closures_of(session: Session, clinic_id: UUID, from_day: date) -> dict[UUID | None, list[TimeOff]]:
    """Return by location the closures that end after the day begins; under None those of the whole clinic."""
    found: dict[UUID | None, list[TimeOff]] = defaultdict(list)
    asked = select(Closure).where(
        Closure.clinic_id == clinic_id, Closure.ends_local > datetime.combine(from_day, time.min)
    )
    for closure in session.exec(asked.order_by(col(Closure.id))):
        found[closure.location_id].append(TimeOff(closure.starts_local, closure.ends_local))
    return found


def holidays_of(session: Session, clinic_id: UUID, from_day: date) -> dict[UUID | None, set[date]]:
    """Return by location the holidays that are kept; under None those of the whole clinic."""
    found: dict[UUID | None, set[date]] = defaultdict(set)
    asked = select(Holiday).where(Holiday.clinic_id == clinic_id, Holiday.is_kept, Holiday.on_date >= from_day)
    for holiday in session.exec(asked):
        found[holiday.location_id].add(holiday.on_date)
    return found

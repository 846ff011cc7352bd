"""`explain_day`: a practitioner's whole day, quarter of an hour by quarter of an hour, for the board's "Why not?"."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.availability.explain.known import Question, know
from app.services.availability.explain.one_time import explained, record_view
from app.services.availability.explain.reasons import Explanation
from app.services.catalogue.read import zone
from models.principal import Principal

STEP = timedelta(minutes=15)


class ExplainedTime(NamedTuple):
    """One time of the day, with its explanation."""

    starts_at: datetime
    explanation: Explanation


def explain_day(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID,
    location_id: UUID,
    day: date,
    patient_id: UUID | None = None,
    now: datetime,
) -> list[ExplainedTime]:
    """Explain every quarter of an hour of the location's local day, as `explain` does one; raises the same.

    As many statements as for one time. On the day on which clocks go back there are 100 quarters, else 96 or 92.
    """
    clock = zone(session, principal, location_id=location_id)
    begins, ends = _midnight(day, clock), _midnight(day + timedelta(days=1), clock)
    question = Question(service_id, practitioner_id, location_id, patient_id)
    known = know(session, principal, question, since=begins, until=ends, now=now)
    record_view(session, principal, question, {"day": day.isoformat()}, now=now)
    quarters = (begins + STEP * number for number in range((ends - begins) // STEP))
    return [ExplainedTime(starts_at, explained(known, starts_at)) for starts_at in quarters]


def _midnight(day: date, clock: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), clock).astimezone(UTC)

"""From `from` and `to` of a request to instants: a date is a whole day on the wall clocks of the place."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.catalogue.read import zone
from models.principal import Principal

Bound = datetime | date | None


def span(
    session: Session,
    principal: Principal,
    *,
    since: Bound,
    until: Bound,
    defaults: tuple[datetime, timedelta],
    location_id: UUID | None,
) -> tuple[datetime, datetime]:
    """Return the half-open range; a date in `until` is its whole day. `defaults` are the start and the length."""
    start, length = defaults
    clock = zone(session, principal, location_id=location_id)
    begins = start if since is None else _instant(since, clock)
    if until is None:
        return begins, begins + length
    ends = _instant(until, clock, is_end=True)
    # The longest range may hold the day on which the clocks go back.
    is_an_hour_over = length < ends - begins <= length + timedelta(hours=1) and not isinstance(until, datetime)
    return begins, begins + length if is_an_hour_over else ends


def midnight(day: date, clock: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), clock)


def _instant(bound: datetime | date, clock: ZoneInfo, *, is_end: bool = False) -> datetime:
    if isinstance(bound, datetime):
        return bound
    return midnight(bound + timedelta(days=1) if is_end else bound, clock)

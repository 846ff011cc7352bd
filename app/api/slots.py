"""GET /slots and /slots/days: the starts that a hold accepts, and the free places by day."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlmodel import Session
from starlette.responses import JSONResponse

from app.api import shapes
from app.api.answers import instant, of_list, problems
from app.api.callers import Reader
from app.api.fields import DEFAULT_LIMIT, MOST, Cursor, InstantOrDate, Word
from app.api.paging import cursor_at, place_in_time
from app.api.routing import Route
from app.api.spans import Bound, span
from app.infra.executor import run
from app.services.availability import Start
from app.services.availability.public import browsed_days, browsed_starts, is_browsing
from app.services.availability.terms import LONGEST_RANGE
from app.services.clock import utc_now
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/slots", tags=["Free times"])
FROM = "The beginning; by default now. A date is the midnight before it where the visit is."
TO = "The end, not included, or a date that is; by default, and at most, 62 days later."
# How many starts at the cursor's own instant are read past at first.
SAME_INSTANT = 16


class Filters(NamedTuple):
    """Which starts are asked for."""

    service_id: UUID
    practitioner_id: UUID | None
    specialty: str | None
    location_id: UUID | None
    since: Bound
    until: Bound


def filters(
    service_id: Annotated[UUID, Query(examples=[shapes.SERVICE])],
    practitioner_id: UUID | None = None,
    specialty: Word | None = None,
    location_id: UUID | None = None,
    since: Annotated[InstantOrDate | None, Query(alias="from", description=FROM)] = None,
    until: Annotated[InstantOrDate | None, Query(alias="to", description=TO)] = None,
) -> Filters:
    """Gather the filters that both lists share."""
    return Filters(service_id, practitioner_id, specialty, location_id, since, until)


Asked = Annotated[Filters, Depends(filters)]


@router.get("", response_model=shapes.Slots, responses=problems(401, 404, 429), summary="Starts that a hold accepts")
async def get_slots(
    principal: Reader,
    asked: Asked,
    limit: Annotated[int | None, Query(ge=1, le=MOST, description="By default 50; 1 with first_available.")] = None,
    first_available: Annotated[bool, Query(description="The first start over all practitioners.")] = False,
    cursor: Cursor = None,
) -> JSONResponse:
    """In time order. The id of a start names it in a hold; the server works out the rest of the visit."""
    size = limit or (1 if first_available else DEFAULT_LIMIT)
    starts = await run(_starts, principal, asked, place_in_time(cursor), size + 1)
    page = starts[:size]
    last = cursor_at(page[-1].starts_at.isoformat(), str(page[-1].practitioner_id)) if len(starts) > size else None
    return of_list([slot_body(start) for start in page], next_cursor=last)


@router.get("/days", response_model=shapes.Days, responses=problems(401, 404, 429), summary="Free places by day")
async def get_days(principal: Reader, asked: Asked) -> JSONResponse:
    """The local days that have a free place, with how many; days without one are left out."""
    found = await run(_days, principal, asked)
    return of_list([{"date": day.isoformat(), "free": free} for day, free in found])


def slot_body(start: Start) -> dict[str, Any]:
    """Return one start as the API shows it."""
    return {
        "id": str(start.id),
        "practitioner_id": str(start.practitioner_id),
        "location_id": str(start.location_id),
        "start": instant(start.starts_at),
        "end": instant(start.ends_at),
        "capacity": start.capacity,
        "free": start.free,
        "version": start.version,
    }


def _starts(principal: Principal, asked: Filters, after: tuple[datetime, UUID] | None, wanted: int) -> list[Start]:
    now = utc_now()
    with transaction(principal) as session:
        since, until = _range(session, principal, asked, now=now)
        if after is None:
            return _open(session, principal, asked, since=since, until=until, now=now, limit=wanted)
        # The page before may have begun earlier: what has passed since, a later page does not need.
        begins = max(since, after[0])
        if begins >= until:
            return []
        extra = SAME_INSTANT
        while True:
            found = _open(session, principal, asked, since=begins, until=until, now=now, limit=wanted + extra)
            rest = [start for start in found if (start.starts_at, start.practitioner_id) > after]
            if len(rest) >= wanted or len(found) < wanted + extra:
                return rest[:wanted]
            extra *= 4


def _range(session: Session, principal: Principal, asked: Filters, *, now: datetime) -> tuple[datetime, datetime]:
    # Guests of one minute ask the same, so that they share a copy; the booking window leaves out what has passed.
    start = now.replace(second=0, microsecond=0) if is_browsing(principal) else now
    return span(
        session,
        principal,
        since=asked.since,
        until=asked.until,
        defaults=(start, LONGEST_RANGE),
        location_id=asked.location_id,
    )


def _open(session: Any, principal: Principal, asked: Filters, **more: Any) -> list[Start]:
    return browsed_starts(
        session,
        principal,
        service_id=asked.service_id,
        practitioner_id=asked.practitioner_id,
        specialty=asked.specialty,
        location_id=asked.location_id,
        **more,
    )


def _days(principal: Principal, asked: Filters) -> list[Any]:
    now = utc_now()
    with transaction(principal) as session:
        since, until = _range(session, principal, asked, now=now)
        return browsed_days(
            session,
            principal,
            service_id=asked.service_id,
            practitioner_id=asked.practitioner_id,
            specialty=asked.specialty,
            location_id=asked.location_id,
            since=since,
            until=until,
            now=now,
        )

"""GET /appointments: filtered, in time order, page after page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse

from app.api import shapes
from app.api.answers import of_list, problems
from app.api.appointments import Viewer
from app.api.fields import DEFAULT_LIMIT, EARLIEST, LATEST, Cursor, InstantOrDate, Limit
from app.api.paging import cursor_at, place_in_time
from app.api.routing import Route
from app.api.spans import midnight, span
from app.errors import InvalidField
from app.infra.executor import run
from app.services.booking.listing import Filters, Page, list_appointments
from app.services.catalogue.read import zone
from app.services.clock import utc_now
from models.appointments import AppointmentStatus
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/appointments", tags=["Appointments"])
FROM = "The earliest start; by default today's midnight, or no bound when `patient_id` is given."
TO = "The end of the range, not included, or a date that is."


class Asked:
    """The filters of the list."""

    def __init__(
        self,
        patient_id: UUID | None = None,
        practitioner_id: UUID | None = None,
        location_id: UUID | None = None,
        since: Annotated[InstantOrDate | None, Query(alias="from", description=FROM)] = None,
        until: Annotated[InstantOrDate | None, Query(alias="to", description=TO)] = None,
        status: Annotated[list[AppointmentStatus] | None, Query(description="May be given several times.")] = None,
    ) -> None:
        self.patient_id, self.practitioner_id, self.location_id = patient_id, practitioner_id, location_id
        self.since, self.until, self.statuses = since, until, tuple(status or ())


@router.get("", response_model=shapes.Appointments, responses=problems(401, 403), summary="Appointments")
async def get_appointments(
    principal: Viewer, asked: Annotated[Asked, Depends()], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> JSONResponse:
    """Those that the caller may see, by start; every filter given must hold."""
    page = await run(_page, principal, asked, limit, cursor)
    last = page.items[-1] if page.has_more else None
    next_cursor = cursor_at(last.starts_at.isoformat(), str(last.id)) if last else None
    return of_list([row.body() for row in page.items], next_cursor=next_cursor)


def _page(principal: Principal, asked: Asked, limit: int, cursor: str | None) -> Page:
    now, after = utc_now(), place_in_time(cursor)
    with transaction(principal) as session:
        clock = zone(session, principal, location_id=asked.location_id)
        begins = EARLIEST if asked.patient_id else midnight(now.astimezone(clock).date(), clock)
        since, until = span(
            session,
            principal,
            since=asked.since,
            until=asked.until,
            defaults=(begins, LATEST - begins),
            location_id=asked.location_id,
        )
        if asked.since and asked.until and until <= since:
            raise InvalidField("to", "The end must be later than the start.")
        filters = Filters(since, until, asked.patient_id, asked.practitioner_id, asked.location_id, asked.statuses)
        return list_appointments(session, principal, filters=filters, after=after, limit=limit, now=now)

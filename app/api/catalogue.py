"""GET /clinic, /locations, /services, /practitioners: what can be booked, for anybody."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.api import shapes
from app.api.answers import of_list, problems
from app.api.callers import Reader
from app.api.fields import DEFAULT_LIMIT, Cursor, Limit, Word
from app.api.paging import page_of
from app.api.routing import Route
from app.infra.executor import run
from app.services.catalogue import read
from app.services.catalogue.read import LocationView, PractitionerView, ServiceView
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, tags=["What can be booked"])


@router.get("/clinic", response_model=shapes.Clinic, responses=problems(401, 404, 429), summary="The clinic")
async def get_clinic(principal: Reader) -> JSONResponse:
    """The clinic of the caller, of the host name, or the only one."""
    view = await run(_read, principal, read.clinic)
    return JSONResponse(
        {
            "id": str(view.id),
            "name": view.name,
            "country": view.country,
            "currency": view.currency,
            "language": view.language,
            "timezone": view.timezone,
            "phone": view.phone,
        }
    )


@router.get("/locations", response_model=shapes.Locations, responses=problems(401, 404, 429), summary="Its sites")
async def get_locations(principal: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> JSONResponse:
    """The open sites, by name."""
    views = await run(_read, principal, read.locations)
    return _page(views, _location, cursor=cursor, limit=limit)


@router.get(
    "/services", response_model=shapes.Services, responses=problems(401, 404, 429), summary="Bookable kinds of visit"
)
async def get_services(
    principal: Reader,
    specialty: Word | None = None,
    location_id: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> JSONResponse:
    """The services, by name; `location_id` keeps those that somebody gives there."""
    views = [
        view
        for view in await run(_read, principal, read.services)
        if (specialty is None or view.specialty == specialty)
        and (location_id is None or location_id in view.location_ids)
    ]
    return _page(views, _service, cursor=cursor, limit=limit)


@router.get(
    "/practitioners",
    response_model=shapes.Practitioners,
    responses=problems(401, 404, 429),
    summary="Who gives the care",
)
async def get_practitioners(
    principal: Reader,
    specialty: Word | None = None,
    location_id: UUID | None = None,
    service_id: UUID | None = None,
    language: Word | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> JSONResponse:
    """The practitioners, by name; every filter given must hold."""
    views = [
        view
        for view in await run(_read, principal, read.practitioners)
        if (specialty is None or view.specialty == specialty)
        and (location_id is None or location_id in view.location_ids)
        and (service_id is None or service_id in view.service_ids)
        and (language is None or language in view.languages)
    ]
    return _page(views, _practitioner, cursor=cursor, limit=limit)


def _read(principal: Principal, reading: Any) -> Any:
    with transaction(principal) as session:
        return reading(session, principal)


def _page(views: list[Any], shape: Any, *, cursor: str | None, limit: int) -> JSONResponse:
    page, next_cursor = page_of(
        views, place=lambda view: (view.name.casefold(), str(view.id)), cursor=cursor, limit=limit
    )
    return of_list([shape(view) for view in page], next_cursor=next_cursor)


def _location(view: LocationView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "name": view.name,
        "timezone": view.timezone,
        "address": view.address,
        "phone": view.phone,
        "country": view.country,
    }


def _service(view: ServiceView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "name": view.name,
        "specialty": view.specialty,
        "duration_minutes": view.duration_minutes,
        "buffer_before_minutes": view.buffer_before_minutes,
        "buffer_after_minutes": view.buffer_after_minutes,
        "capacity": view.capacity,
        "price": {"amount": view.price_amount, "currency": view.currency},
        "prepayment": view.prepayment,
        "hold_minutes": view.hold_minutes,
        "notice_minutes": view.notice_minutes,
        "horizon_days": view.horizon_days,
        "is_video": view.is_video,
        "location_ids": [str(location_id) for location_id in view.location_ids],
    }


def _practitioner(view: PractitionerView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "name": view.name,
        "specialty": view.specialty,
        "languages": list(view.languages),
        "location_ids": [str(location_id) for location_id in view.location_ids],
        "service_ids": [str(service_id) for service_id in view.service_ids],
    }

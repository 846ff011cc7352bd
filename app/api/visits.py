"""The steps of a visit over HTTP, from arrival to its end and back, and what happened to an appointment."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from app.api import shapes
from app.api.answers import TAGGED, instant, of_list, problems
from app.api.appointments import Key, OwnViewer, Writer
from app.api.bodies import RoomBody
from app.api.changes import change
from app.api.fields import IfMatch, version_of
from app.api.routing import Route
from app.infra.executor import run
from app.services.booking.arrive import arrive
from app.services.booking.check_in import check_in
from app.services.booking.complete import complete
from app.services.booking.enter_room import enter_room
from app.services.booking.history import HistoryEntry, Place, history
from app.services.booking.mark_no_show import mark_no_show
from app.services.booking.undo import undo
from app.services.clock import utc_now
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/appointments", tags=["The visit"])
CHANGED: dict[str, Any] = {
    "response_model": shapes.Appointment,
    "responses": {**problems(400, 401, 403, 404, 409, 412, 413), 200: TAGGED},
}
CHANGED_BY_BODY = {**CHANGED, "responses": {**problems(400, 401, 403, 404, 409, 412, 413, 415), 200: TAGGED}}


@router.post("/{appointment_id}/arrive", **CHANGED, summary="The patient has come")
async def post_arrive(
    request: Request, principal: Writer, key: Key, appointment_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """Also late, on the day of a no-show and while the place is free: otherwise 409 as for a hold."""
    verb = partial(arrive, appointment_id=appointment_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key)


@router.post("/{appointment_id}/check-in", **CHANGED, summary="The patient is ready to be seen")
async def post_check_in(
    request: Request, principal: Writer, key: Key, appointment_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """An arrived patient is checked in."""
    verb = partial(check_in, appointment_id=appointment_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key)


@router.post("/{appointment_id}/room", **CHANGED_BY_BODY, summary="The patient is in a room")
async def post_room(
    request: Request,
    principal: Writer,
    key: Key,
    appointment_id: UUID,
    body: RoomBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """A checked-in patient is brought into a room; the visit runs from the first one on."""
    verb = partial(enter_room, appointment_id=appointment_id, room_id=body.room_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key, body=body)


@router.post("/{appointment_id}/complete", **CHANGED, summary="The visit is over")
async def post_complete(
    request: Request, principal: Writer, key: Key, appointment_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """A checked-in patient has been seen."""
    verb = partial(complete, appointment_id=appointment_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key)


@router.post("/{appointment_id}/no-show", **CHANGED, summary="The patient has not come")
async def post_no_show(
    request: Request, principal: Writer, key: Key, appointment_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """From the start on; the place is free again at once."""
    verb = partial(mark_no_show, appointment_id=appointment_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key)


@router.post("/{appointment_id}/undo", **CHANGED, summary="Take back the last step")
async def post_undo(
    request: Request, principal: Writer, key: Key, appointment_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """An ended appointment is booked again on the day of its end, if its place is free: otherwise 409 as for a hold.

    Who was moved from one room to another is in the former one again, if it is free: otherwise 409 `room-unavailable`.
    """
    verb = partial(undo, appointment_id=appointment_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key)


@router.get(
    "/{appointment_id}/history",
    response_model=shapes.History,
    responses=problems(401, 403, 404, 429),
    summary="What happened to an appointment",
)
async def get_history(principal: OwnViewer, appointment_id: UUID) -> JSONResponse:
    """Every change with who, when and why, the first one first; 404 also for one that the caller may not see.

    Who only made the appointment hears neither names nor reasons.
    """
    return of_list(await run(_history, principal, appointment_id))


def _history(principal: Principal, appointment_id: UUID) -> list[dict[str, Any]]:
    with transaction(principal) as session:
        return [_entry(one) for one in history(session, principal, appointment_id=appointment_id, now=utc_now())]


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "at": instant(entry.at),
        "action": entry.action,
        "actor": {"kind": entry.actor_kind, "name": entry.actor_name},
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "reason": entry.reason,
        "moved_from": _place(entry.moved_from),
        "moved_to": _place(entry.moved_to),
        "series_id": str(entry.series_id) if entry.series_id else None,
    }


def _place(place: Place | None) -> dict[str, str] | None:
    if place is None:
        return None
    return {
        "slot_id": str(place.slot_id),
        "start": instant(place.starts_at),
        "practitioner_id": str(place.practitioner_id),
        "location_id": str(place.location_id),
    }

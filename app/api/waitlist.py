"""The waitlist for staff and programs: join, the queue with its reasons, change, withdraw, answer for a patient."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Security
from starlette.responses import JSONResponse, Response

from app.api import shapes, waitlist_bodies
from app.api.answers import NOT_MODIFIED, TAGGED, of_appointment, of_list, of_one, problems
from app.api.callers import caller
from app.api.fields import DEFAULT_LIMIT, Cursor, IfMatch, IfNoneMatch, Limit, etag, idempotency_key, version_of
from app.api.keys import key_of
from app.api.paging import page_of
from app.api.routing import Route
from app.api.waitlist_bodies import ChangeBody, JoinBody
from app.errors import InvalidField, OfferAnswered, WaitlistEntryEnded
from app.infra.executor import run
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.waitlist.accept import accept
from app.services.waitlist.change import change
from app.services.waitlist.decline import decline, withdraw
from app.services.waitlist.entries import view_entry
from app.services.waitlist.free_places import place_at
from app.services.waitlist.join import join
from app.services.waitlist.offers import newest_offer_of
from app.services.waitlist.queue import Position, queue
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/waitlist", tags=["Waitlist"])
Writer = Annotated[Principal, Security(caller, scopes=[Permission.APPOINTMENTS_WRITE])]
Viewer = Annotated[Principal, Security(caller, scopes=[Permission.APPOINTMENTS_READ])]
Key = Annotated[str, Depends(idempotency_key)]
ENDED, ANSWERED = WaitlistEntryEnded(), OfferAnswered()
SLOT = "The first slot of a place of the service: who is next for it, then who is passed over and why."


@router.post(
    "",
    status_code=201,
    response_model=waitlist_bodies.Entry,
    responses={
        **problems(400, 401, 403, 404, 409, 413, 415),
        200: {"model": waitlist_bodies.Entry, "description": "The patient waits for this service already.", **TAGGED},
        201: TAGGED,
    },
    summary="Join the waitlist",
)
async def post_waitlist(request: Request, principal: Writer, key: Key, body: JoinBody) -> JSONResponse:
    """A patient waits for a place of a service, or for an earlier one than `appointment_id`.

    There is one entry of a patient for a service: joining again answers with it as it stands.
    """
    answer = await run(_join, principal, key_of(principal, path=request.url.path, key=key, body=body), body)
    return _of_entry(answer)


@router.get("", response_model=waitlist_bodies.Queue, responses=problems(401, 403), summary="The queue")
async def get_waitlist(
    principal: Viewer,
    service_id: UUID | None = None,
    slot_id: Annotated[UUID | None, Query(description=SLOT)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> JSONResponse:
    """Urgent entries first, then by how long they have waited; each with its position for its service and why."""
    positions = await run(_queue, principal, service_id, slot_id)
    page, next_cursor = page_of(positions, place=_place, cursor=cursor, limit=limit)
    return of_list([_queued(position) for position in page], next_cursor=next_cursor)


@router.get(
    "/{entry_id}",
    response_model=waitlist_bodies.Entry,
    responses={**problems(401, 403, 404), **NOT_MODIFIED, 200: TAGGED},
    summary="One entry",
)
async def get_waitlist_entry(principal: Viewer, entry_id: UUID, if_none_match: IfNoneMatch = None) -> Response:
    """As it stands now, also when it is no longer in the queue."""
    return of_one(await run(_view, principal, entry_id), seen=if_none_match)


@router.patch(
    "/{entry_id}",
    response_model=waitlist_bodies.Entry,
    responses={**problems(400, 401, 403, 404, 409, 412, 413, 415, such_as=ENDED), 200: TAGGED},
    summary="Change the preferences",
)
async def patch_waitlist_entry(
    principal: Writer, entry_id: UUID, body: ChangeBody, if_match: IfMatch = None
) -> JSONResponse:
    """Only the fields that are sent change; the place in the queue stays."""
    if not body.model_fields_set:
        raise InvalidField("body", "Give at least one field to change.")
    changed = await run(_change, principal, entry_id, body.changes(), version_of(if_match))
    return JSONResponse(changed, headers=etag(changed["version"]))


@router.post(
    "/{entry_id}/withdraw",
    response_model=waitlist_bodies.Entry,
    responses={**problems(400, 401, 403, 404, 409, 412, 413, such_as=ENDED), 200: TAGGED},
    summary="Leave the waitlist",
)
async def post_withdraw(
    request: Request, principal: Writer, key: Key, entry_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """What is held for the entry is given back, for the next in the queue."""
    verb = partial(withdraw, entry_id=entry_id, version=version_of(if_match))
    return _of_entry(await run(_call, principal, verb, key_of(principal, path=request.url.path, key=key)))


@router.post(
    "/{entry_id}/accept",
    response_model=shapes.Appointment,
    responses={**problems(400, 401, 403, 404, 409, 410, 413, such_as=ANSWERED), 200: TAGGED},
    summary="Accept for the patient",
)
async def post_accept(request: Request, principal: Writer, key: Key, entry_id: UUID) -> JSONResponse:
    """For somebody on the telephone: what the entry was offered last is booked."""
    key_of_call = key_of(principal, path=request.url.path, key=key)
    return of_appointment(principal, await run(_answer, principal, accept, entry_id, key_of_call))


@router.post(
    "/{entry_id}/decline",
    response_model=waitlist_bodies.Declined,
    responses=problems(400, 401, 403, 404, 409, 410, 413, such_as=ANSWERED),
    summary="Decline for the patient",
)
async def post_decline(request: Request, principal: Writer, key: Key, entry_id: UUID) -> JSONResponse:
    """What the entry was offered last passes on to the next; the entry stays in the queue."""
    answer = await run(_answer, principal, decline, entry_id, key_of(principal, path=request.url.path, key=key))
    return JSONResponse(answer.body, answer.status)


def _of_entry(answer: Answer) -> JSONResponse:
    return JSONResponse(answer.body, answer.status, etag(int(answer.body["version"])))


def _join(principal: Principal, key: RequestKey, body: JoinBody) -> Answer:
    verb = partial(
        join,
        patient_id=body.patient_id,
        service_id=body.service_id,
        appointment_id=body.appointment_id,
        wish=body.wish(),
    )
    return _call(principal, verb, key)


def _answer(principal: Principal, verb: Any, entry_id: UUID, key: RequestKey) -> Answer:
    with transaction(principal) as session:
        offer_id = newest_offer_of(session, principal.clinic_id, entry_id)
    return _call(principal, partial(verb, offer_id=offer_id), key)


def _call(principal: Principal, verb: partial[Answer], key: RequestKey) -> Answer:
    now = utc_now()
    return attempt(principal, partial(verb, principal=principal, key=key, now=now), key=key, now=now)


def _change(principal: Principal, entry_id: UUID, changes: dict[str, Any], version: int | None) -> dict[str, Any]:
    with transaction(principal) as session:
        return change(session, principal, entry_id=entry_id, changes=changes, version=version, now=utc_now()).body()


def _view(principal: Principal, entry_id: UUID) -> dict[str, Any]:
    with transaction(principal) as session:
        return view_entry(session, principal, entry_id=entry_id, now=utc_now()).body()


def _queue(principal: Principal, service_id: UUID | None, slot_id: UUID | None) -> list[Position]:
    if slot_id is not None and service_id is None:
        raise InvalidField("service_id", "Name the service for which the place is.")
    with transaction(principal) as session:
        place = None
        if slot_id is not None and service_id is not None:
            place = place_at(session, principal, slot_id=slot_id, service_id=service_id)
        return queue(session, principal, service_id=service_id, place=place, now=utc_now())


def _place(position: Position) -> tuple[str, str]:
    entry = position.entry
    passed_over, not_urgent = int(position.number is None), int(not entry.is_urgent)
    return f"{passed_over}{not_urgent}{entry.created_at.timestamp():020.6f}", str(entry.id)


def _queued(position: Position) -> dict[str, Any]:
    reason = {"code": position.code, "text": position.sentence.format(**position.values)}
    return {**position.entry.body(), "position": position.number, "reason": reason}

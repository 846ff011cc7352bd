"""Offers for who has the letter: its token, in the body, is all that is needed to look, to accept and to decline."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from app.api import shapes, waitlist_bodies
from app.api.answers import TAGGED, problems
from app.api.callers import count
from app.api.fields import IdempotencyKeyHeader, checked_key, etag
from app.api.keys import key_of
from app.api.problems import request_id_of
from app.api.routing import Route
from app.api.waitlist_bodies import TokenBody
from app.errors import OfferAnswered
from app.infra.executor import run
from app.infra.limits import Limit
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.waitlist.accept import accept
from app.services.waitlist.decline import decline
from app.services.waitlist.holder import holder_of
from app.services.waitlist.look import look
from models.db import transaction

router = APIRouter(route_class=Route, prefix="/waitlist/offers", tags=["Waitlist"])
# A token cannot be guessed; this only keeps a stranger's attempts away from the database.
ANSWERING = Limit("waitlist-offers", times=600, seconds=60)
REFUSED: dict[int | str, dict[str, Any]] = {**problems(400, 404, 409, 410, 413, 415, 429, such_as=OfferAnswered())}
NOT_GOOD: dict[int | str, dict[str, Any]] = problems(400, 404, 413, 415, 429)


async def counted(request: Request) -> None:
    """Count one attempt of the sender's address; raises TooManyAttempts."""
    await count(request, ANSWERING)


def optional_key(key: IdempotencyKeyHeader = None) -> str | None:
    """Return the caller's key, if any: without one a repetition hears that the offer was answered already."""
    return checked_key(key) if key else None


Counted = Depends(counted)
Key = Annotated[str | None, Depends(optional_key)]


@router.post(
    "/look",
    response_model=waitlist_bodies.Offer,
    responses=NOT_GOOD,
    dependencies=[Counted],
    summary="Look at an offer",
)
async def post_look(request: Request, body: TokenBody) -> JSONResponse:
    """What is offered, until when, and what became of it."""
    return JSONResponse(await run(_look, body.token, request_id_of(request)))


@router.post(
    "/accept",
    response_model=shapes.Appointment,
    responses={**REFUSED, 200: TAGGED},
    dependencies=[Counted],
    summary="Accept an offer",
)
async def post_accept_offer(request: Request, key: Key, body: TokenBody) -> JSONResponse:
    """The place is booked; an appointment that was to be moved earlier is given back with the same commit.

    The answer does not say which patient it is.
    """
    answer = await run(_answer, accept, request, key, body)
    told = {name: value for name, value in answer.body.items() if name != "patient_id"}
    return JSONResponse(told, answer.status, etag(int(told["version"])))


@router.post(
    "/decline",
    response_model=waitlist_bodies.Declined,
    responses=REFUSED,
    dependencies=[Counted],
    summary="Decline an offer",
)
async def post_decline_offer(request: Request, key: Key, body: TokenBody) -> JSONResponse:
    """The place passes on to the next in the queue; the entry stays on the waitlist."""
    answer = await run(_answer, decline, request, key, body)
    return JSONResponse(answer.body, answer.status)


def _look(token: str, request_id: str) -> dict[str, Any]:
    principal, offer_id = holder_of(token, request_id=request_id)
    with transaction(principal) as session:
        return look(session, principal, offer_id=offer_id, now=utc_now()).body()


def _answer(verb: Any, request: Request, key: str | None, body: TokenBody) -> Answer:
    principal, offer_id = holder_of(body.token, request_id=request_id_of(request))
    now = utc_now()
    path = request.url.path
    kept_under = key_of(principal, path=path, key=key, body=body) if key else single_use_key(principal, path)
    call = partial(verb, principal=principal, offer_id=offer_id, key=kept_under, now=now)
    return attempt(principal, call, key=kept_under, now=now)

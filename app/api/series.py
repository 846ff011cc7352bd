"""Series: plan and book appointments that recur, and cancel or move this, the following or all of them.

Each change has a twin under `/plan` that shows what it would do and writes nothing.
"""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Security
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from app.api import series_bodies, shapes
from app.api.answers import NOT_MODIFIED, TAGGED, of_list, of_one, problems
from app.api.callers import caller
from app.api.examples import example_of_model
from app.api.fields import IfMatch, IfNoneMatch, etag, idempotency_key, version_of
from app.api.keys import key_of
from app.api.routing import Route
from app.api.series_bodies import (
    BookSeriesBody,
    CancelSeriesBody,
    MoveSeriesBody,
    MoveSeriesPlanBody,
    ReachBody,
    SeriesBody,
)
from app.api.series_plans import move_body, planned_body
from app.errors import SeriesConflicts
from app.infra.executor import run
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.series.book import book_series
from app.services.series.cancel import cancel_series, plan_cancel
from app.services.series.members import Reach
from app.services.series.move import move_series
from app.services.series.plan import plan_series
from app.services.series.plan_move import plan_move
from app.services.series.targets import Shift
from app.services.series.view import view_series
from app.services.series.wish import SeriesWish
from models.appointments import CancelReason, Channel
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/series", tags=["Series"])
Writer = Annotated[Principal, Security(caller, scopes=[Permission.APPOINTMENTS_WRITE])]
Viewer = Annotated[Principal, Security(caller, scopes=[Permission.APPOINTMENTS_READ])]
Key = Annotated[str, Depends(idempotency_key)]
CONFLICTS = SeriesConflicts(conflicts=[example_of_model(shapes.Conflict)])


@router.post(
    "/plan",
    response_model=series_bodies.SeriesPlan,
    responses=problems(400, 401, 403, 404, 413, 415),
    summary="Plan a series",
)
async def post_series_plan(principal: Writer, body: SeriesBody) -> JSONResponse:
    """Every time of the series with its start, or with its conflict and up to three starts near it."""
    return of_list(await run(_plan, principal, body.wish()))


@router.post(
    "",
    status_code=201,
    response_model=series_bodies.BookedSeries,
    responses={**problems(400, 401, 403, 404, 409, 413, 415, such_as=CONFLICTS), 201: TAGGED},
    summary="Book a series",
)
async def post_series(request: Request, principal: Writer, key: Key, body: BookSeriesBody) -> JSONResponse:
    """All times that are not left out, in one go and `booked` at once, or none: `conflicts` says what is in the way."""
    verb = partial(book_series, wish=body.wish(), choices=body.chosen(), channel=Channel.API)
    return _of_series(await run(_change, principal, key_of(principal, path=request.url.path, key=key, body=body), verb))


@router.get(
    "/{series_id}",
    response_model=series_bodies.Series,
    responses={**problems(401, 403, 404), **NOT_MODIFIED, 200: TAGGED},
    summary="One series",
)
async def get_series(principal: Viewer, series_id: UUID, if_none_match: IfNoneMatch = None) -> Response:
    """The rule as it was asked for, and every appointment as it is now; the version grows with each change of one."""
    return of_one(await run(_view, principal, series_id), seen=if_none_match)


@router.post(
    "/{series_id}/cancel/plan",
    response_model=series_bodies.CancelPlan,
    responses=problems(400, 401, 403, 404, 409, 413, 415),
    summary="What a cancellation would end",
)
async def post_series_cancel_plan(principal: Writer, series_id: UUID, body: ReachBody) -> JSONResponse:
    """Which appointments would be cancelled, and which would stay because they have begun or ended."""
    return JSONResponse(await run(_plan_cancel, principal, series_id, body.reach()))


@router.post(
    "/{series_id}/cancel",
    response_model=series_bodies.CancelledSeries,
    responses={**problems(400, 401, 403, 404, 409, 412, 413, 415), 200: TAGGED},
    summary="Cancel in a series",
)
async def post_series_cancel(
    request: Request, principal: Writer, key: Key, series_id: UUID, body: CancelSeriesBody, if_match: IfMatch = None
) -> JSONResponse:
    """This, the following or all that are to come, in one go; the others stay."""
    reason, version = CancelReason(body.reason), version_of(if_match)
    verb = partial(cancel_series, series_id=series_id, reach=body.reach(), reason=reason, version=version)
    return _of_series(await run(_change, principal, key_of(principal, path=request.url.path, key=key, body=body), verb))


@router.post(
    "/{series_id}/move/plan",
    response_model=series_bodies.MovePlan,
    responses=problems(400, 401, 403, 404, 409, 413, 415),
    summary="What a move would do",
)
async def post_series_move_plan(principal: Writer, series_id: UUID, body: MoveSeriesPlanBody) -> JSONResponse:
    """Where each appointment would go, or its conflict and up to three starts near it."""
    return JSONResponse(await run(plan_of_move, principal, series_id, body.shift()))


@router.post(
    "/{series_id}/move",
    response_model=series_bodies.MovedSeries,
    responses={**problems(400, 401, 403, 404, 409, 412, 413, 415, such_as=CONFLICTS), 200: TAGGED},
    summary="Move in a series",
)
async def post_series_move(
    request: Request, principal: Writer, key: Key, series_id: UUID, body: MoveSeriesBody, if_match: IfMatch = None
) -> JSONResponse:
    """This, the following or all that are to come, in one go, or none: `conflicts` says which are in the way."""
    verb = partial(
        move_series, series_id=series_id, shift=body.shift(), choices=body.chosen(), version=version_of(if_match)
    )
    return _of_series(await run(_change, principal, key_of(principal, path=request.url.path, key=key, body=body), verb))


def _of_series(answer: Answer) -> JSONResponse:
    return JSONResponse(answer.body, answer.status, etag(int(answer.body["version"])))


def _change(principal: Principal, key: RequestKey, verb: partial[Answer]) -> Answer:
    now = utc_now()
    return attempt(principal, partial(verb, principal=principal, key=key, now=now), key=key, now=now)


def _plan(principal: Principal, wish: SeriesWish) -> list[dict[str, Any]]:
    with transaction(principal) as session:
        return [planned_body(one) for one in plan_series(session, principal, wish=wish, now=utc_now())]


def _view(principal: Principal, series_id: UUID) -> dict[str, Any]:
    with transaction(principal) as session:
        return view_series(session, principal, series_id=series_id, now=utc_now())


def _plan_cancel(principal: Principal, series_id: UUID, reach: Reach) -> dict[str, Any]:
    with transaction(principal) as session:
        ending, left = plan_cancel(session, principal, series_id=series_id, reach=reach, now=utc_now())
    return {"appointments": [one.body() for one in ending], "left": [one.left_body() for one in left]}


def plan_of_move(principal: Principal, series_id: UUID, shift: Shift) -> dict[str, Any]:
    """Plan a move through `attempt`, as it takes the move's locks."""
    now = utc_now()

    def verb(session: Session, *, clearing: bool) -> Answer:
        planned, left = plan_move(session, principal, series_id=series_id, shift=shift, now=now)
        return Answer(200, {"moves": [move_body(one) for one in planned], "left": [one.left_body() for one in left]})

    return attempt(principal, verb, key=single_use_key(principal, "series-move-plan"), now=now).body

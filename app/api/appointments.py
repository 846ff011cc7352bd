"""Appointments: hold, confirm, cancel, read one and many. Every change takes an Idempotency-Key."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Security
from starlette.responses import JSONResponse, Response

from app.api import shapes
from app.api.answers import NOT_MODIFIED, START_TAKEN, TAGGED, of_appointment, of_one, problems, told
from app.api.bodies import CancelBody, HoldBody
from app.api.callers import caller, own_caller
from app.api.changes import change
from app.api.explain import add_blocking
from app.api.fields import IfMatch, IfNoneMatch, idempotency_key, version_of
from app.api.guests import for_guest, holder, of_person, require_for_guest, require_own_reason, visitor_of
from app.api.keys import key_of
from app.api.other_starts import TAKEN, add_alternatives
from app.api.routing import Route
from app.errors import ClinicError, InvalidField, OutsideCancellationWindow, SlotUnavailable
from app.infra.crowd import Crowd
from app.infra.executor import run
from app.services.accounts.permissions import Permission
from app.services.booking import hold_for as holding
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.cancel import cancel
from app.services.booking.confirm import confirm
from app.services.booking.full import Asker, refuse_together
from app.services.booking.hold_for import hold_for
from app.services.booking.listing import view_appointment
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from models.appointments import CancelReason, Channel
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/appointments", tags=["Appointments"])
Writer = Annotated[Principal, Security(caller, scopes=[Permission.APPOINTMENTS_WRITE])]
Viewer = Annotated[Principal, Security(caller, scopes=[Permission.APPOINTMENTS_READ])]
# These let a guest pass whose token opens the appointment.
Holder = Annotated[Principal, Security(holder, scopes=[Permission.APPOINTMENTS_WRITE])]
OwnWriter = Annotated[Principal, Security(own_caller, scopes=[Permission.APPOINTMENTS_WRITE])]
OwnViewer = Annotated[Principal, Security(own_caller, scopes=[Permission.APPOINTMENTS_READ])]
Key = Annotated[str, Depends(idempotency_key)]


@router.post(
    "",
    status_code=201,
    response_model=shapes.Held,
    responses={**problems(400, 401, 403, 404, 409, 413, 415, 429, such_as=START_TAKEN), 201: TAGGED},
    summary="Hold a start",
    # A guest needs no identity.
    openapi_extra={"security": [{}]},
)
async def post_appointment(request: Request, principal: Holder, key: Key, body: HoldBody) -> JSONResponse:
    """Take a start of GET /slots until `hold_expires_at`; confirm it before then.

    Without identity describe the person in `patient`: the answer then brings an `access_token` for this appointment.
    """
    require_for_guest(principal, body)
    try:
        answer = await _held(principal, request, key, body)
    except TAKEN as refusal:
        heard = for_guest(principal, refusal)
        start: dict[str, Any] = {"slot_id": body.slot_id, "service_id": body.service_id, "patient_id": body.patient_id}
        await add_alternatives(heard, principal, **start)
        await add_blocking(heard, principal, **start)
        raise heard from None
    except InvalidField as refusal:
        raise of_person(refusal) from None
    return of_appointment(principal, answer)


@router.post(
    "/{appointment_id}/confirm",
    response_model=shapes.Appointment,
    responses={**problems(400, 401, 403, 404, 409, 410, 412, 413, 429), 200: TAGGED},
    summary="Book what is held",
)
async def post_confirm(
    request: Request, principal: OwnWriter, key: Key, appointment_id: UUID, if_match: IfMatch = None
) -> JSONResponse:
    """A hold becomes `booked`; a service with prepayment is due at the desk until payment exists."""
    verb = partial(confirm, appointment_id=appointment_id, version=version_of(if_match))
    return await change(request, principal, verb, key=key)


@router.post(
    "/{appointment_id}/cancel",
    response_model=shapes.Appointment,
    responses={
        **problems(400, 401, 403, 404, 409, 412, 413, 415, 429, such_as=OutsideCancellationWindow()),
        200: TAGGED,
    },
    summary="End an appointment",
)
async def post_cancel(
    request: Request,
    principal: OwnWriter,
    key: Key,
    appointment_id: UUID,
    body: CancelBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """The places are free again at once. A guest's reason is always `patient`; what has begun only staff can end."""
    require_own_reason(principal, body)
    reason = CancelReason(body.reason)
    verb = partial(cancel, appointment_id=appointment_id, reason=reason, version=version_of(if_match))
    return await change(request, principal, verb, key=key, body=body)


@router.get(
    "/{appointment_id}",
    response_model=shapes.Appointment,
    responses={**problems(401, 403, 404, 429), **NOT_MODIFIED, 200: TAGGED},
    summary="One appointment",
)
async def get_appointment(principal: OwnViewer, appointment_id: UUID, if_none_match: IfNoneMatch = None) -> Response:
    """As it is now; 404 also for one that the caller may not see."""
    return of_one(told(principal, await run(_view, principal, appointment_id)), seen=if_none_match)


async def _held(principal: Principal, asked: Request, key: str, body: HoldBody) -> Answer:
    """Hold alone, or hear with a crowd that the start is full."""
    request = key_of(principal, path=asked.url.path, key=key, body=body)

    async def alone() -> Answer:
        return await run(_hold, principal, asked, request, body)

    if body.overbook_reason is not None:
        return await alone()
    start = {"slot_id": body.slot_id, "service_id": body.service_id}
    return await crowd().ask(
        (principal.clinic_id, body.slot_id, body.service_id),
        Asker(principal, request),
        alone=alone,
        together=lambda askers: run(_refuse, askers, **start),
    )


@lru_cache(maxsize=1)
def crowd() -> Crowd[Asker]:
    """Return this process's crowds before full starts."""
    return Crowd(refusals=(SlotUnavailable,))


def _refuse(askers: Sequence[Asker], **start: UUID) -> list[ClinicError | None]:
    return refuse_together(askers, **start, now=utc_now())


def _hold(principal: Principal, asked: Request, request: RequestKey, body: HoldBody) -> Answer:
    now = utc_now()
    verb = partial(
        hold_for,
        principal=principal,
        slot_id=body.slot_id,
        service_id=body.service_id,
        patient=_patient(body),
        channel=Channel.API,
        comment=body.comment,
        overbook_reason=body.overbook_reason,
        visitor=visitor_of(asked, principal),
        key=request,
        now=now,
    )
    return attempt(principal, verb, key=request, now=now)


def _patient(body: HoldBody) -> UUID | holding.Person:
    if body.patient is not None:
        return holding.Person(**body.patient.model_dump())
    assert body.patient_id is not None  # one of the two is there, or the body was refused
    return body.patient_id


def _view(principal: Principal, appointment_id: UUID) -> dict[str, Any]:
    with transaction(principal) as session:
        return view_appointment(session, principal, appointment_id=appointment_id, now=utc_now()).body()

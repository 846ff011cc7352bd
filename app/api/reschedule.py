"""POST /appointments/{id}/reschedule: another start for a booked appointment."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from app.api import shapes
from app.api.answers import START_TAKEN, TAGGED, is_guest, problems
from app.api.appointments import Key, OwnWriter
from app.api.bodies import RescheduleBody
from app.api.changes import change
from app.api.explain import add_blocking
from app.api.fields import IfMatch, version_of
from app.api.guests import for_guest
from app.api.other_starts import TAKEN, add_alternatives
from app.api.routing import Route
from app.errors import NotPermitted
from app.infra.executor import run
from app.services.booking.read import require_change
from app.services.booking.reschedule import reschedule
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/appointments", tags=["Appointments"])


@router.post(
    "/{appointment_id}/reschedule",
    response_model=shapes.Appointment,
    responses={**problems(400, 401, 403, 404, 409, 412, 413, 415, 429, such_as=START_TAKEN), 200: TAGGED},
    summary="Give an appointment another start",
)
async def post_reschedule(
    request: Request,
    principal: OwnWriter,
    key: Key,
    appointment_id: UUID,
    body: RescheduleBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """The new place is taken and the old one freed at once, or nothing changes; the appointment keeps its id.

    Only what is `booked` can be moved. To its own start nothing changes.
    """
    if is_guest(principal) and body.overbook_reason is not None:
        raise NotPermitted("Only the clinic's staff may overbook.")
    verb = partial(
        reschedule,
        appointment_id=appointment_id,
        slot_id=body.slot_id,
        overbook_reason=body.overbook_reason,
        version=version_of(if_match),
    )
    try:
        return await change(request, principal, verb, key=key, body=body)
    except TAKEN as refusal:
        heard = for_guest(principal, refusal)
        start = await run(_wanted, principal, appointment_id, body.slot_id)
        await add_alternatives(heard, principal, **start, moving=appointment_id)
        await add_blocking(heard, principal, **start, moving=appointment_id)
        raise heard from None


def _wanted(principal: Principal, appointment_id: UUID, slot_id: UUID) -> dict[str, Any]:
    with transaction(principal) as session:
        # Who may move it may hear what else there is, also without the right to read appointments.
        row = require_change(session, principal, appointment_id=appointment_id, version=None)
    return {"slot_id": slot_id, "service_id": row.service_id, "patient_id": row.patient_id}

"""GET /slots/explain, and `blocking` on a refusal: which rules remove a time. For staff only, for it reveals leave."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Security
from starlette.responses import JSONResponse

from app.api import shapes
from app.api.answers import instant, problems
from app.api.callers import caller
from app.api.fields import Moment
from app.api.routing import Route
from app.errors import ClinicError
from app.infra.executor import run
from app.services.accounts.permissions import Permission
from app.services.availability.explain import Reason, blocking, explain
from app.services.clock import utc_now
from models.db import transaction
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/slots", tags=["Free times"])
Explaining = Annotated[Principal, Security(caller, scopes=[Permission.SLOTS_EXPLAIN])]


@router.get(
    "/explain",
    response_model=shapes.Explanation,
    responses=problems(401, 403),
    summary="Why a time is not offered",
)
async def get_explanation(
    principal: Explaining,
    practitioner_id: Annotated[UUID, Query(examples=[shapes.PRACTITIONER])],
    service_id: Annotated[UUID, Query(examples=[shapes.SERVICE])],
    start: Annotated[Moment, Query(description="When the patient's visit would begin.")],
    location_id: Annotated[UUID | None, Query(description="By default where the time comes nearest.")] = None,
) -> JSONResponse:
    """Every rule that removes the time, in a fixed order; none when a hold of this caller would be accepted.

    `until` is when the rule ends, null where nobody can know. A hold runs out then and a horizon is reached then, for
    whoever waits; everything else ends in the calendar, so that later times are rid of it.
    """
    return JSONResponse(
        await run(
            _explained,
            principal,
            practitioner_id=practitioner_id,
            service_id=service_id,
            starts_at=start,
            location_id=location_id,
        )
    )


async def add_blocking(
    refusal: ClinicError,
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    patient_id: UUID | None,
    moving: UUID | None = None,
) -> None:
    """Put the reasons on a refusal of a start, for who may hear them; when they cannot be found, it stands without."""
    if not principal.may(Permission.SLOTS_EXPLAIN):
        return
    try:
        start = {"slot_id": slot_id, "service_id": service_id, "patient_id": patient_id, "moving": moving}
        found = await run(_blocking, principal, **start)
    except ClinicError:
        return
    refusal.details = {**refusal.details, "blocking": found}


def _explained(principal: Principal, **asked: Any) -> dict[str, Any]:
    with transaction(principal) as session:
        found = explain(session, principal, **asked, now=utc_now())
    return {"offered": found.offered, "reasons": [_body(reason) for reason in found.reasons]}


def _blocking(principal: Principal, **asked: Any) -> list[dict[str, Any]]:
    with transaction(principal) as session:
        return [_body(reason) for reason in blocking(session, principal, **asked, now=utc_now())]


def _body(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code.value,
        "text": reason.text,
        "until": None if reason.until is None else instant(reason.until),
    }

"""Patients: make, read, change, search. What identifies a person travels in bodies, never in an address."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Security
from starlette.responses import JSONResponse, Response

from app.api import shapes
from app.api.answers import NOT_MODIFIED, TAGGED, of_list, of_one, problems
from app.api.bodies import NewPatientBody, PatientChangesBody, PatientSearchBody
from app.api.callers import caller
from app.api.fields import IfMatch, IfNoneMatch, etag, idempotency_key, version_of
from app.api.keys import key_of
from app.api.routing import Route
from app.errors import InvalidField
from app.infra.executor import run
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.services.patients import read, search, write
from app.services.patients.register import opened_answer, patient_body, register
from models.db import transaction
from models.patients import Verification
from models.principal import Principal

router = APIRouter(route_class=Route, prefix="/patients", tags=["Patients"])
Writer = Annotated[Principal, Security(caller, scopes=[Permission.PATIENTS_WRITE])]
Viewer = Annotated[Principal, Security(caller, scopes=[Permission.PATIENTS_READ])]


@router.post(
    "",
    status_code=201,
    response_model=shapes.Patient,
    responses={**problems(400, 401, 403, 413, 415), 201: TAGGED},
    summary="Make a patient",
)
async def post_patient(
    request: Request, principal: Writer, key: Annotated[str, Depends(idempotency_key)], body: NewPatientBody
) -> JSONResponse:
    """A new patient, whether or not there is one of the same name: search first."""
    answer = await run(_register, principal, request.url.path, key, body)
    return JSONResponse(answer.body, answer.status, etag(answer.body["version"]))


@router.post(
    "/search", response_model=shapes.FoundPatients, responses=problems(400, 401, 403, 413, 415), summary="Find patients"
)
async def post_search(principal: Viewer, body: PatientSearchBody) -> JSONResponse:
    """Those who match every given field: beginnings of names, whole dates and numbers, a number's last four digits."""
    found = await run(_search, principal, body)
    return of_list([patient_body(view) for view in found.items], is_complete=found.is_complete)


@router.get(
    "/{patient_id}",
    response_model=shapes.Patient,
    responses={**problems(401, 403, 404), **NOT_MODIFIED, 200: TAGGED},
    summary="One patient",
)
async def get_patient(principal: Viewer, patient_id: UUID, if_none_match: IfNoneMatch = None) -> Response:
    """Who they are and how to reach them; every look is written to the audit log."""
    return of_one(await run(_view, principal, patient_id), seen=if_none_match)


@router.patch(
    "/{patient_id}",
    response_model=shapes.Patient,
    responses={**problems(400, 401, 403, 404, 409, 412, 413, 415), 200: TAGGED},
    summary="Change a patient",
)
async def patch_patient(
    principal: Writer, patient_id: UUID, body: PatientChangesBody, if_match: IfMatch = None
) -> JSONResponse:
    """Only the fields that are sent change."""
    changes = body.model_dump(exclude_unset=True)
    if not changes:
        raise InvalidField("body", "Give at least one field to change.")
    answer = await run(_change, principal, patient_id, changes, version_of(if_match))
    return JSONResponse(answer, headers=etag(answer["version"]))


def _register(principal: Principal, path: str, key: str, body: NewPatientBody) -> Answer:
    now = utc_now()
    request = key_of(principal, path=path, key=key, body=body)
    verb = partial(register, principal=principal, values=body.model_dump(), key=request, now=now)
    return opened_answer(principal, attempt(principal, verb, key=request, now=now))


def _search(principal: Principal, body: PatientSearchBody) -> search.Found:
    with transaction(principal) as session:
        return search.search(session, principal, **body.model_dump(), now=utc_now())


def _view(principal: Principal, patient_id: UUID) -> dict[str, Any]:
    with transaction(principal) as session:
        return patient_body(read.get(session, principal, patient_id=patient_id, now=utc_now()))


def _change(principal: Principal, patient_id: UUID, changes: dict[str, Any], version: int | None) -> dict[str, Any]:
    if changes.get("verification") is not None:
        changes = {**changes, "verification": Verification(changes["verification"])}
    with transaction(principal) as session:
        view = write.change(session, principal, patient_id=patient_id, changes=changes, version=version, now=utc_now())
        return patient_body(view)

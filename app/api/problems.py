"""Every refusal of the API as RFC 9457 problem details: the one renderer, and the framework's own errors in it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.errors import ClinicError, IdempotencyKeyReused, OutsideBookingWindow, Overloaded
from app.infra.logging import log_failure
from models.db import OUT_OF_REACH

MEDIA_TYPE = "application/problem+json"
NO_STORE = {"Cache-Control": "no-store"}
# "Not now" is said with how long to wait.
WAITING = frozenset({429, 503})
# How long to wait before another try when the refusal itself does not say.
WAIT_SECONDS = 30
# Details of a refusal that a caller may see: never anything of a patient.
TOLD = frozenset({"version", "from_status", "to_status", "alternatives", "blocking", "conflicts"})

# What a rule is about that is always about the same field; every other 422 names its own.
FIELDS = {IdempotencyKeyReused.code: "Idempotency-Key", OutsideBookingWindow.code: "slot_id"}


class MalformedBody(ClinicError):
    status_code = 400
    code = "malformed-body"
    message = "The body is not valid JSON."


class UnsupportedMedia(ClinicError):
    status_code = 415
    code = "unsupported-media-type"
    message = "Send the body as application/json."


class BodyTooLarge(ClinicError):
    status_code = 413
    code = "body-too-large"
    message = "The body is larger than any request needs."


class ForeignOrigin(ClinicError):
    status_code = 403
    code = "foreign-origin"
    message = "A change with a session cookie must be sent from our own page."


def install(api: FastAPI) -> None:
    """Give an application these renderers, for our refusals and for the framework's."""
    api.add_exception_handler(ClinicError, _refusal)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _framework)
    for busy in (*OUT_OF_REACH, DBAPIError):
        api.add_exception_handler(busy, _database)
    api.add_exception_handler(Exception, _unexpected)


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    request_id: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Make one problem; `more` are its further members."""
    members = _members(status=status, code=code, detail=detail, request_id=request_id, **more)
    return JSONResponse(members, status, {**NO_STORE, **(headers or {})}, MEDIA_TYPE)


def of_refusal(refusal: ClinicError, *, request_id: str) -> JSONResponse:
    """Render a rule that said no."""
    headers = {**NO_STORE, **_headers(refusal)}
    return JSONResponse(members_of(refusal, request_id=request_id), refusal.status_code, headers, MEDIA_TYPE)


def members_of(refusal: ClinicError, *, request_id: str) -> dict[str, Any]:
    """Return what a problem says of a rule that said no."""
    more = {name: told for name, told in refusal.details.items() if name in TOLD}
    field = refusal.details.get("field", FIELDS.get(refusal.code))
    if field is not None:
        more["errors"] = [{"field": field, "message": str(refusal)}]
    return _members(status=refusal.status_code, code=refusal.code, detail=str(refusal), request_id=request_id, **more)


def _members(*, status: int, code: str, detail: str, request_id: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"urn:holdfast:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": f"urn:holdfast:request:{request_id}",
        **more,
    }


def request_id_of(request: Request) -> str:
    """Return the id that the outermost layer gave to this request."""
    return str(request.scope.get("request_id", ""))


def _headers(refusal: ClinicError) -> dict[str, str]:
    if refusal.status_code in WAITING:
        return {"Retry-After": str(getattr(refusal, "retry_after_seconds", WAIT_SECONDS))}
    if refusal.status_code == 401:
        return {"WWW-Authenticate": 'Bearer realm="holdfast"'}
    return {}


async def _refusal(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, ClinicError)
    return of_refusal(refusal, request_id=request_id_of(request))


async def _invalid(request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, RequestValidationError)
    found = failure.errors()
    if any(error["type"] == "json_invalid" for error in found):
        return of_refusal(MalformedBody(), request_id=request_id_of(request))
    errors = [{"field": _field(error["loc"]), "message": _sentence(error["msg"])} for error in found]
    return problem(
        status=422,
        code="invalid-field",
        detail=f"{errors[0]['field']}: {errors[0]['message']}",
        request_id=request_id_of(request),
        errors=errors,
    )


async def _framework(request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, HTTPException)
    if failure.status_code == 400:
        return of_refusal(MalformedBody(), request_id=request_id_of(request))
    status = HTTPStatus(failure.status_code)
    return problem(
        status=status,
        code=status.phrase.lower().replace(" ", "-"),
        detail=f"{status.description or status.phrase}.",
        request_id=request_id_of(request),
        headers=failure.headers,
    )


async def _database(request: Request, failure: Exception) -> JSONResponse:
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    if not isinstance(cause, OUT_OF_REACH):
        return await _unexpected(request, failure)
    log_failure("database out of reach", cause, request_id=request_id_of(request))
    return of_refusal(Overloaded(), request_id=request_id_of(request))


async def _unexpected(request: Request, failure: Exception) -> JSONResponse:
    log_failure("unexpected failure", failure, request_id=request_id_of(request))
    return unexpected(request_id_of(request))


def unexpected(request_id: str) -> JSONResponse:
    """Say that it was our fault, and nothing of what went wrong."""
    return problem(
        status=500,
        code="internal-error",
        detail="Something went wrong on our side. Tell us the instance, so that we can find it.",
        request_id=request_id,
    )


def _field(location: Sequence[Any]) -> str:
    """Return the path of a field as the caller wrote it, without where in the request it stood."""
    inner = location[1:] if len(location) > 1 and location[0] in PLACES else location
    return ".".join(str(step) for step in inner)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".") + "."


PLACES = frozenset({"body", "query", "path", "header", "cookie"})

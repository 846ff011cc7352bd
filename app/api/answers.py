"""How answers leave: plain JSON from read models, and the documentation of what may come instead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.responses import JSONResponse, Response

from app.api import shapes
from app.api.examples import example_of_model
from app.api.fields import etag, is_known
from app.api.problems import MEDIA_TYPE, WAITING, BodyTooLarge, UnsupportedMedia, members_of
from app.errors import (
    ClinicError,
    HoldExpired,
    IdempotencyKeyMissing,
    InvalidField,
    InvalidTransition,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Overloaded,
    SlotUnavailable,
    StaleVersion,
    TooManyAttempts,
)
from app.services.booking.answer import Answer
from app.services.booking.claim import utc_text
from app.services.booking.guest_access import access_token
from models.principal import ActorKind, Principal

# Answers about one entry carry its version.
TAGGED: dict[str, Any] = {
    "headers": {"ETag": {"description": "The version.", "schema": {"type": "string", "examples": ['"3"']}}}
}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has this version already."}}
WORDS = {
    400: "The request cannot be read, or its Idempotency-Key is missing.",
    401: "No token or session, or one that has ended.",
    403: "The scope or role does not permit it.",
    404: "There is no such entry, or the caller may not see it.",
    409: "The clinic's state does not allow it.",
    410: "The hold has run out.",
    412: "If-Match names an older version.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "A field cannot be used; `errors` names it.",
    429: "Too much at once; see Retry-After.",
    503: "The system is busy, nothing was changed; see Retry-After.",
}
# What most often answers with the status, as its example.
REFUSALS: tuple[ClinicError, ...] = (
    IdempotencyKeyMissing(),
    NotSignedIn(),
    NotPermitted(),
    NotFound(),
    InvalidTransition(from_status="cancelled", to_status="booked"),
    HoldExpired(),
    StaleVersion(version=3),
    BodyTooLarge(),
    UnsupportedMedia(),
    InvalidField("birth_date", "Give a date such as 1984-05-17."),
    TooManyAttempts(),
    Overloaded(),
)
START_TAKEN = SlotUnavailable(alternatives=[example_of_model(shapes.Slot)])
ORDER = {name: place for place, name in enumerate(shapes.Held.model_fields)}
WAIT = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "examples": [1]}}}
REQUEST_ID = "4f7c2ab09f3d4c8e8d6a5b1c2e3f4a5b"


def problems(*statuses: int, such_as: ClinicError | None = None) -> dict[int | str, dict[str, Any]]:
    """Document the problems that an operation may answer with; `such_as` is the example of its own status."""
    examples = {refusal.status_code: refusal for refusal in (*REFUSALS, *([such_as] if such_as else []))}
    return {status: _problem(status, examples[status]) for status in sorted({*statuses, 422, 503})}


def _problem(status: int, refusal: ClinicError) -> dict[str, Any]:
    media = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": members_of(refusal, request_id=REQUEST_ID)}
    headers = {"headers": WAIT} if status in WAITING else {}
    return {"description": WORDS[status], **headers, "content": {MEDIA_TYPE: media}}


def of_appointment(principal: Principal, answer: Answer) -> JSONResponse:
    """Return the answer about one appointment, with its version as the ETag; a guest's hold brings its token."""
    body = told(principal, answer.body)
    if answer.status == 201 and is_guest(principal):
        body["access_token"] = access_token(principal.clinic_id, UUID(body["id"]))
    return JSONResponse(body, answer.status, etag(int(body["version"])))


def of_one(body: dict[str, Any], *, seen: str | None) -> Response:
    """Return an entry as it is now with its version as the ETag, or 304 when the caller has seen this version."""
    headers = etag(int(body["version"]))
    if is_known(seen, version=int(body["version"])):
        return Response(status_code=304, headers=headers)
    return JSONResponse(body, headers=headers)


def told(principal: Principal, body: dict[str, Any]) -> dict[str, Any]:
    """Return what the caller may hear of an appointment, in the contract's order: a guest never which patient it is.

    The order is the same for a kept answer, which the database gives back in its own.
    """
    hidden = {"patient_id"} if is_guest(principal) else set()
    return {
        name: body[name] for name in sorted(body, key=lambda name: ORDER.get(name, len(ORDER))) if name not in hidden
    }


def is_guest(principal: Principal) -> bool:
    """Tell whether the caller has no account."""
    return principal.kind is ActorKind.GUEST


def of_list(items: Sequence[dict[str, Any]], *, next_cursor: str | None = None, **more: Any) -> JSONResponse:
    """Return a list, or one page of it."""
    return JSONResponse({"items": list(items), "next_cursor": next_cursor, **more})


def instant(at: datetime) -> str:
    """Write an instant in UTC with `Z`."""
    return str(utc_text(at))

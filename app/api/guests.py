"""What the API does for somebody without identity: hold for the person they describe, and tell no more than that."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import SecurityScopes

from app.api.answers import is_guest
from app.api.bodies import CancelBody, HoldBody, Person
from app.api.callers import client_token, clinic_of, count, identity, permitted, staff_session
from app.api.fields import idempotency_key
from app.api.problems import request_id_of
from app.errors import ClinicError, InvalidField, NotPermitted, NotSignedIn, PatientOverlap, SlotUnavailable
from app.infra.limits import Limit
from app.services.booking.guest import Visitor
from app.services.booking.guest_access import api_guest
from models.appointments import CancelReason
from models.principal import Principal

# Fewer than for the pages, where every browser is counted too.
HOLDING = Limit("guest-holding", times=60, seconds=300)


async def holder(
    request: Request,
    scopes: SecurityScopes,
    key: Annotated[str, Depends(idempotency_key)],
    _token: Annotated[str | None, Security(client_token)] = None,
    _cookie: Annotated[str | None, Security(staff_session)] = None,
) -> Principal:
    """Return who holds: whoever has the route's permissions, without identity a guest of the host name's clinic.

    Guests of one address hold at a bounded rate; raises TooManyAttempts.
    """
    principal = await identity(request)
    if principal is not None:
        return permitted(principal, scopes)
    await count(request, HOLDING)
    return api_guest(await clinic_of(request), address=_address(request), key=key, request_id=request_id_of(request))


def require_for_guest(principal: Principal, body: HoldBody) -> None:
    """Refuse a guest what only staff may say: which patient is meant, and that the place may be overbooked."""
    if not is_guest(principal):
        return
    if body.patient is None:
        raise NotSignedIn("Sign in to book for a known patient; without identity describe the person in `patient`.")
    if body.overbook_reason is not None:
        raise NotPermitted("Only the clinic's staff may overbook.")


def visitor_of(request: Request, principal: Principal) -> Visitor | None:
    """Return under whom a guest's live holds are counted: by address, as there is no browser to know again."""
    return Visitor(browser=principal.actor, address=_address(request)) if is_guest(principal) else None


def require_own_reason(principal: Principal, body: CancelBody) -> None:
    """Refuse a guest who says that the clinic cancelled, or that somebody left."""
    if is_guest(principal) and body.reason != CancelReason.PATIENT.value:
        raise InvalidField("reason", "Only the clinic's staff can cancel for the clinic: give `patient`.")


def for_guest(principal: Principal, refusal: ClinicError) -> ClinicError:
    """Return what the caller hears of a refusal: for a guest an overlap of the person's is a start that is taken.

    Else whoever has somebody's details could ask when that person is at the clinic.
    """
    is_telling = is_guest(principal) and isinstance(refusal, PatientOverlap)
    return SlotUnavailable() if is_telling else refusal


def of_person(refusal: InvalidField) -> InvalidField:
    """Return a refusal of what was said of the person, with its field as the caller wrote it."""
    is_theirs = refusal.field in Person.model_fields
    return InvalidField(f"patient.{refusal.field}", str(refusal)) if is_theirs else refusal


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

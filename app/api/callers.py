"""Who calls: an API client by its token, a member of staff by the session cookie, a guest by theirs, or anybody.

async def route(principal: Annotated[Principal, Security(caller, scopes=["patients:read"])])
async def route(principal: Annotated[Principal, Security(own_caller, scopes=["appointments:read"])])  # or its guest
async def route(principal: Annotated[Principal, Depends(reader)])       # clinic by host name, no identity needed
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import APIKeyCookie, HTTPBearer, OAuth2, SecurityScopes

from app.api.problems import ForeignOrigin, request_id_of
from app.errors import AppointmentNotFound, NotSignedIn, SessionLocked
from app.infra import cookies
from app.infra.executor import run, run_counting
from app.infra.limits import Limit, hit, too_many
from app.infra.origin import allowed_origins, origin_of
from app.services import directory
from app.services.accounts import sessions, token_copies, tokens
from app.services.accounts.permissions import API_SCOPES, GUEST_PERMISSIONS, Permission, require
from app.services.booking.guest_access import access_of, is_access_token
from app.services.clock import utc_now
from models.db import global_transaction
from models.principal import ActorKind, Principal

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_TOKEN = 4096
# Behind one address may stand a whole waiting room, as for the pages (app/state/guest.py).
PUBLIC_READING = Limit("public-reading", times=1_800, seconds=60)
GUEST_ACTING = Limit("guest-acting-by-token", times=400, seconds=300)
SCOPES = {scope: scope.replace(":", ", ") for scope in sorted(API_SCOPES)}

client_token = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/api/v1/auth/token", scopes=SCOPES)),
    scheme_name="clientToken",
    description="A token of `POST /auth/token`, in the header `Authorization: Bearer ...`.",
    auto_error=False,
)
staff_session = APIKeyCookie(
    name=cookies.cookie_name(cookies.SESSION, secure=True),
    scheme_name="staffSession",
    description="The session of somebody who signed in on our pages; changes need our own Origin.",
    auto_error=False,
)
guest_token = HTTPBearer(
    scheme_name="guestToken",
    description="The `access_token` of a guest's own 201: it opens that one appointment, until a day after the visit.",
    auto_error=False,
)


async def caller(
    request: Request,
    scopes: SecurityScopes,
    _token: Annotated[str | None, Security(client_token)] = None,
    _cookie: Annotated[str | None, Security(staff_session)] = None,
) -> Principal:
    """Return who calls, with every permission that the route asks for; NotSignedIn or NotPermitted otherwise."""
    return permitted(await identity(request), scopes)


async def own_caller(
    request: Request,
    scopes: SecurityScopes,
    _token: Annotated[str | None, Security(client_token)] = None,
    _cookie: Annotated[str | None, Security(staff_session)] = None,
    _guest: Annotated[object, Security(guest_token)] = None,
) -> Principal:
    """Return who calls: a guest whose token opens this appointment, or whoever has the route's permissions."""
    principal = await identity(request)
    if principal is not None and principal.kind is ActorKind.GUEST:
        return principal
    return permitted(principal, scopes)


async def reader(request: Request) -> Principal:
    """Return who reads what is public: the caller when there is one, else a guest of the host name's clinic.

    Guests of one address read at a bounded rate; raises TooManyAttempts.
    """
    principal = await identity(request, is_optional=True)
    is_known = principal is not None and principal.kind is not ActorKind.GUEST
    if principal is not None and is_known and principal.may(Permission.SLOTS_READ):
        return principal
    await count(request, PUBLIC_READING)
    clinic_id = principal.clinic_id if principal else await clinic_of(request)
    return Principal(clinic_id, ActorKind.GUEST, "api", GUEST_PERMISSIONS, request_id=request_id_of(request))


def permitted(principal: Principal | None, scopes: SecurityScopes) -> Principal:
    """Return who calls if they hold every permission that the route asks for; NotSignedIn or NotPermitted otherwise."""
    if principal is None:
        raise NotSignedIn("Send a token of POST /auth/token as a bearer token, or sign in.")
    for permission in scopes.scopes:
        require(principal, permission)
    return principal


async def identity(request: Request, *, is_optional: bool = False) -> Principal | None:
    """Return who a token or session speaks for, None without either; raises NotSignedIn for one that is not good.

    A session that has ended is nobody when it is optional. A guest's token opens its own appointment only.
    """
    header = request.headers.get("authorization")
    if header is not None:
        return await _of_token(request, _bearer(header))
    cookie = cookies.read_cookie(
        cookies.SESSION, header=request.headers.get("cookie", ""), origin=origin_of(request.scope)
    )
    if not cookie:
        return None
    _require_own_origin(request)
    signed_in = await run(_session_of, cookie, utc_now())
    if signed_in is None or signed_in.is_locked:
        if is_optional:
            return None
        raise SessionLocked if signed_in else NotSignedIn("The session has ended. Sign in again.")
    return replace(signed_in.principal, request_id=request_id_of(request))


async def _of_token(request: Request, token: str) -> Principal:
    request_id = request_id_of(request)
    if not is_access_token(token):
        now = utc_now()
        known = token_copies.known(token, now=now)
        if known is None:
            known = await run(tokens.verify, token, now=now)
        return replace(known, request_id=request_id)
    await count(request, GUEST_ACTING)
    access = await run(access_of, token, now=utc_now(), request_id=request_id)
    if _asked_for(request) not in (None, access.appointment_id):
        raise AppointmentNotFound
    return access.principal


def _asked_for(request: Request) -> UUID | None:
    with suppress(ValueError):
        return UUID(request.path_params.get("appointment_id", ""))
    return None


async def count(request: Request, limit: Limit) -> None:
    """Count one attempt of the sender's address; raises TooManyAttempts."""
    address = request.client.host if request.client else ""
    if not await run_counting(hit, limit, address):
        raise await run_counting(too_many, limit, address)


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or len(token) > LONGEST_TOKEN:
        raise NotSignedIn("Send the token as `Authorization: Bearer ...`.")
    return token.strip()


def _require_own_origin(request: Request) -> None:
    # A foreign page can make the browser send the cookie, but not our Origin.
    if request.method not in SAFE and request.headers.get("origin", "") not in allowed_origins():
        raise ForeignOrigin


def _session_of(token: str, now: datetime) -> sessions.SignedIn | None:
    signed_in = sessions.session_of(token, now=now)
    if signed_in is not None and not signed_in.is_locked:
        sessions.touch(token, now=now)
    return signed_in


async def clinic_of(request: Request) -> UUID:
    """Return the clinic of the request's host name, or the only one; raises NotFound."""
    return await run(_clinic_at, request.headers.get("host", ""))


def _clinic_at(host: str) -> UUID:
    with global_transaction() as session:
        return directory.clinic_at(session, host=host)


Reader = Annotated[Principal, Depends(reader)]

"""The offline day sheet: the page that opens it, the encrypted sheets for the browser to keep, and one as a file.

Fetching sheets is no activity of anybody: a page does it by itself every few minutes (assets/offline-worker.js keeps
the page, app/components/sheet_keeper the sheets).
"""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from app import routes
from app.api.day import person
from app.errors import NotFound, NotSignedIn
from app.infra import cookies
from app.infra.executor import run
from app.infra.origin import origin_of
from app.services.accounts import sessions
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.clock import utc_now
from app.services.day.offline import sealed_sheets
from app.services.day.offline_page import offline_page
from models.db import transaction
from models.principal import Principal

NO_STORE = {"Cache-Control": "no-store"}


async def page(_request: Request) -> Response:
    """Answer with the page alone, which holds nobody's data."""
    return HTMLResponse(offline_page(), headers={"Cache-Control": "no-cache"})


async def sheets(request: Request) -> Response:
    """Answer with the encrypted sheets of the reader's locations; raises NotSignedIn, also while locked."""
    token = cookies.read_cookie(
        cookies.SESSION, header=request.headers.get("cookie", ""), origin=origin_of(request.scope)
    )
    signed_in = await run(sessions.principal_of, token, now=utc_now()) if token else None
    if signed_in is None:
        raise NotSignedIn
    return JSONResponse({"sheets": await run(_sealed, signed_in.principal)}, headers=NO_STORE)


async def file(request: Request) -> Response:
    """Answer with one location's sheet as a file that opens by itself; raises NotFound without a passphrase."""
    principal = await person(request)
    try:
        location_id = UUID(request.path_params["location_id"])
    except ValueError:
        raise NotFound from None
    content = offline_page(await run(_taken, principal, location_id))
    headers = {**NO_STORE, "Content-Disposition": 'attachment; filename="day-sheet.html"'}
    return HTMLResponse(content, headers=headers)


def _sealed(principal: Principal) -> list[dict[str, Any]]:
    if not principal.may(Permission.BOARD_READ):
        return []
    with transaction(principal) as session:
        return sealed_sheets(session, principal, now=utc_now())


def _taken(principal: Principal, location_id: UUID) -> list[dict[str, Any]]:
    now = utc_now()
    with transaction(principal) as session:
        require(principal, Permission.DAY_EXPORT, location_id=location_id)
        made = [one for one in sealed_sheets(session, principal, now=now) if one["location"] == str(location_id)]
        if not made:
            raise NotFound("This location has no passphrase for its offline sheet yet.")
        detail = {"form": "offline"}
        record(
            session, principal, action="export", object_kind="day-sheet", object_id=location_id, detail=detail, now=now
        )
    return made


def offline_routes() -> list[Route]:
    """Return the routes."""
    return [
        Route(routes.OFFLINE, page, methods=["GET"]),
        Route(routes.SHEETS, sheets, methods=["GET"]),
        Route(f"{routes.SHEETS}/{{location_id}}", file, methods=["GET"]),
    ]

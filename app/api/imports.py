"""Files to import, for people who are signed in on our own pages: one is sent, and one to fill in is fetched.

`POST /desk/imports` takes the file itself as the body; `GET /desk/imports/patients.csv` gives a template. The answer
to an upload is an id, by which the page goes on (app/state/imports.py); the file's name is never sent.
"""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import routes
from app.api.day import person
from app.errors import NotFound, Overloaded
from app.import_errors import ImportRefused, ImportTooLarge
from app.infra.executor import run
from app.services.accounts.permissions import Permission, require
from app.services.clock import utc_now
from app.services.imports.decode import MOST_BYTES
from app.services.imports.history import template_of
from app.services.imports.uploads import keep_upload
from models.db import transaction
from models.desk import ImportKind
from models.principal import Principal

NO_STORE = {"Cache-Control": "no-store"}
# Each upload lies in memory two or three times while it is read and sealed.
UPLOADS_AT_ONCE = 2
# Who sends more slowly gives way to the next.
UPLOAD_SECONDS = 120
_gate = asyncio.Semaphore(UPLOADS_AT_ONCE)


async def upload(request: Request) -> Response:
    """Keep a file; what is no table is refused. Raises NotSignedIn, NotPermitted, ImportTooLarge."""
    principal = await person(request)
    require(principal, Permission.SETTINGS_WRITE)
    try:
        async with _gate, asyncio.timeout(UPLOAD_SECONDS):
            upload_id = await run(_kept, principal, await _body(request))
    except TimeoutError:
        raise Overloaded from None
    except ImportRefused as refusal:
        # The page writes the sentence in the reader's language, with these in its gaps.
        members = {"code": refusal.code, "detail": str(refusal), "values": refusal.values}
        return JSONResponse(members, refusal.status_code, NO_STORE)
    return JSONResponse({"id": str(upload_id)}, 201, NO_STORE)


async def template(request: Request) -> Response:
    """Answer with a file to fill in; raises NotSignedIn, NotPermitted, NotFound."""
    principal = await person(request)
    name, _, form = request.path_params["file"].partition(".")
    if name not in set(ImportKind) or form != "csv":
        raise NotFound
    content = await run(_template, principal, ImportKind(name))
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


async def _body(request: Request) -> bytes:
    """Return the body, refused as soon as it is longer than a file may be."""
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > MOST_BYTES:
            raise ImportTooLarge
        parts.append(part)
    return b"".join(parts)


def _kept(principal: Principal, data: bytes) -> UUID:
    with transaction(principal) as session:
        return keep_upload(session, principal, data=data, now=utc_now())


def _template(principal: Principal, kind: ImportKind) -> bytes:
    with transaction(principal) as session:
        return template_of(session, principal, kind=kind)


def import_routes() -> list[Route]:
    """Return the routes."""
    return [
        Route(routes.IMPORT_FILES, upload, methods=["POST"]),
        Route(f"{routes.IMPORT_FILES}/{{file}}", template, methods=["GET"]),
    ]

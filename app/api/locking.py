"""The lock of a shared computer: plain requests of our own pages, since only they can change the session's cookie.

`POST /auth/lock` locks (also again) and says whose PIN opens; `POST /auth/unlock` takes person and PIN and sets the
cookie, after which the page loads itself again. The Origin is checked in front (app/infra/origin.py).
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import routes
from app.errors import ClinicError, NotSignedIn, WrongPin
from app.infra import cookies
from app.infra.executor import run, run_password
from app.services.accounts import locking
from app.services.clock import utc_now

LONGEST_PIN = 20
NO_STORE = {"Cache-Control": "no-store"}
Forget = Callable[[str], None]


async def lock(request: Request, *, forget: Forget) -> Response:
    """Lock the browser's session and answer with whose PIN opens it here."""
    token, browser = cookie_of(request, cookies.SESSION), cookie_of(request, cookies.BROWSER)
    if not token or not await run(locking.lock, token, now=utc_now()):
        return _answer(NotSignedIn())
    forget(token)
    people: list[locking.Person] = []
    # A session that began elsewhere is locked all the same; it opens with a password only.
    with suppress(NotSignedIn):
        people = await run(locking.locked_desk, token, browser=browser, now=utc_now())
    shown = [{"id": str(one.id), "name": one.name, "isCurrent": one.is_current} for one in people]
    return JSONResponse({"people": shown}, headers=NO_STORE)


async def unlock(request: Request, *, forget: Forget) -> Response:
    """Give the computer to whom the PIN belongs and set that session's cookie."""
    form = await request.form(max_files=0, max_fields=4)
    token, browser = cookie_of(request, cookies.SESSION), cookie_of(request, cookies.BROWSER)
    try:
        user_id = UUID(str(form.get("person", "")))
    except ValueError:
        return _answer(WrongPin())
    pin = str(form.get("pin", ""))[:LONGEST_PIN]
    try:
        opened = await run_password(locking.unlock, token, browser=browser, user_id=user_id, pin=pin, now=utc_now())
    except ClinicError as refusal:
        return _answer(refusal)
    forget(token)
    answer = JSONResponse({"person": str(opened.user_id)}, headers=NO_STORE)
    secure = cookies.is_secure(request.headers.get("origin", ""))
    answer.headers.append("Set-Cookie", cookies.set_cookie(cookies.SESSION, opened.token, secure=secure))
    return answer


def cookie_of(request: Request, base: str) -> str:
    """Return one of the two cookies that the browser keeps for us, "" without it."""
    origin = request.headers.get("origin", "")
    return cookies.read_cookie(base, header=request.headers.get("cookie", ""), origin=origin)


def _answer(refusal: ClinicError) -> Response:
    return JSONResponse({"code": refusal.code}, status_code=refusal.status_code, headers=NO_STORE)


def lock_routes(*, forget: Forget) -> list[Route]:
    """Return both routes; `forget` drops a token from what the worker remembers of sessions."""
    return [
        Route(routes.LOCK_ACTION, partial(lock, forget=forget), methods=["POST"]),
        Route(routes.UNLOCK_ACTION, partial(unlock, forget=forget), methods=["POST"]),
    ]

"""Signing in and out: plain form posts that set or clear the session cookie and end in a full page load.

They are HTTP routes and no events, because a websocket keeps the headers of its handshake and cannot set a
cookie. The forms' Origin is checked in front (app/infra/origin.py).
"""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app import routes
from app.api.locking import cookie_of
from app.errors import ClinicError, NotSignedIn, Overloaded, TooManyAttempts
from app.infra import cookies
from app.infra.executor import run, run_password
from app.services.accounts import sessions
from app.services.clock import utc_now

LONGEST = 200
NO_STORE = {"Cache-Control": "no-store"}


async def sign_in(request: Request, *, forget: Callable[[str], None]) -> Response:
    """Check login and password, set the cookie, and load the page asked for or the role's home.

    Whose session the browser had before, locked or not, is signed out.
    """
    form = await request.form(max_files=0, max_fields=10)
    login = str(form.get("login", ""))[:LONGEST]
    password = str(form.get("password", ""))[:LONGEST]
    wanted = routes.local_path(str(form.get("next", "")))
    try:
        signed_in = await _checked(request, login, password)
    except TooManyAttempts:
        return _back("wait", wanted)
    except Overloaded:
        return _back("busy", wanted)
    except ClinicError:
        return _back("refused", wanted)
    former = cookie_of(request, cookies.SESSION)
    if former:
        await run(sessions.sign_out, former, now=utc_now())
        forget(former)
    answer = _load(wanted or routes.home_of(str(signed_in.role)))
    secure = cookies.is_secure(request.headers.get("origin", ""))
    answer.headers.append("Set-Cookie", cookies.set_cookie(cookies.SESSION, signed_in.token, secure=secure))
    return answer


async def sign_out(request: Request, *, forget: Callable[[str], None]) -> Response:
    """Revoke the session in the table, have this worker forget it, clear the cookie, and load the front door."""
    origin = request.headers.get("origin", "")
    token = cookie_of(request, cookies.SESSION)
    if token:
        await run(sessions.sign_out, token, now=utc_now())
        forget(token)
    answer = _load(routes.HOME)
    line = cookies.set_cookie(cookies.SESSION, "", secure=cookies.is_secure(origin), max_age=0)
    answer.headers.append("Set-Cookie", line)
    return answer


async def _checked(request: Request, login: str, password: str) -> sessions.SignedIn:
    if not login or not password:
        raise NotSignedIn
    # The attempts by login and address are counted inside, before anything is hashed.
    browser = cookie_of(request, cookies.BROWSER)
    return await run_password(
        sessions.sign_in, login=login, password=password, now=utc_now(), address=_address(request), browser=browser
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _back(problem: str, wanted: str) -> Response:
    following = f"&next={quote(wanted)}" if wanted else ""
    return _load(f"{routes.SIGN_IN}?problem={problem}{following}")


def _load(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303, headers=dict(NO_STORE))


def sign_in_routes(*, forget: Callable[[str], None]) -> list[Route]:
    """Return both routes; `forget` drops a token from what the worker remembers of sessions."""
    return [
        Route(routes.SIGN_IN_ACTION, partial(sign_in, forget=forget), methods=["POST"]),
        Route(routes.SIGN_OUT_ACTION, partial(sign_out, forget=forget), methods=["POST"]),
    ]

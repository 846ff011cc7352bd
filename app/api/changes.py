"""A change of one appointment over HTTP: the verb under the caller's key, its answer with the new version."""

from functools import partial

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from app.api.answers import of_appointment
from app.api.keys import key_of
from app.infra.executor import run
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from models.principal import Principal


async def change(
    request: Request, principal: Principal, verb: partial[Answer], *, key: str, body: BaseModel | None = None
) -> JSONResponse:
    """Run a verb that lacks its session, principal, key and time, and return its answer."""
    kept_under = key_of(principal, path=request.url.path, key=key, body=body)
    return of_appointment(principal, await run(changed, principal, kept_under, verb))


def changed(principal: Principal, key: RequestKey, verb: partial[Answer]) -> Answer:
    """Run a verb to its answer, now."""
    now = utc_now()
    return attempt(principal, partial(verb, principal=principal, key=key, now=now), key=key, now=now)

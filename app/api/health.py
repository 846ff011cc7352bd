"""Outside the base: is the process alive, can it work, and what does it count."""

import secrets
from ipaddress import ip_address

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.api.problems import problem, request_id_of
from app.errors import NotFound
from app.infra import metrics
from app.infra.executor import run
from app.infra.logging import log_failure
from app.settings import settings
from models.db import engine
from models.migrate import is_current

router = APIRouter(include_in_schema=False)
PROBED = ["GET", "HEAD"]
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.api_route("/healthz", methods=PROBED)
async def get_health() -> JSONResponse:
    """The process lives and its loop turns."""
    return JSONResponse({"status": "alive"})


@router.api_route("/readyz", methods=PROBED)
async def get_ready(request: Request) -> JSONResponse:
    """The database answers and stands at our newest migration."""
    try:
        is_migrated = await run(_is_migrated)
    except Exception as failure:
        log_failure("not ready", failure, request_id=request_id_of(request))
        return _not_ready(request, "The database does not answer.")
    if not is_migrated:
        return _not_ready(request, "The database is not at the newest migration.")
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
async def get_metrics(request: Request) -> Response:
    """All processes' metrics, for this machine or with the metrics token; to anybody else there is no such page."""
    if not (_has_token(request) or _is_local(request)):
        raise NotFound
    return Response(await run(metrics.exposition), media_type=metrics.CONTENT_TYPE)


def _is_migrated() -> bool:
    with engine().connect() as connection:
        return is_current(connection)


def _not_ready(request: Request, detail: str) -> JSONResponse:
    return problem(
        status=503,
        code="not-ready",
        detail=detail,
        request_id=request_id_of(request),
        headers={"Retry-After": "5"},
    )


def _has_token(request: Request) -> bool:
    wanted, given = settings().metrics_token, request.headers.get("authorization", "")
    return bool(wanted) and secrets.compare_digest(given.encode(), f"Bearer {wanted}".encode())


def _is_local(request: Request) -> bool:
    # Behind a proxy on this machine every request comes from here, so a forwarded one does not count as local.
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False

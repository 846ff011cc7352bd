"""The outermost layer of the application: request ids, the door, sizes, failures nobody expected, counts and the
access log.

The access log knows a request by its route's template, never by its query string, and holds no address.
"""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.file_form import BESIDE_BYTES
from app.api.problems import BodyTooLarge, of_refusal, unexpected
from app.errors import ClinicError, Overloaded
from app.file_errors import FileTooLarge
from app.infra import metrics
from app.infra.door import api_door
from app.infra.logging import log_failure
from app.services.documents.add import largest

OURS = ("/api/", "/healthz", "/readyz", "/metrics", "/auth/", "/.well-known/jwks.json")
BEHIND_DOOR = "/api/"
BODY_BYTES = 64 * 1024
UPLOAD = re.compile(r"/api/v1/patients/[0-9a-fA-F-]{36}/documents")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Probes and scrapes come every few seconds: counted, not logged.
QUIET = frozenset({"/healthz", "/readyz", "/metrics", "page"})
_log = structlog.get_logger("holdfast.access")


class Edge:
    """Wrap the application; pages and their websocket pass through, counted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request or connection."""
        if scope["type"] == "http":
            await _Exchange(self.app, scope, send).run(receive)
        elif scope["type"] == "websocket":
            with metrics.open_socket():
                await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class _Exchange:
    """One request and its answer."""

    def __init__(self, app: ASGIApp, scope: Scope, send: Send) -> None:
        self.app, self.scope, self.send = app, scope, send
        self.status = 0
        self.is_ours = scope["path"].startswith(OURS)
        # Always our own: what a caller chose would stand in the audit log and the logs.
        self.request_id = uuid4().hex
        scope["request_id"] = self.request_id

    async def run(self, receive: Receive) -> None:
        began = perf_counter()
        structlog.contextvars.bind_contextvars(request_id=self.request_id)
        try:
            if self.scope["path"].startswith(BEHIND_DOOR):
                await self._behind_door(receive)
            else:
                await self._pass_on(receive)
        except ClinicError as refusal:
            await self._answer(of_refusal(refusal, request_id=self.request_id))
        except Exception as failure:
            # What the API's own renderer has answered is logged there; it is raised once more on its way out.
            if not self.status:
                log_failure("unexpected failure", failure, request_id=self.request_id)
                await self._answer(unexpected(self.request_id))
        finally:
            self._tell(perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")

    async def _behind_door(self, receive: Receive) -> None:
        """Pass the API's door; probes pass beside it, so that they are answered however many wait."""
        door = api_door()
        await door.enter()
        try:
            await self._pass_on(receive)
        finally:
            door.leave(is_answered=self.status != Overloaded.status_code)

    async def _pass_on(self, receive: Receive) -> None:
        await self.app(self.scope, await self._bounded(receive), self._sending)

    async def _answer(self, answer: ASGIApp) -> None:
        if not self.status:
            await answer(self.scope, _nothing, self._sending)

    async def _sending(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", []), (b"x-request-id", self.request_id.encode())]
            if self.is_ours and not any(name.lower() == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await self.send(message)

    async def _bounded(self, receive: Receive) -> Receive:
        """Read the body of an API request up to the limit; raises BodyTooLarge."""
        if not self.is_ours:
            return receive
        if is_upload(self.scope):
            return self._counted(receive)
        if _length(self.scope) > BODY_BYTES:
            raise BodyTooLarge
        body = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return _replay(message, receive)
            body += message.get("body", b"")
            if len(body) > BODY_BYTES:
                raise BodyTooLarge
            if not message.get("more_body", False):
                return _replay({"type": "http.request", "body": body, "more_body": False}, receive)

    def _counted(self, receive: Receive) -> Receive:
        """Pass an upload on piece by piece; raises FileTooLarge as soon as it is longer than one may be."""
        most = largest() + BESIDE_BYTES
        if _length(self.scope) > most:
            raise FileTooLarge
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise FileTooLarge
            return message

        return counted

    def _tell(self, seconds: float) -> None:
        route, method, status = self._route(), self.scope["method"], self.status or 499
        metrics.count_request(
            route=route, method=method if method in METHODS else "OTHER", status=status, seconds=seconds
        )
        if route not in QUIET or status >= 500:
            _log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))

    def _route(self) -> str:
        path = getattr(self.scope.get("route"), "path", None)
        if path is None:
            return "unknown" if self.is_ours else "page"
        return f"{self.scope.get('root_path', '')}{path}"


def is_upload(scope: Scope) -> bool:
    """Tell whether this request may be as long as a file."""
    return scope["method"] == "POST" and UPLOAD.fullmatch(scope["path"]) is not None


def _length(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() and len(given) < 19 else 0


def _replay(first: Message, receive: Receive) -> Receive:
    left = [first]

    async def replayed() -> Message:
        return left.pop() if left else await receive()

    return replayed


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

"""The ASGI guard in front of everything: origins, sizes and rates that are judged before any other code.

- `/_event` is for websockets of pages of ours: an Origin is required and must be one of `allowed_origins()`;
  a message holds at most 64 kB; messages and connections are limited by rate. Plain HTTP on it (the polling
  transport, which would switch the origin check off) is refused.
- `/_upload` and the framework's route list do not exist.
- A form posted to `/auth/` must come from a page of ours, except where programs get their tokens.
- Every answer carries the security headers, and a page gives the browser its random id.
"""

import time
from collections import Counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.infra.addresses import allowed_origins, client_address, header_of
from app.infra.addresses import origin_of as origin_of
from app.infra.answer_headers import security_headers, with_headers
from app.settings import settings

MESSAGE_BYTES = 64 * 1024
MESSAGES_PER_SECOND = 30.0
MESSAGES_AT_ONCE = 90.0
BLOCKED = ("/_upload", "/_all_routes", "/auth-codespace")
# Programs post here with a secret of their own and no cookie; they have no page to come from.
PROGRAMS = frozenset({"/auth/token", "/auth/revoke"})


class Budget:
    """A token bucket: so many at once, so many a second."""

    def __init__(self, *, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self.left, self.at = burst, time.monotonic()

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class OriginGuard:
    """Wrap the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open_by_address: Counter[str] = Counter()
        self.openings: dict[str, Budget] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request or connection and pass it on or refuse it."""
        if scope["type"] in ("websocket", "http"):
            # From here on everybody, the limits of the API and of signing in too, sees the visitor's own address.
            scope = {**scope, "client": (client_address(scope), (scope.get("client") or ("", 0))[1])}
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(BLOCKED):
            await _answer(send, status=404, text="Not found")
        elif path.startswith("/_event"):
            await _answer(send, status=403, text="Websocket only")
        elif (
            path.startswith("/auth/") and path not in PROGRAMS and header_of(scope, b"origin") not in allowed_origins()
        ):
            await _answer(send, status=403, text="This form must be sent from our own page")
        else:
            await self.app(scope, receive, with_headers(scope, send))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope["client"][0]
        if not _is_ours(scope) or not self._may_open(address):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        self.open_by_address[address] += 1
        try:
            await self.app(scope, _limited(receive), send)
        finally:
            self.open_by_address[address] -= 1

    def _may_open(self, address: str) -> bool:
        if self.open_by_address[address] >= settings().connections_per_address:
            return False
        if len(self.openings) > 10_000:
            self.openings.clear()
        openings = settings().openings_per_minute
        budget = self.openings.setdefault(address, Budget(rate=openings / 60, burst=openings))
        return budget.take()


def _is_ours(scope: Scope) -> bool:
    return header_of(scope, b"origin") in allowed_origins()


def _limited(receive: Receive) -> Receive:
    """Pass messages on until one is too large or they come too fast; then the connection ends."""
    budget = Budget(rate=MESSAGES_PER_SECOND, burst=MESSAGES_AT_ONCE)

    async def limited() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive":
            size = len((message.get("text") or "").encode()) + len(message.get("bytes") or b"")
            if size > MESSAGE_BYTES or not budget.take():
                return {"type": "websocket.disconnect", "code": 1009}
        return message

    return limited


async def _answer(send: Send, *, status: int, text: str) -> None:
    headers: list[Any] = [(b"content-type", b"text/plain; charset=utf-8"), *security_headers()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})

"""The crowd of `bench flash`, in a process of its own: so many clicks within a second, whatever the server does.

Open loop: when a click is made is fixed before, and its wait counts from that instant, also when this process or the
server falls behind. Each click has a connection of its own, as each person has a browser. Who is told to come back
(429 and 503 with Retry-After) comes back after that pause with the same key; whose connection breaks or cannot be
had does so after a second. Reads its orders as JSON from stdin, and writes what each click came to, a line each.
"""

import asyncio
import json
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from app.infra.processes.home import raise_file_limit

# A pause that a broken connection suggests by itself, and how long anybody waits in all.
BROKEN_PAUSE, PATIENCE = 1.0, 300.0


@dataclass(slots=True)
class Click:
    """One person: what they ask for and what they heard in the end."""

    at: float
    body: str
    key: str
    status: int = 0
    code: str = ""
    appointment_id: str = ""
    wait_ms: float = 0.0
    asked_back: int = 0
    broken: int = 0
    unpaused: int = 0


@dataclass(slots=True)
class Target:
    """Where the clicks go."""

    host: str
    port: int
    path: str
    token: str = field(repr=False)

    def request(self, click: Click) -> bytes:
        """Write the request as it goes over the wire."""
        lines = (
            f"POST {self.path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Authorization: Bearer {self.token}",
            f"Idempotency-Key: {click.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(click.body)}",
            "",
            click.body,
        )
        return "\r\n".join(lines).encode()


class Answer(asyncio.Protocol):
    """One connection: collects one answer at a time."""

    def __init__(self) -> None:
        self.heard: asyncio.Future[tuple[int, dict[str, str], bytes]] | None = None
        self.received = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or self.heard is None or self.heard.done():
            return
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if len(body) >= int(headers.get("content-length", "0")):
            self.received = b""
            self.heard.set_result((int(status.split()[1]), headers, body))

    def connection_lost(self, _reason: Exception | None) -> None:
        if self.heard is not None and not self.heard.done():
            self.heard.set_exception(ConnectionError("closed"))

    async def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send a request and wait for its answer."""
        self.heard = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.heard


async def _click(click: Click, target: Target, begin: float) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, begin + click.at - time.time()))
    line: Answer | None = None
    request = target.request(click)
    while time.time() < begin + PATIENCE:
        try:
            # The server may close a line that rests during a long pause.
            if line is None or line.transport.is_closing():
                _, line = await loop.create_connection(Answer, target.host, target.port)
            status, headers, body = await line.ask(request)
        except OSError:
            click.broken += 1
            line = None
            await asyncio.sleep(BROKEN_PAUSE)
            continue
        if status in (429, 503):
            click.asked_back += 1
            click.unpaused += "retry-after" not in headers
            await asyncio.sleep(float(headers.get("retry-after", BROKEN_PAUSE)))
            continue
        members = json.loads(body)
        click.status, click.code = status, str(members.get("code", ""))
        click.appointment_id = str(members.get("id", ""))
        break
    click.wait_ms = (time.time() - begin - click.at) * 1000
    if line is not None:
        line.transport.close()


async def _crowd(clicks: deque[Click], target: Target, begin: float) -> None:
    await asyncio.gather(*(_click(click, target, begin) for click in clicks))


def main() -> None:
    """Make the clicks that stdin orders."""
    raise_file_limit()
    orders = json.load(sys.stdin)
    clicks = deque(Click(**click) for click in orders["clicks"])
    asyncio.run(_crowd(clicks, Target(**orders["target"]), orders["begin"]))
    for click in clicks:
        sys.stdout.write(json.dumps({**asdict(click), "body": ""}) + "\n")


if __name__ == "__main__":
    main()

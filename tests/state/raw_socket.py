"""A stranger's client: the websocket spoken by hand, so that a test can send what no page would.

with RawSocket(url, origin=url, cookie="...") as socket:
    socket.hydrate("/sign-in")
    answer = socket.call("reflex___state____state.setvar", var_name="is_hydrated", value=True)
"""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any, Self

from simple_websocket import Client, ConnectionClosed

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
SHORTEST_PAUSE = 0.25
# An event is waited for at least this long; that it has been handled ends the wait.
PATIENCE = 15.0
# What is pushed into the tab because of its own event is on its way by then.
PAUSE_AFTER_HANDLING = 0.05
# What tests/state/probe_app.py says, with the event's number, when all that an event set off is over.
HANDLED = f'42{NAMESPACE},["handled",'


class RawSocket:
    """One connection of the framework's protocol (Socket.IO 5 over Engine.IO 4)."""

    def __init__(self, url: str, *, origin: str | None, cookie: str = "", token: str = "") -> None:
        self.token = token or str(uuid.uuid4())
        # Of the event that was sent last.
        self.number = 0
        headers = {} if origin is None else {"Origin": origin}
        if cookie:
            headers["Cookie"] = cookie
        address = f"{url.replace('http', 'ws', 1)}/_event/?EIO=4&transport=websocket&token={self.token}"
        self.socket = Client(address, headers=headers)

    def __enter__(self) -> Self:
        self.socket.receive(5)
        self.socket.send(f"40{NAMESPACE},{{}}")
        self._until("40")
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        try:
            self.socket.close()
        except ConnectionClosed:
            return

    def hydrate(self, path: str = "/") -> dict[str, Any]:
        """Ask for the whole state, as a page does when it connects."""
        return self.call(f"{ROOT}.hydrate_and_load", path=path)

    def call(self, name: str, *, path: str = "/", seconds: float = 2.0, **payload: Any) -> dict[str, Any]:
        """Send one event and return what came back within the time, merged: delta, events."""
        self.send(name, path=path, **payload)
        return self.listen(seconds, is_answer=True)

    def send(self, name: str, *, path: str = "/", **payload: Any) -> None:
        """Send one event."""
        self.number += 1
        router_data = {"pathname": path, "asPath": path, "number": self.number}
        event = {"name": name, "payload": payload, "router_data": router_data}
        self.socket.send(f"42{NAMESPACE},{json.dumps(['event', event])}")

    def listen(self, seconds: float, *, is_answer: bool = False) -> dict[str, Any]:
        """Return the updates that come in, merged."""
        merged: dict[str, Any] = {"delta": {}, "events": []}
        for update in self.updates(seconds, is_answer=is_answer):
            for state, changes in (update.get("delta") or {}).items():
                merged["delta"].setdefault(state, {}).update(changes)
            merged["events"] += update.get("events") or []
        return merged

    def updates(self, seconds: float, *, is_answer: bool = False) -> Iterator[dict[str, Any]]:
        """Yield what comes in, as it comes, until nothing has come for a while, longer where the first took long.

        An answer is whole when the event has been handled.
        """
        has_come, has_changed, is_handled = False, False, not is_answer
        began, pause = time.monotonic(), SHORTEST_PAUSE
        deadline = began + (max(seconds, PATIENCE) if is_answer else seconds)
        while (left := deadline - time.monotonic()) > 0:
            frame = self._receive(min(left, pause))
            if frame is None:
                if is_handled and has_come:
                    break
                continue
            if frame == f"{HANDLED}{self.number}]":
                # What comes from now on is pushed by somebody else.
                is_handled, pause = True, PAUSE_AFTER_HANDLING
                if is_answer and not has_come:
                    break
            elif frame.startswith(HANDLED):
                continue
            elif frame.startswith(f"42{NAMESPACE},"):
                _name, update = json.loads(frame.split(",", 1)[1])
                if isinstance(update, dict):
                    # What comes before the answer may be somebody else's, and says nothing of how long it takes.
                    if not has_changed and is_handled:
                        pause = max(pause, 4 * (time.monotonic() - began))
                        deadline = time.monotonic() + max(seconds, pause)
                    has_changed = has_changed or bool(update.get("delta"))
                    has_come = has_changed or has_come or bool(update.get("events"))
                    yield update

    def _receive(self, seconds: float) -> str | None:
        frame = self.socket.receive(seconds)
        if frame == "2":
            self.socket.send("3")
            return ""
        return frame

    def _until(self, start: str) -> str:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            frame = self._receive(1)
            if frame and frame.startswith(start):
                return frame
        raise AssertionError(f"no frame beginning with {start}")


def value(answer: dict[str, Any], name: str) -> Any:
    """Return a var out of an answer's delta, whichever state it belongs to; None when it did not come."""
    for changes in answer["delta"].values():
        for key, found in changes.items():
            if key.removesuffix("_rx_state_") == name:
                return found
    return None


def scripts(answer: dict[str, Any]) -> str:
    """Return the client-side events of an answer as one text."""
    return json.dumps(answer["events"])

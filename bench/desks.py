"""Other desks for `bench board`: tabs that speak the pages' websocket protocol and note when a change comes in.

with Desk(port, token=...) as desk:          # one thread each: it answers pings and listens
    desk.open(day.address)
    desk.call(f"{PANE}.open_card", card_id=..., kind="visit")
"""

import json
import threading
import time
from typing import Any, Self
from uuid import uuid4

from simple_websocket import Client, ConnectionClosed

from app.infra import cookies

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
ANSWER_SECONDS = 30.0


class Desk:
    """One tab at the websocket (Socket.IO 5 over Engine.IO 4)."""

    def __init__(self, port: int, *, token: str) -> None:
        url = f"ws://localhost:{port}/_event/?EIO=4&transport=websocket&token={uuid4()}"
        cookie = f"{cookies.cookie_name(cookies.SESSION, secure=True)}={token}"
        self.socket = Client(url, headers={"Origin": f"http://localhost:{port}", "Cookie": cookie})
        self.path = "/board"
        # Each frame with the instant at which it came in.
        self.heard: list[tuple[float, str]] = []
        self.news = threading.Condition()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._listener.start()
        self.wait_for("0{", since=0)
        self.socket.send(f"40{NAMESPACE},{{}}")
        self.wait_for("40", since=0)
        return self

    def __exit__(self, *_details: object) -> None:
        try:
            self.socket.close()
        except ConnectionClosed:
            return

    def open(self, path: str) -> None:
        """Open a page, as a browser does, and wait until the board's day is there."""
        self.path = path
        since = len(self.heard)
        self.send(f"{ROOT}.hydrate_and_load")
        self.wait_for('"day": {', '"day":{', since=since)

    def send(self, name: str, **payload: Any) -> float:
        """Send an event and return when that was."""
        route = self.path.partition("?")[0]
        event = {"name": name, "payload": payload, "router_data": {"pathname": route, "asPath": self.path}}
        sent_at = time.perf_counter()
        self.socket.send(f"42{NAMESPACE},{json.dumps(['event', event])}")
        return sent_at

    def call(self, name: str, *expected: str, **payload: Any) -> float:
        """Send an event, wait until a frame holds one of the texts, and return when it was sent."""
        since = len(self.heard)
        sent_at = self.send(name, **payload)
        self.wait_for(*expected, since=since)
        return sent_at

    def wait_for(self, *texts: str, since: int) -> float:
        """Return when a frame with one of the texts came in; the earlier ones do not count."""
        deadline = time.perf_counter() + ANSWER_SECONDS
        with self.news:
            while True:
                for at, frame in self.heard[since:]:
                    if any(text in frame for text in texts):
                        return at
                if not self.news.wait(deadline - time.perf_counter()):
                    raise TimeoutError(f"A desk heard nothing with {texts[0]!r}.")

    def _listen(self) -> None:
        try:
            while True:
                frame = self.socket.receive()
                at = time.perf_counter()
                if frame == "2":
                    self.socket.send("3")
                    continue
                with self.news:
                    self.heard.append((at, str(frame)))
                    self.news.notify_all()
        except ConnectionClosed:
            return

"""A worker's line to the others: which groups were dropped anywhere, and whether that can be heard at all.

While the line is down nothing is kept and nothing kept is given: a drop could be missed.
"""

import json
import threading
from collections.abc import Callable, Iterable
from uuid import uuid4

import redis
import structlog

CHANNEL = "holdfast:cache"
SILENCE_SECONDS = 2.0
RETRY_SECONDS = 1.0
COMMAND_SECONDS = 0.25

_log = structlog.get_logger(__name__)


class Line:
    """One thread that listens for as long as its process lives."""

    def __init__(self, url: str, *, dropped: Callable[[Iterable[str]], None], cleared: Callable[[], None]) -> None:
        self.url = url
        # The server's own id of this run: copies from before a restart, whose drops may be lost, have another.
        self.era = ""
        self.is_up = False
        self._dropped = dropped
        self._cleared = cleared
        self._missed: set[str] = set()
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def ensure_running(self) -> None:
        """Start listening, unless this process does already."""
        if self._thread is not None or not self.url:
            return
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="holdfast-cache", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop listening; for tests, since the thread ends with its process."""
        self._stopped.set()

    def remember(self, names: Iterable[str]) -> None:
        """Keep drops that could not be told, until the server answers again."""
        with self._guard:
            self._missed.update(names)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError, TimeoutError) as error:
                if self.is_up:
                    _log.warning("cache line lost, nothing is cached", error=type(error).__name__)
            self.is_up = False
            self._cleared()
            self._stopped.wait(RETRY_SECONDS)

    def _listen(self) -> None:
        with (
            redis.Redis.from_url(
                self.url, socket_timeout=SILENCE_SECONDS, socket_connect_timeout=SILENCE_SECONDS, retry=None
            ) as client,
            client.pubsub() as line,
        ):
            line.subscribe(CHANNEL)
            line.get_message(timeout=SILENCE_SECONDS)
            self.era = str(client.info("server")["run_id"])
            self._tell_missed(client)
            # What was dropped while nobody listened is unknown: begin with nothing.
            self._cleared()
            self.is_up = True
            is_asked = False
            while not self._stopped.is_set():
                message = line.get_message(timeout=SILENCE_SECONDS)
                if message is None and is_asked:
                    raise TimeoutError
                is_asked = message is None
                self._tell_missed(client)
                if message is None:
                    line.ping()
                elif message["type"] == "message":
                    self._take(message["data"])

    def _tell_missed(self, client: redis.Redis) -> None:
        with self._guard:
            names = list(self._missed)
        if names:
            tell_drop(client, self.era, names)
            with self._guard:
                self._missed.difference_update(names)

    def _take(self, data: bytes) -> None:
        try:
            names = [str(name) for name in json.loads(data)]
        except (ValueError, TypeError):
            _log.warning("cache message not understood")
            return
        self._dropped(names)


# Whoever began to load before a drop must not store after it: the drop leaves a mark that the store compares.
DROP = """
for position, group in ipairs(cjson.decode(ARGV[1])) do
  redis.call('SET', ARGV[2] .. group .. ':mark', ARGV[3], 'PX', 3600000)
  redis.call('DEL', ARGV[2] .. group)
end
redis.call('PUBLISH', ARGV[4], ARGV[1])
"""


def prefix(era: str) -> str:
    """Return what every key of a server's run begins with."""
    return f"holdfast:cache:{era}:"


def tell_drop(client: redis.Redis, era: str, names: list[str]) -> None:
    """Drop groups in Valkey and tell every worker, in one step."""
    client.eval(DROP, 0, json.dumps(names), prefix(era), uuid4().hex, CHANNEL)

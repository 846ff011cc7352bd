"""The only cache: in process, then Valkey, then the database. Ids and times only, never patient data.

    value = cache().get(key, load)        # `load` reads from the database and returns what JSON can hold
    cache().drop(groups)                  # after the commit that changed them: on every worker

It never raises because of Valkey, and a hold never asks it. What it returns is shared: nobody may change it.
Copies end when their time is over, when their group is dropped, and when the line to the other workers breaks.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import redis
import structlog

from app.infra.cache_keys import Group, Key
from app.infra.cache_line import COMMAND_SECONDS, Line, prefix, tell_drop
from app.infra.metrics import count_cache
from app.settings import settings

MOST_COPIES = 4_096
FLIGHT_SECONDS = 10.0
OUTAGE_SECONDS = 1.0

_log = structlog.get_logger(__name__)

# Stored only when nobody has dropped the group since the load began; the first copy sets when the group ends.
STORE = """
if (redis.call('GET', KEYS[1] .. ':mark') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return 1
"""


# How often a group was dropped here, and how often the line broke.
Edition = tuple[int, int]


class Copy(NamedTuple):
    """A kept value, until when it is good (seconds since 1970: other processes read it too)."""

    value: Any
    good_until: float


class Flight:
    """One load that several callers wait for."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None


class Cache:
    """One process's copies, in front of the Valkey that all processes share."""

    def __init__(self, url: str) -> None:
        self._line = Line(url, dropped=self._forget, cleared=self._forget_all)
        self._client: redis.Redis | None = None
        self._guard = threading.Lock()
        self._copies: dict[str, dict[str, Copy]] = {}
        self._count = 0
        # How often each group was dropped here; grows by one for all when the line breaks.
        self._drops: dict[str, int] = {}
        self._breaks = 0
        self._flights: dict[tuple[Any, ...], Flight] = {}
        self._out_until = 0.0

    def get(self, key: Key, load: Callable[[], Any]) -> Any:
        """Return a kept value or load it; callers that come while it is loading wait for the same load."""
        self._line.ensure_running()
        copy = self._own_copy(key)
        if copy is not None:
            return copy.value
        with self._guard:
            # After a drop nobody joins a load that began before it.
            flight_key = (key, self._edition(key.group))
            flight = self._flights.get(flight_key)
            is_first = flight is None
            if flight is None:
                flight = self._flights[flight_key] = Flight()
        if not is_first:
            return self._joined(key, flight, load)
        try:
            flight.value = self._fetched(key, load)
        except BaseException as error:
            flight.error = error
            raise
        finally:
            with self._guard:
                del self._flights[flight_key]
            flight.is_over.set()
        return flight.value

    def drop(self, groups: Iterable[Group]) -> None:
        """Forget groups here at once and on every other worker; called after the commit, never raises."""
        names = [group.name for group in groups]
        self._forget(names)
        if not names or not self._line.url:
            return
        self._line.ensure_running()
        client = self._reachable()
        if client is None or not self._line.era:
            self._line.remember(names)
            return
        try:
            tell_drop(client, self._line.era, names)
        except (redis.RedisError, OSError) as error:
            self._line.remember(names)
            self._note_outage(error)

    def edition(self, group: Group) -> Edition:
        """Return what changes whenever a group is dropped anywhere, for copies that are kept elsewhere than here."""
        self._line.ensure_running()
        return self._edition(group)

    def close(self) -> None:
        """Stop listening; for tests."""
        self._line.stop()

    @property
    def is_connected(self) -> bool:
        """Whether drops of other workers are heard, so that copies are kept."""
        return self._line.is_up

    def _joined(self, key: Key, flight: Flight, load: Callable[[], Any]) -> Any:
        if not flight.is_over.wait(FLIGHT_SECONDS):
            return load()
        count_cache(layer="process", key=key.group.kind.value, result="joined")
        if flight.error is not None:
            raise flight.error
        return flight.value

    def _fetched(self, key: Key, load: Callable[[], Any]) -> Any:
        edition = self._edition(key.group)
        mark, copy = self._shared_copy(key)
        if copy is None:
            # Through JSON once, so that a value looks the same whichever layer it comes from.
            copy = Copy(json.loads(json.dumps(load())), time.time() + key.group.kind.seconds)
            count_cache(layer="database", key=key.group.kind.value, result="loaded")
            if mark is not None:
                self._share(key, copy, mark=mark)
        self._keep(key, copy, edition=edition)
        return copy.value

    def _own_copy(self, key: Key) -> Copy | None:
        copy = self._copies.get(key.group.name, {}).get(key.field) if self._line.is_up else None
        is_good = copy is not None and copy.good_until > time.time()
        count_cache(layer="process", key=key.group.kind.value, result="hit" if is_good else "miss")
        return copy if is_good else None

    def _shared_copy(self, key: Key) -> tuple[str | None, Copy | None]:
        """Return the group's mark (None: do not store) and the copy that all workers share, if there is one."""
        client = self._reachable() if self._line.is_up else None
        if client is None:
            return None, None
        name = prefix(self._line.era) + key.group.name
        try:
            with client.pipeline(transaction=True) as pipe:
                pipe.get(f"{name}:mark")
                pipe.hget(name, key.field)
                mark, text = pipe.execute()
            copy = Copy(*json.loads(text)) if text else None
        except (redis.RedisError, OSError, ValueError, TypeError) as error:
            self._note_outage(error)
            return None, None
        is_good = copy is not None and copy.good_until > time.time()
        count_cache(layer="valkey", key=key.group.kind.value, result="hit" if is_good else "miss")
        return (mark or b"").decode(), copy if is_good else None

    def _share(self, key: Key, copy: Copy, *, mark: str) -> None:
        client = self._reachable()
        if client is None:
            return
        name = prefix(self._line.era) + key.group.name
        milliseconds = max(1, int((copy.good_until - time.time()) * 1000))
        try:
            client.eval(STORE, 1, name, mark, key.field, json.dumps(copy), milliseconds)
        except (redis.RedisError, OSError) as error:
            self._note_outage(error)

    def _keep(self, key: Key, copy: Copy, *, edition: Edition) -> None:
        with self._guard:
            # Dropped since the load began: what was loaded may be stale.
            if not self._line.is_up or self._edition(key.group) != edition:
                return
            if self._count >= MOST_COPIES:
                self._copies.clear()
                self._count = 0
            group = self._copies.setdefault(key.group.name, {})
            self._count += key.field not in group
            group[key.field] = copy

    def _edition(self, group: Group) -> Edition:
        return self._breaks, self._drops.get(group.name, 0)

    def _forget(self, names: Iterable[str]) -> None:
        with self._guard:
            for name in names:
                self._drops[name] = self._drops.get(name, 0) + 1
                self._count -= len(self._copies.pop(name, ()))
            if len(self._drops) > MOST_COPIES:
                self._breaks += 1
                self._drops.clear()

    def _forget_all(self) -> None:
        with self._guard:
            self._breaks += 1
            self._drops.clear()
            self._copies.clear()
            self._count = 0

    def _reachable(self) -> redis.Redis | None:
        if time.monotonic() < self._out_until:
            return None
        if self._client is None:
            self._client = redis.Redis.from_url(
                self._line.url, socket_timeout=COMMAND_SECONDS, socket_connect_timeout=COMMAND_SECONDS, retry=None
            )
        return self._client

    def _note_outage(self, error: Exception) -> None:
        # Asked again a second later: an unreachable server may not cost every caller its time.
        self._out_until = time.monotonic() + OUTAGE_SECONDS
        _log.warning("cache not reachable", error=type(error).__name__)


@lru_cache(maxsize=1)
def cache() -> Cache:
    """Return this process's cache."""
    return Cache(settings().redis_url)

"""Live updates: what one process commits, the boards of every web worker see at once.

    publish(clinic_id, location_id, day, version)         # any process, after its commit; never raises
    publish(..., whose=[practitioner_id])                 # the same when nobody else's column of the day has changed
    publish_clinic(clinic_id)                             # the same for what is of no one day, such as the waitlist
    publish_patient(clinic_id, patient_id)                # the same for what was added to a patient's file
    stop = live().watch((clinic_id, location_id, day), wake)   # a web worker; `wake()` runs on its loop
    stop = live().watch_columns((clinic_id, location_id, day), wake)   # `wake(whose)`: whose columns, none for all
    stop = live().watch_clinic(clinic_id, wake)           # whatever changes in the clinic
    await live().run()                                    # once a web worker, for as long as it lives

Ids only travel, never patient data: who is woken reads again. A worker that has lost its subscription
wakes its boards every five seconds instead, and once more when it is back, so that nothing is missed.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Collection
from datetime import date
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

import redis
import redis.asyncio
import structlog

from app.settings import settings

CHANNEL = "holdfast:live"
POLL_SECONDS = 5.0
# Asked after this much silence; the same again without an answer means that the line is dead.
SILENCE_SECONDS = 2.0
RETRY_SECONDS = 1.0
PUBLISH_SECONDS = 0.5
# So many changes pile up only in a long outage, in which every worker has lost its line and polls.
LONGEST_BACKLOG = 1000
# No board shows it.
NO_DAY = date.min

Topic = tuple[UUID, UUID, date]
Waker = Callable[[], None]
# Practitioners whose columns of a day have changed; none is the whole day.
Whose = frozenset[UUID]
WHOLE_DAY: Whose = frozenset()
Key = TypeVar("Key")
T = TypeVar("T")

_log = structlog.get_logger(__name__)
_outage = {"until": 0.0}
_unsent: dict[Topic, int] = {}


def publish(
    clinic_id: UUID, location_id: UUID, day: date, version: int, *, whose: Collection[UUID] = WHOLE_DAY
) -> bool:
    """Tell every web worker that a day has changed; an unreachable Valkey costs half a second, once.

    What could not be told is told with the next change: a worker whose own line held does not poll.
    """
    if not settings().redis_url:
        return False
    news = {(clinic_id, location_id, day): version}
    if time.monotonic() < _outage["until"]:
        _keep(news)
        return False
    with contextlib.suppress(KeyError):
        while True:
            topic, older = _unsent.popitem()
            # What else of the day has changed is not kept.
            whose = whose if topic not in news else WHOLE_DAY
            news.setdefault(topic, older)
    try:
        _send(news, whose={(clinic_id, location_id, day): whose})
    except (redis.RedisError, OSError) as error:
        # The commit stands whatever happens here; boards find the change when they poll.
        _outage["until"] = time.monotonic() + RETRY_SECONDS
        _keep(news)
        _log.warning("live update not published", error=type(error).__name__)
        return False
    return True


def publish_clinic(clinic_id: UUID) -> bool:
    """Tell who watches the clinic of a change that is of no location and no day."""
    return publish(clinic_id, clinic_id, NO_DAY, 0)


def publish_patient(clinic_id: UUID, patient_id: UUID) -> bool:
    """Tell who has the patient's file open of a change in it; nobody else is woken."""
    return publish(*topic_of_patient(clinic_id, patient_id), 0)


def topic_of_patient(clinic_id: UUID, patient_id: UUID) -> Topic:
    """Return what stands for a patient's file among the days: ids are never used twice."""
    return clinic_id, patient_id, NO_DAY


def _keep(news: dict[Topic, int]) -> None:
    if len(_unsent) < LONGEST_BACKLOG:
        _unsent.update(news)


def _send(news: dict[Topic, int], *, whose: dict[Topic, Collection[UUID]]) -> None:
    line = _publisher(settings().redis_url).pipeline(transaction=False)
    for topic, version in news.items():
        clinic_id, location_id, day = topic
        columns = [str(one) for one in whose.get(topic, WHOLE_DAY)]
        line.publish(CHANNEL, json.dumps([str(clinic_id), str(location_id), day.isoformat(), version, *columns]))
    line.execute()


@lru_cache(maxsize=4)
def _publisher(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PUBLISH_SECONDS, socket_connect_timeout=PUBLISH_SECONDS, retry=None)


class LiveUpdates:
    """One worker's subscription and the boards that it wakes."""

    def __init__(self, url: str, *, poll_seconds: float = POLL_SECONDS) -> None:
        self.url = url
        self.poll_seconds = poll_seconds
        self.is_connected = False
        self._wakers: dict[Topic, set[Callable[[Whose], None]]] = {}
        self._of_clinics: dict[UUID, set[Waker]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, topic: Topic, wake: Waker) -> Callable[[], None]:
        """Call `wake` whenever the day changes, until the returned function is called."""
        return self.watch_columns(topic, lambda _whose: wake())

    def watch_columns(self, topic: Topic, wake: Callable[[Whose], None]) -> Callable[[], None]:
        """Call `wake` whenever the day changes with whose columns have changed, or with nobody when all may have."""
        return _put(self._wakers, topic, wake)

    def watch_clinic(self, clinic_id: UUID, wake: Waker) -> Callable[[], None]:
        """Call `wake` whenever anything in the clinic changes, until the returned function is called."""
        return _put(self._of_clinics, clinic_id, wake)

    def ensure_running(self) -> None:
        """Start the subscription of this worker on the running loop, unless it runs already."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self.run(), name="holdfast-live-updates")

    async def run(self) -> None:
        """Listen for as long as the worker lives; while the line is down, wake every board now and then."""
        poller = asyncio.create_task(self._poll(), name="holdfast-live-polling")
        try:
            while True:
                with contextlib.suppress(redis.RedisError, OSError, TimeoutError):
                    await self._listen()
                if self.is_connected:
                    self.is_connected = False
                    _log.warning("live updates lost, boards poll")
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            poller.cancel()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self.poll_seconds)
            if not self.is_connected:
                self._wake_all()

    async def _listen(self) -> None:
        client = redis.asyncio.Redis.from_url(self.url, socket_connect_timeout=SILENCE_SECONDS, retry=None)
        async with client, client.pubsub() as line:
            await line.subscribe(CHANNEL)
            is_asked = False
            while True:
                message = await line.get_message(timeout=SILENCE_SECONDS)
                if message is None and is_asked:
                    raise TimeoutError
                is_asked = message is None
                if message is None:
                    await line.ping()
                else:
                    self._take(message)

    def _take(self, message: dict[str, object]) -> None:
        if message["type"] == "subscribe":
            self.is_connected = True
            # What was published while nobody listened is gone: everybody reads once.
            self._wake_all()
        elif message["type"] == "message":
            self._wake(str(message["data"], "utf-8"))  # type: ignore[call-overload]

    def _wake(self, text: str) -> None:
        try:
            clinic, location, day, _version, *columns = json.loads(text)
            topic = (UUID(clinic), UUID(location), date.fromisoformat(day))
            whose = frozenset(UUID(one) for one in columns)
        except (ValueError, TypeError):
            _log.warning("live update not understood")
            return
        for show in tuple(self._wakers.get(topic, ())):
            show(whose)
        if day == NO_DAY.isoformat() and location != clinic:
            # A file, which no page of the whole clinic shows.
            return
        for wake in tuple(self._of_clinics.get(topic[0], ())):
            wake()

    def _wake_all(self) -> None:
        for shows in tuple(self._wakers.values()):
            for show in tuple(shows):
                show(WHOLE_DAY)
        for wakers in tuple(self._of_clinics.values()):
            for wake in tuple(wakers):
                wake()


def _put(wakers: dict[Key, set[T]], key: Key, wake: T) -> Callable[[], None]:
    wakers.setdefault(key, set()).add(wake)

    def stop() -> None:
        left = wakers.get(key, set())
        left.discard(wake)
        if not left:
            wakers.pop(key, None)

    return stop


@lru_cache(maxsize=1)
def live() -> LiveUpdates:
    """Return this worker's live updates."""
    return LiveUpdates(settings().redis_url)

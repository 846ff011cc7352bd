"""The queues that this worker's tabs follow: each is read once for all of them, when it changes and as time passes.

    await show(tab, principal, place=place, read=read_queue)   # now, and from then on whatever changes
    leave(client)                                              # the tab shows something else

A location's queue is always today's: at midnight its tabs go on with the new day. Every push asks first who is
looking; a push is no activity. Nobody's name is kept: a tab remembers only a mark of what it was sent.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.errors import ClinicError
from app.infra.executor import run
from app.infra.live import live
from app.services.clock import utc_now
from app.services.places import Place
from models.db import transaction
from models.principal import Principal

logger = logging.getLogger(__name__)

# A burst of changes is read at most this often; well within the second that a change may take.
PAUSE_SECONDS = 0.15
RETRY_SECONDS = 1.0
# Waits grow and turns come though nobody does anything.
TICK_SECONDS = 20.0

Read = Callable[..., Any]
Topic = tuple[str, UUID, UUID]


@dataclass(slots=True)
class Tab:
    """One page that follows a queue: how to show it, and how to ask who is looking."""

    client: str
    show: Callable[[Any], Awaitable[None]]
    is_open: Callable[[], bool]
    who: Callable[[], Awaitable[Principal | None]]
    turn_away: Callable[[], Awaitable[None]]
    mark: int = 0


class LiveQueue:
    """Today at one location, read in one way."""

    def __init__(self, clinic_id: UUID, place: Place, read: Read) -> None:
        self.clinic_id, self.place, self.read = clinic_id, place, read
        self.tabs: dict[str, Tab] = {}
        self._woken = asyncio.Event()
        self._lock = asyncio.Lock()
        self._watched: date | None = None
        self._unwatch: Callable[[], None] = lambda: None

    def watch_today(self) -> None:
        """Be woken by the changes of today, whichever day that is by now."""
        today = self.place.today(utc_now())
        if today != self._watched:
            self._unwatch()
            self._unwatch = live().watch((self.clinic_id, self.place.id, today), self._woken.set)
            self._watched = today

    def stop(self) -> None:
        """Be woken no more."""
        self._unwatch()

    async def show(self, tab: Tab, principal: Principal) -> None:
        """Send the queue as it is to a new tab."""
        self.tabs[tab.client] = tab
        async with self._lock:
            await _send(tab, await run(self._read, principal))

    async def follow(self) -> None:
        """Send what changes for as long as a tab is there."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), TICK_SECONDS)
            self._woken.clear()
            self.watch_today()
            try:
                await self._refresh()
            except ClinicError:
                # Too busy, or the database is away: what is shown stands until it can be read.
                await self._again()
            except Exception:
                logger.exception("a queue could not be read")
                await self._again()
            if not self.tabs:
                leave("")
            await asyncio.sleep(PAUSE_SECONDS)

    def wake(self) -> None:
        """Read again at once."""
        self._woken.set()

    async def _again(self) -> None:
        await asyncio.sleep(RETRY_SECONDS)
        self._woken.set()

    async def _refresh(self) -> None:
        async with self._lock:
            allowed = await self._allowed()
            if not allowed:
                return
            found = await run(self._read, allowed[0][1])
            for tab, _ in allowed:
                await _send(tab, found)

    async def _allowed(self) -> list[tuple[Tab, Principal]]:
        allowed = []
        for tab in tuple(self.tabs.values()):
            if not tab.is_open():
                self.tabs.pop(tab.client, None)
                continue
            principal = await tab.who()
            if principal is None:
                self.tabs.pop(tab.client, None)
                await tab.turn_away()
                continue
            allowed.append((tab, principal))
        return allowed

    def _read(self, principal: Principal) -> Any:
        with transaction(principal) as session:
            return self.read(session, principal, place=self.place, now=utc_now())


_queues: dict[Topic, LiveQueue] = {}
_tasks: dict[Topic, asyncio.Task[None]] = {}


async def show(tab: Tab, principal: Principal, *, place: Place, read: Read) -> None:
    """Show a location's queue in a tab, instead of what it showed in this way before, and keep it up to date."""
    leave(tab.client, read=read)
    topic = (read.__name__, principal.clinic_id, place.id)
    if topic not in _queues:
        live().ensure_running()
        queue = _queues[topic] = LiveQueue(principal.clinic_id, place, read)
        queue.watch_today()
        _tasks[topic] = asyncio.get_running_loop().create_task(queue.follow(), name="holdfast-queue")
    await _queues[topic].show(tab, principal)


def wake(clinic_id: UUID, location_id: UUID) -> None:
    """Read a location's queues again at once, for a change that was made in this worker."""
    for (_, clinic, location), queue in tuple(_queues.items()):
        if (clinic, location) == (clinic_id, location_id):
            queue.wake()


def leave(client: str, *, read: Read | None = None) -> None:
    """Stop sending to a tab; closed tabs, and queues that nobody follows any more, are let go as well."""
    for topic, queue in tuple(_queues.items()):
        if read is None or queue.read is read:
            queue.tabs.pop(client, None)
        for tab in tuple(queue.tabs.values()):
            if not tab.is_open():
                queue.tabs.pop(tab.client, None)
        if not queue.tabs and not queue._lock.locked():
            queue.stop()
            del _queues[topic]
            _tasks.pop(topic).cancel()


async def _send(tab: Tab, found: Any) -> None:
    mark = hash(repr(found))
    if mark != tab.mark:
        tab.mark = mark
        await tab.show(found)

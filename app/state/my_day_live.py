"""The practitioners' days that this worker's tabs follow: each is read again when one of its places changes.

    await follow(tab, clinic_id, places)     # now, from then on whatever changes, and as waits grow
    wake(clinic_id)                          # at once, for a change that was made in this worker

A tab shows today: at midnight it goes on with the new day. Who is looking is asked before every push (Tab.show).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.errors import ClinicError
from app.infra.live import live
from app.services.clock import utc_now
from app.services.places import Place

logger = logging.getLogger(__name__)

# A burst of changes is read at most this often; well within the second that a change may take.
PAUSE_SECONDS = 0.15
RETRY_SECONDS = 1.0
# Waits grow and gaps pass though nobody does anything.
TICK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Tab:
    """One page that shows a day: how to read and show it again, False once nobody may look any more."""

    client: str
    show: Callable[[], Awaitable[bool]]
    is_open: Callable[[], bool]


class FollowedDay:
    """Today at one practitioner's locations, for one tab."""

    def __init__(self, tab: Tab, clinic_id: UUID, places: Sequence[Place]) -> None:
        self.tab, self.clinic_id, self.places = tab, clinic_id, tuple(places)
        self._woken = asyncio.Event()
        self._watched: dict[Place, tuple[date, Callable[[], None]]] = {}

    def watch_today(self) -> None:
        """Be woken by the changes of today, whichever day that is by now."""
        for place in self.places:
            today = place.today(utc_now())
            watched, stop = self._watched.get(place, (None, lambda: None))
            if watched != today:
                stop()
                self._watched[place] = (today, live().watch((self.clinic_id, place.id, today), self._woken.set))

    def stop(self) -> None:
        """Be woken no more."""
        for _, stop in self._watched.values():
            stop()

    def wake(self) -> None:
        """Read again at once."""
        self._woken.set()

    async def follow(self) -> None:
        """Show what changes for as long as the tab is open and its reader may look."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), TICK_SECONDS)
            self._woken.clear()
            self.watch_today()
            if not (self.tab.is_open() and await self._shown()):
                leave(self.tab.client)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _shown(self) -> bool:
        try:
            return await self.tab.show()
        except ClinicError:
            # Too busy, or the database is away: what is shown stands until it can be read.
            pass
        except Exception:
            logger.exception("a practitioner's day could not be read")
        await asyncio.sleep(RETRY_SECONDS)
        self._woken.set()
        return True


_days: dict[str, tuple[FollowedDay, asyncio.Task[None]]] = {}


async def follow(tab: Tab, clinic_id: UUID, places: Sequence[Place]) -> None:
    """Show a day in a tab, instead of what it showed before, and keep it up to date."""
    leave(tab.client)
    for client in [client for client, (other, _) in _days.items() if not other.tab.is_open()]:
        leave(client)
    live().ensure_running()
    day = FollowedDay(tab, clinic_id, places)
    day.watch_today()
    _days[tab.client] = (day, asyncio.get_running_loop().create_task(day.follow(), name="holdfast-own-day"))
    await tab.show()


def wake(clinic_id: UUID) -> None:
    """Read the clinic's days again at once, for a change that was made in this worker."""
    for day, _ in tuple(_days.values()):
        if day.clinic_id == clinic_id:
            day.wake()


def leave(client: str) -> None:
    """Show a tab nothing more."""
    if client in _days:
        day, task = _days.pop(client)
        day.stop()
        task.cancel()

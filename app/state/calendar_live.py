"""The spans of days that this worker's tabs show: a tab gets its days once, then each day that changes, whole.

    await show(tab, principal, sight=sight)      # the days now, and from then on what changes of them
    leave(client)                                # the tab shows something else

Each tab has filters of its own, so each reads for itself; a change reads the one day that it lies in. Where there
would be more cards than anybody can look at, only counts are read and sent: by practitioner, but for a month.
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from app.errors import ClinicError
from app.infra.executor import run
from app.infra.live import live
from app.services.audit.record import board_view_at, viewed_board
from app.services.board.span import (
    DayCount,
    PlaceDay,
    Whose,
    count_cards,
    days_of,
    read_cards,
    read_counts,
    read_counts_by_person,
)
from app.services.clock import utc_now
from app.services.places import Place
from app.state.live_tab import Tab, may_look
from models.db import transaction
from models.principal import Principal

logger = logging.getLogger(__name__)

# A burst of bookings is read at most this often; well within the second that a change may take.
PAUSE_SECONDS = 0.25
RETRY_SECONDS = 1.0
# The browser draws the last message only, so each one repeats what a slow one may have skipped.
TAIL_SECONDS = 5.0
# More cards than these are no view any more; a month is always counted.
MOST_CARDS = {"week": 400, "list": 800, "month": 0}


@dataclass(frozen=True, slots=True)
class Sight:
    """What a tab looks at; `view` is week, list or month."""

    view: str
    places: tuple[Place, ...]
    first: date
    length: int
    whose: Whose

    def wanted(self, days: Iterable[date] | None = None) -> list[PlaceDay]:
        """Return its days at all its places, or some of these days."""
        every = days_of(self.places, first=self.first, length=self.length)
        return every if days is None else [(place, day) for place, day in every if day in set(days)]


class LiveSpan:
    """One tab's days."""

    def __init__(self, tab: Tab, sight: Sight) -> None:
        self.tab, self.sight = tab, sight
        self.key = secrets.token_hex(6)
        self.seq = 0
        self._is_counted = True
        self._marks: dict[date, int] = {}
        self._sizes: dict[date, int] = {}
        self._dirty: set[date] = set()
        self._tail: deque[tuple[float, int, dict[str, Any]]] = deque(maxlen=30)
        self._woken = asyncio.Event()
        self._lock = asyncio.Lock()

    def wake(self, day: date) -> None:
        """Have a day read again soon."""
        self._dirty.add(day)
        self._woken.set()

    async def show(self, principal: Principal) -> None:
        """Send all days as they are."""
        async with self._lock:
            await self._show(principal)

    async def _show(self, principal: Principal) -> None:
        self._dirty.clear()
        days = await run(self._read_all, principal)
        self._take(days)
        self.seq += 1
        self._tail.clear()
        sight = self.sight
        zone = sight.places[0].timezone
        frame = {"view": sight.view, "first": sight.first.isoformat(), "length": sight.length, "zone": zone}
        kind = "counts" if self._is_counted else "cards"
        now = int(utc_now().timestamp() * 1000)
        message = {"span": self.key, "seq": self.seq, "frame": frame, "kind": kind, "days": _named(days), "now": now}
        await self.tab.send(message)

    async def follow(self) -> None:
        """Send what changes for as long as the tab is there and may look."""
        while self.tab.is_open():
            await self._woken.wait()
            self._woken.clear()
            days = set(self._dirty)
            try:
                async with self._lock:
                    if not await self._refresh():
                        break
            except ClinicError:
                # Too busy, or the database is away: what is shown stands until it can be read.
                await self._again(days)
            except Exception:
                logger.exception("a calendar could not be read")
                await self._again(days)
            await asyncio.sleep(PAUSE_SECONDS)
        if _spans.get(self.tab.client) is self:
            leave(self.tab.client)

    async def _again(self, days: set[date]) -> None:
        self._dirty |= days
        self._woken.set()
        await asyncio.sleep(RETRY_SECONDS)

    async def _refresh(self) -> bool:
        """Read what was touched and send what differs; return whether the tab may look on."""
        principal = await self.tab.who()
        if not self.tab.is_open():
            return False
        if principal is None or not may_look(principal, self.sight.places):
            await self.tab.turn_away()
            return False
        days, self._dirty = self._dirty, set()
        found = await run(self._read, principal, self.sight.wanted(days))
        if self._is_counted != self._is_too_much({**self._sizes, **_sizes(found)}):
            await self._show(principal)
            return True
        changed = {day: payload for day, payload in found.items() if self._marks.get(day) != _mark(payload)}
        if changed:
            self._take(changed)
            await self._send(_named(changed))
        return True

    async def _send(self, days: dict[str, Any]) -> None:
        now = time.monotonic()
        self.seq += 1
        self._tail.append((now, self.seq, days))
        while now - self._tail[0][0] > TAIL_SECONDS:
            self._tail.popleft()
        merged: dict[str, Any] = {}
        for _, _, one in self._tail:
            merged |= one
        await self.tab.send({"span": self.key, "seq": self.seq, "base": self._tail[0][1] - 1, "days": merged})

    def _take(self, found: dict[date, Any]) -> None:
        self._marks |= {day: _mark(payload) for day, payload in found.items()}
        self._sizes |= _sizes(found)

    def _is_too_much(self, sizes: dict[date, int]) -> bool:
        return sum(sizes.values()) > MOST_CARDS[self.sight.view] or self.sight.view == "month"

    def _read_all(self, principal: Principal) -> dict[date, Any]:
        wanted, most = self.sight.wanted(), MOST_CARDS[self.sight.view]
        self._is_counted = self.sight.view == "month"
        if not self._is_counted:
            count = partial(count_cards, wanted=wanted, whose=self.sight.whose, with_ended=self._with_ended)
            with transaction(principal) as session:
                self._is_counted = count(session, principal, now=utc_now()) > most
        return self._read(principal, wanted)

    def _read(self, principal: Principal, wanted: list[PlaceDay]) -> dict[date, Any]:
        now = utc_now()
        asked: dict[str, Any] = {"wanted": wanted, "whose": self.sight.whose, "now": now}
        with transaction(principal) as session:
            if self.sight.view == "month":
                counts = read_counts(session, principal, **asked)
                return {day: _figures([one]) for day, one in counts.items()}
            if self._is_counted:
                people = read_counts_by_person(session, principal, **asked)
                return {day: [*_figures(found.values()), _by_person(found)] for day, found in people.items()}
            self._record(session, principal)
            return dict(read_cards(session, principal, with_ended=self._with_ended, **asked))

    def _record(self, session: Any, principal: Principal) -> None:
        """Write that names were seen: each day's board once a quarter of an hour."""
        now = utc_now()
        quarter = board_view_at(now)
        if self.tab.quarter != quarter:
            for place, day in self.sight.wanted():
                viewed_board(session, principal, location_id=place.id, day=day, now=now)
            self.tab.quarter = quarter

    @property
    def _with_ended(self) -> bool:
        return self.sight.view == "list"


_spans: dict[str, LiveSpan] = {}
_stops: dict[str, Callable[[], None]] = {}


async def show(tab: Tab, principal: Principal, *, sight: Sight) -> None:
    """Show days in a tab, instead of what it showed before, and keep them up to date."""
    leave(tab.client)
    live().ensure_running()
    span = _spans[tab.client] = LiveSpan(tab, sight)
    # Watched before the first read, so that no change falls between the two.
    stops = [
        live().watch((principal.clinic_id, place.id, day), partial(span.wake, day)) for place, day in sight.wanted()
    ]
    task = asyncio.get_running_loop().create_task(span.follow(), name="holdfast-calendar")

    def stop() -> None:
        for one in stops:
            one()
        if task is not asyncio.current_task():
            task.cancel()

    _stops[tab.client] = stop
    await span.show(principal)


def leave(client: str) -> None:
    """Stop sending to a tab; tabs that were closed are let go as well."""
    gone = [one for one, span in _spans.items() if one == client or not span.tab.is_open()]
    for one in gone:
        _spans.pop(one, None)
        _stops.pop(one, lambda: None)()


def _named(days: dict[date, Any]) -> dict[str, Any]:
    return {day.isoformat(): payload for day, payload in days.items()}


def _sizes(found: dict[date, Any]) -> dict[date, int]:
    """Return how many cards each day is, or would be."""
    return {day: payload[0] if _is_count(payload) else len(payload) for day, payload in found.items()}


def _is_count(payload: list[Any]) -> bool:
    return bool(payload) and isinstance(payload[0], int)


def _figures(counts: Iterable[DayCount]) -> list[int]:
    """Return the appointments, the taken places and all places, together."""
    columns = zip(*((one.appointments, one.taken, one.places) for one in counts), strict=True)
    return [sum(column) for column in columns] or [0, 0, 0]


def _by_person(found: dict[UUID, DayCount]) -> dict[str, list[int]]:
    return {str(practitioner_id): _figures([count]) for practitioner_id, count in found.items()}


def _mark(payload: list[Any]) -> int:
    # Tells whether a day has changed, without keeping anybody's name.
    return hash(repr(payload))

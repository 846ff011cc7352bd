"""The boards that this worker's tabs show: each day is read once for all of them and sent as changes.

    await show(tab, principal, place=place, day=day)     # the day now, its changes from then on
    leave(client)                                        # the tab shows something else

A tab gets the day once, then numbered changes by card (app/state/live_day.py). A change that names its practitioners
has only their columns read; what else it may have touched is found when the whole day is read soon after. Every push
asks the session table first; a push is no activity.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from app.errors import ClinicError
from app.infra.executor import run
from app.infra.live import WHOLE_DAY, Whose, live
from app.services.audit.record import board_view_at, viewed_board
from app.services.board.cards import Print
from app.services.board.columns import ColumnsRead, read_columns
from app.services.board.read import DayRead, read_day
from app.services.booking.answer import Change
from app.services.clock import utc_now
from app.services.places import Place
from app.state.live_day import LiveDay
from app.state.live_tab import Tab, may_look
from models.db import transaction
from models.principal import Principal

logger = logging.getLogger(__name__)

# A burst of bookings is read at most this often; well within the second that a change may take.
PAUSE_SECONDS = 0.15
# Columns cost little to read.
COLUMNS_PAUSE_SECONDS = 0.03
# The desk where something was done shows it first: what comes after it would have its browser draw twice.
HEAD_START_SECONDS = 0.02
RETRY_SECONDS = 1.0
# After a look at columns the whole day is read, once for all that happened meanwhile.
WHOLE_SECONDS = 3.0


class LiveBoard:
    """One day of one location."""

    def __init__(self, place: Place, day: date) -> None:
        self.place, self.day = place, day
        self.tabs: dict[str, Tab] = {}
        # Tabs that are about to be shown the day: with one of them the board is not let go.
        self.coming = 0
        self._told = LiveDay(f"{place.id}/{day}")
        # What is to be read: the columns of these, or the whole day by then.
        self._whose: set[UUID] = set()
        self._whole_at: float | None = None
        self._woken = asyncio.Event()
        self._lock = asyncio.Lock()

    def wake(self, whose: Whose = WHOLE_DAY) -> None:
        """Have these practitioners' columns read again at once, or without any the whole day."""
        self._whose |= whose
        if not whose:
            self._whole_at = time.monotonic()
        self._woken.set()

    @property
    def columns(self) -> list[list[str]]:
        """The day's practitioners as they stand on the board: id, name, specialty."""
        return list(self._told.frame.get("columns", []))

    async def show(self, tab: Tab, principal: Principal) -> None:
        """Send the day as it is to a new tab, and what that look found out to the others."""
        self.coming += 1
        try:
            async with self._lock:
                news = await self._read(principal, known={}, tab=tab)
                message = self._taken(news)
                async for other, _ in self._allowed():
                    if message is not None:
                        await other.send(message)
                self.tabs[tab.client] = tab
                await tab.send(self._told.whole(news))
        finally:
            self.coming -= 1

    async def follow(self) -> None:
        """Send changes for as long as a tab is there."""
        while True:
            whose = await self._news()
            if whose:
                await asyncio.sleep(HEAD_START_SECONDS)
            try:
                await self.refresh(whose)
            except ClinicError:
                # Too busy, or the database is away: what is shown stands until it can be read.
                await self._again()
            except Exception:
                logger.exception("a board could not be read")
                await self._again()
            if not self.tabs:
                leave("")
            await asyncio.sleep(COLUMNS_PAUSE_SECONDS if whose else PAUSE_SECONDS)

    async def _news(self) -> Whose:
        """Wait until something is to be read again, and return whose columns; nobody's when the whole day is due."""
        left = None if self._whole_at is None else max(0.0, self._whole_at - time.monotonic())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), left)
        self._woken.clear()
        whose, self._whose = frozenset(self._whose), set()
        if self._whole_at is None:
            self._whole_at = time.monotonic() + WHOLE_SECONDS
        elif self._whole_at <= time.monotonic():
            self._whole_at, whose = None, WHOLE_DAY
        return whose

    async def _again(self) -> None:
        self.wake()
        await asyncio.sleep(RETRY_SECONDS)

    async def refresh(self, whose: Whose = WHOLE_DAY, *, first: str = "") -> None:
        """Read the columns of these or the whole day again, and send what differs to the tabs that may still look.

        Each is sent it as soon as its session was asked for, the tab `first` before all others.
        """
        async with self._lock:
            message, is_read = None, False
            async for tab, principal in self._allowed(first):
                if not is_read:
                    message, is_read = await self._look(principal, whose), True
                if message is not None:
                    await tab.send(message)

    async def _look(self, principal: Principal, whose: Whose) -> dict[str, Any] | None:
        """Read again and return what the tabs lack now, if anything."""
        columns = await run(self._read_columns, principal, whose) if whose else None
        if columns is not None:
            return self._told.changes() if self._told.take_columns(whose, columns) else None
        news = await self._read(principal, known=self._told.prints)
        if not self._told.has_shape_of(news):
            news = await self._read(principal, known={})
        return self._taken(news)

    def _taken(self, news: DayRead) -> dict[str, Any] | None:
        """Remember a day; return what the tabs lack: changes by card, or the whole day when the columns are others."""
        is_same_shape, has_news = self._told.has_shape_of(news), self._told.take(news)
        if is_same_shape:
            return self._told.changes() if has_news else None
        self._told.start_again()
        return self._told.whole(news)

    async def _allowed(self, first: str = "") -> AsyncIterator[tuple[Tab, Principal]]:
        for tab in sorted(self.tabs.values(), key=lambda one: one.client != first):
            if not tab.is_open():
                self.tabs.pop(tab.client, None)
                continue
            principal = await tab.who()
            if principal is None or not may_look(principal, [self.place]):
                self.tabs.pop(tab.client, None)
                await tab.turn_away()
                continue
            if tab.quarter != board_view_at(utc_now()):
                await run(self._record, principal, tab)
            yield tab, principal

    async def _read(self, principal: Principal, *, known: Mapping[str, Print], tab: Tab | None = None) -> DayRead:
        return await run(self._read_now, principal, known, tab)

    def _read_now(self, principal: Principal, known: Mapping[str, Print], tab: Tab | None) -> DayRead:
        now = utc_now()
        if tab is not None:
            self._record(principal, tab)
        with transaction(principal) as session:
            return read_day(session, principal, place=self.place, day=self.day, known=known, now=now)

    def _read_columns(self, principal: Principal, whose: Whose) -> ColumnsRead | None:
        asked: dict[str, Any] = {"frame": self._told.frame, "known": self._told.prints, "now": utc_now()}
        with transaction(principal) as session:
            return read_columns(session, principal, place=self.place, day=self.day, whose=whose, **asked)

    def _record(self, principal: Principal, tab: Tab) -> None:
        now = utc_now()
        with transaction(principal) as session:
            viewed_board(session, principal, location_id=self.place.id, day=self.day, now=now)
        tab.quarter = board_view_at(now)


_boards: dict[tuple[UUID, UUID, date], LiveBoard] = {}
_stops: dict[tuple[UUID, UUID, date], Callable[[], None]] = {}


async def show(tab: Tab, principal: Principal, *, place: Place, day: date) -> list[list[str]]:
    """Show a day in a tab, instead of what it showed before, and keep it up to date; return its columns."""
    leave(tab.client)
    board = _board(principal.clinic_id, place, day)
    await board.show(tab, principal)
    # The line may have been down, or the commit fallen between the read and here.
    if not live().is_connected:
        board.wake()
    return board.columns


async def bring(client: str, changes: Sequence[Change]) -> None:
    """Show what was just done in a tab: there before its handler answers, then to the others of this worker."""
    boards: defaultdict[tuple[UUID, UUID, date], set[UUID]] = defaultdict(set)
    for change in changes:
        boards[change.clinic_id, change.location_id, change.day].add(change.practitioner_id)
    for topic, whose in boards.items():
        board = _boards.get(topic)
        if board is None:
            continue
        try:
            await board.refresh(frozenset(whose), first=client)
        except ClinicError:
            # The deed is done and stands: the board reads as soon as it can.
            board.wake()


def leave(client: str) -> None:
    """Stop sending to a tab; closed tabs, and days that nobody looks at any more, are let go as well."""
    for topic, board in tuple(_boards.items()):
        board.tabs.pop(client, None)
        for tab in tuple(board.tabs.values()):
            if not tab.is_open():
                board.tabs.pop(tab.client, None)
        if not board.tabs and not board.coming and not board._lock.locked():
            _stops.pop(topic)()
            del _boards[topic]


def _board(clinic_id: UUID, place: Place, day: date) -> LiveBoard:
    topic = (clinic_id, place.id, day)
    if topic not in _boards:
        live().ensure_running()
        board = _boards[topic] = LiveBoard(place, day)
        stop_watching = live().watch_columns(topic, board.wake)
        task = asyncio.get_running_loop().create_task(board.follow(), name=f"holdfast-board-{day}")

        def stop() -> None:
            stop_watching()
            task.cancel()

        _stops[topic] = stop
    return _boards[topic]

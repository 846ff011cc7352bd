"""The door of the API: as many requests inside as can be answered within the wait, as many in a line before it as
can be let in within seconds; the others are told when to come.

Whoever stands in the line costs only an open connection; it sees to it that we are never idle while those who were
turned away are still on their way, however wrong they were told.
Whoever is turned away costs next to nothing, for nothing was read yet. Each is promised a moment of their own: the
crowd's answers are spread over the seconds that they take, so that nobody comes back in vain, and no second crowd
comes in the place of the first. How fast we are is measured at the door itself, by who leaves while others wait.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from math import ceil

from app.errors import Overloaded
from app.settings import settings

# Until it is measured, and how much one slice of time says about all: many leave in the same moment when a crowd is
# refused together. The more come in a slice, the less it says: it went into them.
FIRST_PACE_SECONDS, WEIGHT, SLICE_SECONDS = 0.003, 0.3, 0.2
# A pause between departures that is longer than this was idleness or a hiccup, no pace.
LONGEST_PACE_SECONDS = 0.25
# Who would have to wait longer than this comes back somewhere in the later half of it: all at once would be a crowd.
LONGEST_PAUSE_SECONDS = 20
# Who comes a little early stands in the line; while nobody comes, we would stand idle.
EARLY = 0.35
# How long anybody stands in the line, as far as we know then, and at the very most.
LINE_SECONDS, LONGEST_IN_LINE_SECONDS = 15.0, 25.0


class Door:
    """One process's door; only its event loop passes through, so nothing is locked."""

    def __init__(
        self,
        *,
        threads: int,
        wait_seconds: float,
        line_seconds: float = LINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.inside = 0
        self.pace_seconds = FIRST_PACE_SECONDS
        self._always = 2 * threads
        self._threads = threads
        self._wait_seconds = wait_seconds
        self._line_seconds = line_seconds
        self._clock = clock
        self._last_left = self._slice_began = clock()
        self._left_in_slice = self._came_in_slice = 0
        # Who stands in the line, and since when.
        self._line: deque[tuple[float, asyncio.Future[None]]] = deque()
        # When those who are away come back.
        self._promises: list[float] = []
        self._last_promise = clock()

    @property
    def is_pressed(self) -> bool:
        """Whether courtesies are left out: those inside wait long, or somebody who was turned away is yet to come."""
        is_awaited = bool(self._line) or self._clock() < self._last_promise
        return is_awaited or self._is_longer_than(self._wait_seconds / 2)

    async def enter(self) -> None:
        """Let one request in, in its turn; raises Overloaded, with when to come back, when that would be too late."""
        self._came_in_slice += 1
        if not self._line and not self._is_longer_than(self._wait_seconds):
            self.inside += 1
            return
        if (self.inside + len(self._line)) * self.pace_seconds > self._wait_seconds + self._line_seconds:
            raise self._turned_away()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append((self._clock(), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # Let in just when it gave up: the place is somebody else's.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()
            raise

    def leave(self, *, is_answered: bool = True) -> None:
        """Let one request out, and learn how fast we are when others waited meanwhile.

        Who was refused inside for want of time tells nothing of that.
        """
        now = self._clock()
        if is_answered:
            self._learn(now)
        self.inside -= 1
        self._let_in(now)

    def _learn(self, now: float) -> None:
        since, self._last_left = now - self._last_left, now
        is_busy = self.inside > self._threads and since < LONGEST_PACE_SECONDS
        self._left_in_slice += is_busy
        sliced = now - self._slice_began
        if is_busy and sliced < SLICE_SECONDS:
            return
        if is_busy:
            share = self._left_in_slice / (self._left_in_slice + self._came_in_slice)
            self.pace_seconds += (sliced / self._left_in_slice - self.pace_seconds) * WEIGHT * share
        self._slice_began, self._left_in_slice, self._came_in_slice = now, 0, 0

    def _let_in(self, now: float) -> None:
        while self._line and not self._is_longer_than(self._wait_seconds):
            since, turn = self._line.popleft()
            if turn.done():
                continue
            if now - since > LONGEST_IN_LINE_SECONDS:
                turn.set_exception(self._turned_away())
                continue
            self.inside += 1
            turn.set_result(None)

    def _is_longer_than(self, seconds: float) -> bool:
        return self.inside > self._always and self.inside * self.pace_seconds > seconds

    def _turned_away(self) -> Overloaded:
        now = self._clock()
        while self._promises and self._promises[0] <= now:
            heappop(self._promises)
        before = self.inside + len(self._line) + len(self._promises)
        pause = ceil(before * self.pace_seconds * EARLY)
        refusal = Overloaded()
        if pause > LONGEST_PAUSE_SECONDS:
            pause = random.randint(LONGEST_PAUSE_SECONDS // 2, LONGEST_PAUSE_SECONDS)
        refusal.retry_after_seconds = max(1, pause)
        promised = now + refusal.retry_after_seconds
        heappush(self._promises, promised)
        self._last_promise = max(self._last_promise, promised)
        return refusal


@lru_cache(maxsize=1)
def api_door() -> Door:
    """Return this process's door: half of the lane's deadline, so that whoever was let in is not refused inside."""
    return Door(threads=settings().pool_size, wait_seconds=settings().pool_wait_seconds / 2)

"""A crowd before one thing: a few ask at a time, and when the answer is no, all who came meanwhile hear it together.

    answer = await crowd.ask(start, asker, alone=ask_for_me, together=ask_for_all)

`alone` asks for one. A refusal that it raises may be everybody's, so `together` then asks for those who wait, and
returns for each their refusal, or None for who has to ask alone after all. While nobody is refused they are called up
in the order in which they came; who has waited for long, or for a look that failed, asks beside the line.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from app.errors import ClinicError

logger = logging.getLogger(__name__)

A = TypeVar("A")
T = TypeVar("T")
Together = Callable[[Sequence[A]], Awaitable[Sequence[ClinicError | None]]]
Turn = asyncio.Future[bool]

# As many ask at a time as keep the database at work, and hear no for nothing.
AT_ONCE = 4
# As many as one statement answers before others notice.
MOST_TOGETHER = 100
# Longer than a look takes: where each one's answer takes its time, they had better not stand one behind the other.
WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Line(Generic[A]):
    """Who asks for one thing, and who waits for it."""

    asking: int = 0
    is_told: bool = False
    waiting: deque[tuple[A, Turn]] = field(default_factory=deque)

    def call_up(self) -> None:
        """Give the place of who has asked to the next one, unless the line is just being told."""
        while self.waiting and not self.is_told:
            _, turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self.asking -= 1


class Crowd(Generic[A]):
    """One process's crowds, by what they want; only an event loop passes through, so nothing is locked."""

    def __init__(
        self, *, refusals: tuple[type[ClinicError], ...], at_once: int = AT_ONCE, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._refusals = refusals
        self._at_once = at_once
        self._wait_seconds = wait_seconds
        # What nobody asks for has no line.
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Line[A]]] = WeakKeyDictionary()
        self._telling: set[asyncio.Task[None]] = set()

    async def ask(self, what: Hashable, asker: A, *, alone: Callable[[], Awaitable[T]], together: Together[A]) -> T:
        """Return what `alone` returns, or raise the refusal of either."""
        lines = self._loops.setdefault(asyncio.get_running_loop(), {})
        line = lines.setdefault(what, Line())
        try:
            if line.asking < self._at_once and not line.is_told:
                line.asking += 1
            elif not await self._is_called_up(line, asker):
                return await alone()
            return await self._asked(what, alone, together)
        finally:
            self._forget(what)

    def _forget(self, what: Hashable) -> None:
        lines = self._loops[asyncio.get_running_loop()]
        line = lines.get(what)
        if line is not None and not (line.asking or line.is_told):
            del lines[what]

    async def _asked(self, what: Hashable, alone: Callable[[], Awaitable[T]], together: Together[A]) -> T:
        line = self._loops[asyncio.get_running_loop()][what]
        try:
            return await alone()
        except self._refusals:
            if line.waiting and not line.is_told:
                line.is_told = True
                self._telling.add(telling := asyncio.create_task(self._tell(what, together)))
                telling.add_done_callback(self._telling.discard)
            raise
        finally:
            line.call_up()

    async def _is_called_up(self, line: Line[A], asker: A) -> bool:
        """Wait in the line; False for who asks beside it. Raises the refusal that was meant for all who waited."""
        turn: Turn = asyncio.get_running_loop().create_future()
        line.waiting.append((asker, turn))
        try:
            async with asyncio.timeout(self._wait_seconds):
                return await turn
        except (TimeoutError, asyncio.CancelledError) as gave_up:
            # Called up in the very moment: the others still wait.
            if turn.done() and not turn.cancelled() and turn.exception() is None and turn.result():
                line.call_up()
            if isinstance(gave_up, asyncio.CancelledError):
                raise
            return False

    async def _tell(self, what: Hashable, together: Together[A]) -> None:
        """Tell everybody in the line what they hear, also those who come meanwhile."""
        line = self._loops[asyncio.get_running_loop()][what]
        try:
            while line.waiting:
                some = [line.waiting.popleft() for _ in range(min(len(line.waiting), MOST_TOGETHER))]
                waiting = [(asker, turn) for asker, turn in some if not turn.done()]
                refusals = await _heard([asker for asker, _ in waiting], together)
                for (_, turn), refusal in zip(waiting, refusals, strict=True):
                    _settle(turn, refusal)
        finally:
            line.is_told = False
            for _, turn in line.waiting:
                _settle(turn, None)
            line.waiting.clear()
            self._forget(what)


async def _heard(askers: Sequence[A], together: Together[A]) -> Sequence[ClinicError | None]:
    """Return each one's refusal; None for everybody when the look fails."""
    if not askers:
        return []
    try:
        return await together(askers)
    except Exception as failure:
        if not isinstance(failure, ClinicError):
            logger.exception("a crowd could not be told")
        return [None] * len(askers)


def _settle(turn: Turn, refusal: ClinicError | None) -> None:
    if turn.done():
        return
    if refusal is None:
        turn.set_result(False)
    else:
        turn.set_exception(refusal)

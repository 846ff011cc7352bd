"""A crowd: N callers that start at one barrier, and what each of them heard; and a place where two of them meet."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

from app.errors import ClinicError
from app.services.booking.answer import Answer

Heard = Answer | ClinicError
# Longer than the slowest of two callers takes to the place where they meet.
PATIENCE_SECONDS = 30


class Meeting:
    """Where the first two callers wait for each other, however busy the machine; who comes later goes on at once."""

    def __init__(self) -> None:
        """Nobody has come yet."""
        self._both, self._is_over = Barrier(2, action=self._end), False

    def wait(self) -> None:
        """Return when the other one is here too, or was here before."""
        if self._is_over:
            return
        with suppress(BrokenBarrierError):
            self._both.wait(PATIENCE_SECONDS)

    def _end(self) -> None:
        self._is_over = True


def crowd(calls: Sequence[Callable[[], Answer]]) -> list[Heard]:
    """Make all calls at once, each in its thread; refusals are results, anything else fails the test."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Answer]) -> Heard:
        barrier.wait()
        try:
            return call()
        except ClinicError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(one, calls))


def tally(heard: Sequence[Heard]) -> Counter[Any]:
    """Count what was heard: `201` for a hold, a refusal by its code."""
    return Counter(h.status if isinstance(h, Answer) else h.code for h in heard)

"""A crowd: N callers that start at one barrier, and what each of them heard."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from app.errors import ClinicError
from app.services.booking.answer import Answer

Heard = Answer | ClinicError


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

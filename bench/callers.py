"""Callers in one Python process: threads straight on the engine, and a crowd in front of the product's own executor."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from app.errors import ClinicError
from app.infra.executor import Lane
from app.services.booking.answer import request_key
from app.services.booking.hold import Wish, hold
from app.services.booking.retry import attempt
from app.services.clock import utc_now
from app.settings import settings
from bench.ground import CLERK
from models.appointments import Channel


@dataclass(slots=True)
class Measured:
    """What callers heard (201 or a refusal's code) and how long each waited, in milliseconds."""

    seconds: float
    cpu_seconds: float = 0.0
    waits_ms: list[float] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)

    @property
    def cpu_ms(self) -> float:
        """This process's own CPU for one answer."""
        return self.cpu_seconds * 1000 / len(self.waits_ms)

    @property
    def tps(self) -> float:
        """Answers a second."""
        return len(self.waits_ms) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the wait that this share of the callers did not exceed."""
        return sorted(self.waits_ms)[min(len(self.waits_ms) - 1, int(len(self.waits_ms) * share))]


def hold_once(wish: Wish, key: str) -> str:
    """Hold as a clerk does, and return what was heard."""
    request = request_key(CLERK, method="POST", path="/appointments", key=key, body={"slot": str(wish.slot_id)})
    now = utc_now()
    verb = partial(hold, principal=CLERK, wish=wish, key=request, now=now)
    try:
        return str(attempt(CLERK, verb, key=request, now=now).status)
    except ClinicError as refusal:
        return refusal.code


def by_threads(call: Callable[[int], str], *, threads: int, seconds: float) -> Measured:
    """Let each thread call again and again for some seconds; `call` gets the number of the call."""
    measured, warm = Measured(seconds), threading.Barrier(threads)
    lock, numbers = threading.Lock(), iter(range(10**9))

    def work() -> None:
        call(next(numbers))
        warm.wait()
        end = time.perf_counter() + seconds
        while (begin := time.perf_counter()) < end:
            with lock:
                number = next(numbers)
            heard = call(number)
            with lock:
                measured.waits_ms.append((time.perf_counter() - begin) * 1000)
                measured.heard[heard] += 1

    workers = [threading.Thread(target=work) for _ in range(threads)]
    begin = time.process_time()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    measured.cpu_seconds = time.process_time() - begin
    return measured


def by_crowd(calls: Sequence[Callable[[], str]], *, callers: int) -> Measured:
    """Let so many callers wait at the executor at once until all calls are made, as web requests do."""
    lane = Lane("bench", threads=settings().pool_size, wait_seconds=60.0)
    measured, waiting = Measured(1.0), iter(calls)

    async def caller() -> None:
        for call in waiting:
            begin = time.perf_counter()
            measured.heard[await lane.run(call)] += 1
            measured.waits_ms.append((time.perf_counter() - begin) * 1000)

    async def everybody() -> None:
        begin = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        measured.seconds = time.perf_counter() - begin

    asyncio.run(everybody())
    return measured


def hold_call(*, slot: object, service: object, patient: object, key: str) -> Callable[[], str]:
    """Return one hold as a call without arguments."""
    return partial(hold_once, Wish(slot, service, patient, Channel.DESK), key)  # type: ignore[arg-type]

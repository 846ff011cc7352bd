"""Blocking work off the event loop: one thread a database connection, in order of arrival, with a deadline.

    view = await run(read_board, principal, day=day)         # Overloaded when no thread frees up in time
    signed_in = await run_password(sign_in, login=..., ...)  # hashing has threads of its own
    if not await run_counting(hit, LIMIT, address): ...      # so has what may wait for Valkey

asyncio's default pool would queue without an end and unseen; here a caller either gets a thread within the
wait or hears Overloaded, with nothing done.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from contextvars import copy_context
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Overloaded
from app.settings import settings

P = ParamSpec("P")
T = TypeVar("T")

# A burst of sign-ins may wait longer than other work: people expect to wait there, and a hash costs 30 ms.
PASSWORD_WAIT_SECONDS = 10.0
COUNTING_THREADS = 4


class Lane:
    """A fixed number of threads with a FIFO queue in front that nobody waits in longer than the deadline."""

    def __init__(self, name: str, *, threads: int, wait_seconds: float) -> None:
        self.wait_seconds = wait_seconds
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def run(self, work: Callable[[], T]) -> T:
        """Run the work in a thread of this lane; raises Overloaded when none is free within the wait."""
        loop = asyncio.get_running_loop()
        gate = self._gates.get(loop)
        if gate is None:
            gate = self._gates.setdefault(loop, asyncio.Semaphore(self._threads))
        try:
            # A timer for who need not wait would cost as much as the waiting.
            async with asyncio.timeout(self.wait_seconds) if gate.locked() else nullcontext():
                await gate.acquire()
        except TimeoutError:
            raise Overloaded from None
        answered: asyncio.Future[T] = loop.create_future()

        # The place is given back when the thread is free, not when a caller that was cancelled gives up.
        def settle(done: Future[T]) -> None:
            gate.release()
            if answered.cancelled():
                return
            failure = done.exception()
            if failure is None:
                answered.set_result(done.result())
            else:
                answered.set_exception(failure)

        def tell(done: Future[T]) -> None:
            with suppress(RuntimeError):  # the loop has ended in the meantime
                loop.call_soon_threadsafe(settle, done)

        self._pool.submit(copy_context().run, work).add_done_callback(tell)
        try:
            return await answered
        except PoolTimeout:
            # The lanes share one pool: a thread of the one may find that the other holds every connection.
            raise Overloaded from None


@lru_cache(maxsize=1)
def database_lane() -> Lane:
    """Return the lane of everything that needs a database connection."""
    return Lane("database", threads=settings().pool_size, wait_seconds=settings().pool_wait_seconds)


@lru_cache(maxsize=1)
def password_lane() -> Lane:
    """Return the lane of password hashing, kept apart so that a burst of sign-ins does not stop booking."""
    return Lane("password", threads=settings().password_threads, wait_seconds=PASSWORD_WAIT_SECONDS)


@lru_cache(maxsize=1)
def counting_lane() -> Lane:
    """Return the lane of counting attempts: who is refused, or waits for a hanging Valkey, takes no connection."""
    return Lane("counting", threads=COUNTING_THREADS, wait_seconds=settings().pool_wait_seconds)


async def run(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work on a database thread; raises Overloaded, with nothing done, when all stay busy."""
    return await database_lane().run(_call(fn, *args, **kwargs))


async def run_password(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run work that hashes a password on the hashing threads; raises Overloaded when all stay busy."""
    return await password_lane().run(_call(fn, *args, **kwargs))


async def run_counting(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Count an attempt before any work is begun; raises Overloaded when the counting threads stay busy."""
    return await counting_lane().run(_call(fn, *args, **kwargs))


def _call(fn: Callable[..., T], *args: Any, **kwargs: Any) -> Callable[[], T]:
    return lambda: fn(*args, **kwargs)

"""The executor: as many at once as threads, first come first served, and Overloaded instead of a queue."""

import asyncio
import threading
from contextvars import ContextVar

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Overloaded
from app.infra.executor import Lane, run

REQUEST: ContextVar[str] = ContextVar("REQUEST", default="")


def test_waiting_longer_than_the_deadline_is_overloaded_and_nothing_was_done() -> None:
    gate, ran = threading.Event(), []

    async def scenario() -> None:
        lane = Lane("t", threads=1, wait_seconds=0.05)
        busy = asyncio.create_task(lane.run(gate.wait))
        await asyncio.sleep(0.01)
        with pytest.raises(Overloaded):
            await lane.run(lambda: ran.append("late"))
        gate.set()
        await busy
        await lane.run(lambda: ran.append("after"))

    asyncio.run(scenario())
    assert ran == ["after"]


def test_the_queue_is_first_in_first_out() -> None:
    order: list[int] = []

    async def scenario() -> None:
        lane, gate = Lane("t", threads=1, wait_seconds=5), threading.Event()
        busy = asyncio.create_task(lane.run(gate.wait))
        waiting = []
        for number in range(20):
            waiting.append(asyncio.create_task(lane.run(lambda number=number: order.append(number))))
            await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(busy, *waiting)

    asyncio.run(scenario())
    assert order == list(range(20))


def test_no_more_run_at_once_than_there_are_threads() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.005)
        with lock:
            running -= 1

    async def scenario() -> None:
        lane = Lane("t", threads=3, wait_seconds=5)
        await asyncio.gather(*(lane.run(work) for _ in range(30)))

    asyncio.run(scenario())
    assert most == 3


def test_a_cancelled_caller_gives_its_thread_back_only_when_the_work_ends() -> None:
    gate = threading.Event()

    async def scenario() -> None:
        lane = Lane("t", threads=1, wait_seconds=0.05)
        task = asyncio.create_task(lane.run(gate.wait))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(Overloaded):
            await lane.run(lambda: None)
        gate.set()
        lane.wait_seconds = 10
        await lane.run(lambda: None)

    asyncio.run(scenario())


def test_a_pool_without_a_free_connection_is_overload_too() -> None:
    def work() -> None:
        raise PoolTimeout

    async def scenario() -> None:
        with pytest.raises(Overloaded):
            await run(work)

    asyncio.run(scenario())


def test_work_sees_the_callers_context_and_its_errors_reach_the_caller() -> None:
    def work(text: str, *, suffix: str) -> str:
        if suffix == "!":
            raise ValueError(text)
        return REQUEST.get() + text + suffix

    async def scenario() -> None:
        REQUEST.set("r1 ")
        assert await run(work, "a", suffix="b") == "r1 ab"
        with pytest.raises(ValueError, match="a"):
            await run(work, "a", suffix="!")

    asyncio.run(scenario())

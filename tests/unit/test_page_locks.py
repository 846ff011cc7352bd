"""A page that is left while it asks for its state's lock leaves no lock behind, and nobody waiting for its release."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from reflex.istate.manager.redis import StateManagerRedis

from app.infra.page_state import SealedStateManager

KEY, MINE = b"tab_lock", b"mine"


class SlowStore:
    """Does at once what it is asked, and answers only when it may."""

    def __init__(self) -> None:
        self.locks: dict[bytes, bytes] = {}
        self.may_answer = asyncio.Event()

    async def set(self, key: bytes, value: bytes, **_options: Any) -> bool:
        self.locks[key] = value
        await self.may_answer.wait()
        return True

    async def delete(self, key: bytes) -> None:
        self.locks.pop(key, None)


def manager_of(kind: type[StateManagerRedis], store: SlowStore) -> Any:
    made = object.__new__(kind)
    given = {"redis": store, "lock_expiration": 10_000, "_debug_enabled": False, "_lock_waiters": {}}
    for name, value in {**given, "_state_manager_lock": asyncio.Lock()}.items():
        object.__setattr__(made, name, value)
    return made


async def locks_left_by_one_who_goes(kind: type[StateManagerRedis]) -> dict[bytes, bytes]:
    store = SlowStore()
    asking = asyncio.create_task(manager_of(kind, store)._try_get_lock(KEY, MINE))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert store.locks == {KEY: MINE}
    asking.cancel()
    store.may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    return store.locks


async def is_the_next_told(kind: type[StateManagerRedis]) -> bool:
    manager = manager_of(kind, SlowStore())

    async def wait(then: Callable[[], Awaitable[Any]]) -> None:
        async with manager._lock_waiter(KEY) as released:
            await released.wait()
            await then()

    first = asyncio.create_task(wait(asyncio.Event().wait))
    second = asyncio.create_task(wait(lambda: asyncio.sleep(0)))
    while manager._n_lock_waiters(KEY) < 2:
        await asyncio.sleep(0)
    manager._notify_next_waiter(KEY)
    for _ in range(5):
        await asyncio.sleep(0)
    first.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    is_told = second.done()
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    return is_told


def test_who_goes_while_the_lock_is_being_given_gives_it_back() -> None:
    assert asyncio.run(locks_left_by_one_who_goes(SealedStateManager)) == {}


def test_control_reflex_own_manager_leaves_it_until_it_runs_out() -> None:
    assert asyncio.run(locks_left_by_one_who_goes(StateManagerRedis)) == {KEY: MINE}


def test_who_goes_after_being_told_of_the_release_tells_the_next() -> None:
    assert asyncio.run(is_the_next_told(SealedStateManager))


def test_control_reflex_own_manager_tells_nobody_else() -> None:
    assert not asyncio.run(is_the_next_told(StateManagerRedis))

"""What one process publishes wakes the boards of another, and a lost line falls back to polling."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.infra import live
from app.infra.embedded.valkey import EmbeddedValkey

CLINIC, LOCATION, PATIENT, DAY = uuid4(), uuid4(), uuid4(), date(2027, 3, 1)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey", fast=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Point publishing at one server."""
    live._outage["until"] = 0.0
    live._unsent.clear()

    def point(url: str) -> None:
        monkeypatch.setattr(live, "settings", lambda: type("Settings", (), {"redis_url": url})())

    return point


@asynccontextmanager
async def listening(url: str, *, poll_seconds: float = 60.0) -> AsyncIterator[live.LiveUpdates]:
    updates = live.LiveUpdates(url, poll_seconds=poll_seconds)
    updates.ensure_running()
    try:
        yield updates
    finally:
        assert updates._task is not None
        updates._task.cancel()
        await asyncio.gather(updates._task, return_exceptions=True)


async def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_file_wakes_those_who_have_it_open_and_no_page_of_the_whole_clinic(
    valkey: EmbeddedValkey, at: Callable[[str], None]
) -> None:
    async def scene() -> tuple[bool, bool, bool]:
        at(valkey.url())
        file, other, lists = asyncio.Event(), asyncio.Event(), asyncio.Event()
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            updates.watch(live.topic_of_patient(CLINIC, PATIENT), file.set)
            updates.watch(live.topic_of_patient(CLINIC, uuid4()), other.set)
            updates.watch_clinic(CLINIC, lists.set)
            assert await asyncio.to_thread(live.publish_patient, CLINIC, PATIENT)
            await asyncio.wait_for(file.wait(), 5)
            woken = (file.is_set(), other.is_set(), lists.is_set())
            assert await asyncio.to_thread(live.publish_clinic, CLINIC)
            await asyncio.wait_for(lists.wait(), 5)
            return woken

    assert asyncio.run(scene()) == (True, False, False)


def test_a_published_day_wakes_its_boards_and_no_others(valkey: EmbeddedValkey, at: Callable[[str], None]) -> None:
    async def scene() -> tuple[int, int]:
        at(valkey.url())
        mine, other = asyncio.Event(), asyncio.Event()
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            updates.watch((CLINIC, LOCATION, DAY), mine.set)
            updates.watch((CLINIC, LOCATION, date(2027, 3, 2)), other.set)
            assert await asyncio.to_thread(live.publish, CLINIC, LOCATION, DAY, 7)
            await asyncio.wait_for(mine.wait(), 5)
            return mine.is_set(), other.is_set()

    assert asyncio.run(scene()) == (True, False)


def test_a_board_hears_whose_columns_changed_and_of_a_day_without_any_that_all_may_have(
    valkey: EmbeddedValkey, at: Callable[[str], None]
) -> None:
    doctor, heard = uuid4(), list[frozenset[UUID]]()

    async def scene() -> None:
        at(valkey.url())
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            updates.watch_columns((CLINIC, LOCATION, DAY), heard.append)
            assert await asyncio.to_thread(live.publish, CLINIC, LOCATION, DAY, 7, whose=[doctor])
            assert await asyncio.to_thread(live.publish, CLINIC, LOCATION, DAY, 8)
            await until(lambda: len(heard) == 2)

    asyncio.run(scene())
    assert heard == [{doctor}, frozenset()]


def test_a_change_that_is_told_late_names_nobody_as_others_may_have_changed_before_it(
    valkey: EmbeddedValkey, at: Callable[[str], None]
) -> None:
    heard: list[frozenset[UUID]] = []

    async def scene() -> None:
        at("redis://127.0.0.1:1/0")
        assert live.publish(CLINIC, LOCATION, DAY, 1, whose=[uuid4()]) is False
        at(valkey.url())
        live._outage["until"] = 0.0
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            updates.watch_columns((CLINIC, LOCATION, DAY), heard.append)
            assert await asyncio.to_thread(live.publish, CLINIC, LOCATION, DAY, 2, whose=[uuid4()])
            await until(lambda: bool(heard))

    asyncio.run(scene())
    assert heard == [frozenset()]


def test_a_board_that_stopped_watching_is_left_alone(valkey: EmbeddedValkey) -> None:
    async def scene() -> list[str]:
        woken: list[str] = []
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            stop = updates.watch((CLINIC, LOCATION, DAY), lambda: woken.append("gone"))
            updates.watch((CLINIC, LOCATION, DAY), lambda: woken.append("here"))
            stop()
            updates._wake(f'["{CLINIC}", "{LOCATION}", "{DAY}", 1]')
            return woken

    assert asyncio.run(scene()) == ["here"]


def test_without_a_server_boards_are_woken_by_polling(tmp_path: Path) -> None:
    async def scene() -> bool:
        woken = asyncio.Event()
        async with listening("redis://127.0.0.1:1/0", poll_seconds=0.1) as updates:
            updates.watch((CLINIC, LOCATION, DAY), woken.set)
            await asyncio.wait_for(woken.wait(), 5)
            return updates.is_connected

    assert asyncio.run(scene()) is False


def test_boards_read_again_when_the_line_is_back(valkey: EmbeddedValkey) -> None:
    async def scene() -> None:
        woken = asyncio.Event()
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            updates.watch((CLINIC, LOCATION, DAY), woken.set)
            await asyncio.to_thread(valkey.stop)
            await until(lambda: not updates.is_connected)
            assert not woken.is_set()
            await asyncio.to_thread(valkey.start)
            await asyncio.wait_for(woken.wait(), 10)

    asyncio.run(scene())


def test_a_silent_server_counts_as_lost(valkey: EmbeddedValkey) -> None:
    """A line that neither answers nor breaks (a pulled cable) is given up after two silences."""

    async def scene() -> None:
        assert valkey.process is not None
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            os.kill(valkey.process.pid, signal.SIGSTOP)
            try:
                await until(lambda: not updates.is_connected, seconds=4 * live.SILENCE_SECONDS + 2)
            finally:
                os.kill(valkey.process.pid, signal.SIGCONT)

    asyncio.run(scene())


def test_publishing_without_a_server_is_no_error_and_waits_only_once(at: Callable[[str], None]) -> None:
    at("redis://127.0.0.1:1/0")
    assert live.publish(CLINIC, LOCATION, DAY, 1) is False
    before = live._outage["until"]
    assert live.publish(CLINIC, LOCATION, DAY, 2) is False
    assert live._outage["until"] == before


def test_what_could_not_be_published_goes_with_the_next_change(
    valkey: EmbeddedValkey, at: Callable[[str], None]
) -> None:
    """The subscriber's line held all the time, so that it never polled."""

    async def scene() -> list[date]:
        days = [date(2027, 3, number) for number in (1, 2, 3)]
        woken: list[date] = []
        async with listening(valkey.url()) as updates:
            await until(lambda: updates.is_connected)
            for day in days:
                updates.watch((CLINIC, LOCATION, day), partial(woken.append, day))
            at("redis://127.0.0.1:1/0")
            for day in days[:2]:
                assert live.publish(CLINIC, LOCATION, day, 1) is False
            at(valkey.url())
            live._outage["until"] = 0.0
            assert await asyncio.to_thread(live.publish, CLINIC, LOCATION, days[2], 1)
            await until(lambda: len(woken) == len(days))
            assert live._unsent == {}
        return sorted(woken)

    assert asyncio.run(scene()) == [date(2027, 3, number) for number in (1, 2, 3)]


def test_a_long_outage_does_not_pile_up_changes(at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_BACKLOG", 2)
    at("redis://127.0.0.1:1/0")
    for number in range(1, 6):
        live.publish(CLINIC, LOCATION, date(2027, 3, number), 1)
    assert len(live._unsent) == 2


def test_a_message_that_makes_no_sense_wakes_nobody() -> None:
    updates = live.LiveUpdates("redis://127.0.0.1:1/0")
    updates.watch((CLINIC, LOCATION, DAY), lambda: pytest.fail("woken"))
    for text in ("", "[]", '["a", "b", "c", 1]', "{}", "null"):
        updates._wake(text)

"""A page that follows what others change is told of it also after it could not be told once."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest

from app.state import watching


class Line:
    """A tab that fails to be told the first time."""

    client, is_open = "a-tab", True

    def __init__(self) -> None:
        self.told: list[str] = []
        self.is_told = asyncio.Event()

    async def tell(self, event: str) -> None:
        self.told.append(event)
        if len(self.told) == 1:
            raise ConnectionError("the store is away")
        self.is_told.set()


class Live:
    """The changes of a clinic, of which one has just come."""

    def ensure_running(self) -> None:
        return None

    def watch_clinic(self, _clinic_id: object, wake: Callable[[], None]) -> Callable[[], None]:
        wake()
        return lambda: None


def test_a_page_that_could_not_be_told_is_told_soon_after(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "live", Live)
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.0)

    async def watched() -> list[str]:
        line = Line()
        watching.watch_clinic(line, uuid4(), lambda: "refresh")  # type: ignore[arg-type]
        await asyncio.wait_for(line.is_told.wait(), 5)
        watching.leave(line.client)
        return line.told

    assert asyncio.run(watched()) == ["refresh", "refresh"]
    assert "could not be told" in caplog.text

"""A guest's attempts are counted before a database thread is taken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.errors import TooManyAttempts
from app.state import guest


class Page:
    kind = "online"


@pytest.mark.parametrize("ask", [guest.browse, guest.act])
def test_who_asks_too_often_takes_no_database_thread(
    ask: Callable[..., Awaitable[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def on_a_database_thread(*_: object) -> None:
        pytest.fail("a database thread was taken")

    monkeypatch.setattr(guest, "hit", lambda *_: False)
    monkeypatch.setattr(guest, "run", on_a_database_thread)
    monkeypatch.setattr(guest, "_host_of", lambda _: "localhost")
    with pytest.raises(TooManyAttempts):
        asyncio.run(ask(Page(), lambda *_: None))  # type: ignore[arg-type]

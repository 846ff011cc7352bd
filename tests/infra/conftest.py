"""A Valkey of one test's own, and caches on it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.infra.cache import Cache
from app.infra.embedded.valkey import EmbeddedValkey
from tests.infra.caches import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey", fast=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def connect() -> Iterator[Callable[[str], Cache]]:
    """Make caches as several processes have them, and wait until each hears the others."""
    with ExitStack() as stack:

        def make(url: str, *, is_awaited: bool = True) -> Cache:
            made = Cache(url)
            stack.callback(made.close)
            made._line.ensure_running()
            if is_awaited:
                until(lambda: made.is_connected)
            return made

        yield make

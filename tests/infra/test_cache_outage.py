"""Valkey away: everything is loaded, nothing fails, and what was dropped meanwhile does not come back."""

from collections.abc import Callable

import pytest

from app.infra.cache import Cache
from app.infra.embedded.valkey import EmbeddedValkey
from tests.infra.caches import Source, some_key, until


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", ""])
def test_without_valkey_everything_is_loaded_and_nothing_fails(url: str, connect: Callable[..., Cache]) -> None:
    one, key, source = connect(url, is_awaited=False), some_key(), Source()
    assert one.get(key, source) == "first"
    source.value = "second"
    one.drop([key.group])
    assert one.get(key, source) == "second"


def test_what_was_dropped_while_valkey_was_away_does_not_come_back(
    server: EmbeddedValkey, connect: Callable[..., Cache]
) -> None:
    one, two, key, source = connect(server.url()), connect(server.url()), some_key(), Source()
    one.get(key, source)
    two.get(key, source)
    server.stop()
    until(lambda: not one.is_connected and not two.is_connected)
    source.value = "second"
    one.drop([key.group])
    assert one.get(key, source) == two.get(key, source) == "second"
    server.start()
    until(lambda: one.is_connected and two.is_connected)
    assert one.get(key, source) == two.get(key, source) == "second"


def test_a_drop_that_could_not_be_told_is_told_later(
    server: EmbeddedValkey, connect: Callable[..., Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, key, source = connect(server.url()), connect(server.url()), some_key(), Source()
    two.get(key, source)
    source.value = "second"
    monkeypatch.setattr(one, "_reachable", lambda: None)
    one.drop([key.group])
    assert two.get(key, source) == "first"
    until(lambda: two.get(key, source) == "second")

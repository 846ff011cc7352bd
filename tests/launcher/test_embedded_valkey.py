"""The embedded Valkey: a password, loopback only, and its data after a kill."""

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from app.infra.embedded.valkey import EmbeddedValkey


@pytest.mark.long
def test_valkey_wants_its_password_and_survives_a_kill(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "valkey")
    server.start()
    try:
        with redis.Redis.from_url(server.url()) as client:
            client.set("kept", "yes")
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.get("kept")
        time.sleep(1.2)  # appendfsync everysec
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
        server.start()
        with redis.Redis.from_url(server.url()) as client:
            assert client.get("kept") == b"yes"
    finally:
        server.stop()


def test_the_suites_own_servers_answer(valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        assert client.ping()

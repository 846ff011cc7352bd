"""Real servers by URL: `up` uses them and starts none of its own; a half-named database is refused."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.cli.servers import database_is_given
from app.infra.embedded.failure import StartFailure
from app.infra.embedded.postgres import EmbeddedPostgres
from app.infra.embedded.valkey import EmbeddedValkey
from tests.running_clinic import RunningClinic


@pytest.fixture
def given(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Servers that somebody else runs."""
    postgres = EmbeddedPostgres(tmp_path / "theirs" / "postgres", fast=True)
    valkey = EmbeddedValkey(tmp_path / "theirs" / "valkey", fast=True)
    postgres.start()
    valkey.start()
    yield {**postgres.urls().environment(), "REDIS_URL": valkey.url()}
    valkey.stop()
    postgres.stop()


@pytest.mark.long
def test_servers_that_are_given_are_used_and_none_of_our_own_started(given: dict[str, str], tmp_path: Path) -> None:
    clinic = RunningClinic(tmp_path / "home", given=given)
    clinic.start("--empty")
    try:
        processes = clinic.processes()
        assert {"guardian", "scheduler", "web"} <= set(processes)
        assert not {"postgres", "valkey"} & set(processes)
        assert not (clinic.home / "postgres").exists()
        assert "set-up code" in clinic.output.read_text()
    finally:
        clinic.stop()
    # Theirs runs on after our end.
    with psycopg.connect(given["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM clinics").fetchone() == (1,)


def test_a_database_that_is_only_half_named_is_refused(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert database_is_given()
    monkeypatch.delenv("DATABASE_WORKER_URL")
    with pytest.raises(StartFailure, match="DATABASE_WORKER_URL is not set"):
        database_is_given()

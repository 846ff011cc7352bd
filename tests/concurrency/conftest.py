"""Committed data, many threads, and a copy of the database whose guards can be taken off."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.infra.embedded.roles import DatabaseUrls
from app.settings import settings
from models.db import dispose_engines

COPY = "holdfast_unguarded"
URLS = ("database_url", "database_owner_url", "database_worker_url")


@pytest.fixture(autouse=True)
def crowded(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let 200 threads share 16 connections and wait for them, so that only the rules refuse."""
    monkeypatch.setattr(settings(), "pool_size", 16)
    monkeypatch.setattr(settings(), "pool_wait_seconds", 60.0)
    monkeypatch.setattr(settings(), "redis_url", "")
    dispose_engines()
    yield
    dispose_engines()


@pytest.fixture
def without(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give a function that moves the test into a copy of the database without the constraints it names."""
    if not database.superuser:
        pytest.skip("copying the database needs its superuser, whom a server given by URL does not name")
    maintenance = str(make_url(database.superuser).set(database="postgres").render_as_string(hide_password=False))

    def move(*constraints: str) -> None:
        dispose_engines()
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)")
            owner, source = make_url(database.owner).username, make_url(database.owner).database
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'")
            connection.execute(f"CREATE DATABASE {COPY} TEMPLATE {source} OWNER {owner}")
        for name in URLS:
            url = make_url(getattr(settings(), name)).set(database=COPY)
            monkeypatch.setattr(settings(), name, url.render_as_string(hide_password=False))
        with psycopg.connect(settings().database_owner_url) as connection:
            for constraint in constraints:
                connection.execute(_drop(connection, constraint))

    yield move
    dispose_engines()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)")


def _drop(connection: psycopg.Connection, name: str) -> str:
    found = connection.execute("SELECT conrelid::regclass FROM pg_constraint WHERE conname = %s", [name]).fetchone()
    return f"ALTER TABLE {found[0]} DROP CONSTRAINT {name}" if found else f"DROP INDEX {name}"


@contextmanager
def counted_deadlocks(database: DatabaseUrls) -> Iterator[Callable[[], int]]:
    """Give a function that says how many deadlocks the server has seen since the start of the block."""
    before = _deadlocks(database)
    yield lambda: _deadlocks(database) - before


def _deadlocks(database: DatabaseUrls) -> int:
    with psycopg.connect(database.superuser or database.owner) as connection:
        # A backend reports its counters only now and then; a new one, once those that ended have reported.
        connection.execute("SELECT pg_sleep(1.1)")
        row = connection.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone()
    return int(row[0]) if row else 0

"""A database of one's own, for what the shared one must not go through: migrations up and down."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from app.infra.embedded.binaries import debian_postgres
from app.infra.embedded.postgres import EmbeddedPostgres
from models.migrate import configuration


@contextmanager
def empty_server() -> Iterator[str]:
    """Start a PostgreSQL of the tested version with roles and database; gives the owner's URL."""
    major = os.environ.get("TEST_POSTGRES", "")
    with tempfile.TemporaryDirectory(prefix="holdfast-catalogue-") as folder:
        # The account that runs the server must be able to enter.
        Path(folder).chmod(0o755)
        binaries = debian_postgres(int(major)) if major else None
        server = EmbeddedPostgres(Path(folder) / "postgres", binaries=binaries, fast=True)
        server.start()
        try:
            yield server.urls().owner
        finally:
            server.stop()


@contextmanager
def migrated_server() -> Iterator[str]:
    """Start one and apply every migration."""
    with empty_server() as url:
        with connected(url) as connection:
            command.upgrade(config_on(connection), "head")
            connection.commit()
        yield url


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect with SQLAlchemy, as Alembic wants it."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def config_on(connection: Connection) -> Config:
    """Return Alembic's configuration for this connection."""
    config = configuration()
    config.attributes["connection"] = connection
    return config

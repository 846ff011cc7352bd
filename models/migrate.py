"""Bring the database to the newest revision, as its owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.db import DatabaseRole, engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
# One migrator at a time, whoever starts it; the number is arbitrary but fixed.
MIGRATION_LOCK = 4_801_207


def configuration() -> Config:
    """Return Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(revision: str = "head") -> None:
    """Apply every missing migration; safe to call twice and from two processes at once."""
    with engine(DatabaseRole.OWNER).connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        connection.commit()
        try:
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")
            connection.commit()


def is_current(connection: Connection) -> bool:
    """Tell whether the database stands at the newest revision."""
    heads = set(ScriptDirectory.from_config(configuration()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads

"""Alembic's entry: runs the migrations on the connection that `models.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from models import tables


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=tables.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])

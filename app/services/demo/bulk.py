"""Rows in bulk: COPY, straight from tuples into a table."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql
from sqlmodel import Session

from models.db import driver


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Load rows into the named columns of a table; constraints hold as for any insert."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    with driver(session).cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)

"""Bulk loading without per-row checks: every key, constraint and index is taken off and put back, word for word.

Everything happens in the caller's transaction: what is put back is checked against all rows, a failure brings
the old state back, and nobody else sees a table without its keys (they wait). Built over all rows at once, an index
costs a small part of what its rows cost one by one: the exclusion constraints of a million visits, seconds.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString, NamedTuple

from psycopg import sql
from sqlmodel import Session

from models.db import driver, rows


class Part(NamedTuple):
    """A constraint or an index that stands alone, as PostgreSQL itself writes it."""

    table: str
    name: str
    definition: str
    is_constraint: bool


# Also those of other tables that point here: they lean on the keys that are taken off.
FOREIGN_KEYS: LiteralString = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), true FROM pg_constraint
WHERE contype = 'f' AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY oid
"""
# In the order of their making, in which PostgreSQL also checks them at an insert.
KEYS_AND_INDEXES: LiteralString = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text,
       coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid)), c.oid IS NOT NULL
  FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')
 WHERE i.indrelid = ANY(%(tables)s::regclass[]) ORDER BY i.indexrelid
"""


@contextmanager
def lighter(session: Session, tables: Sequence[str], *, tell: Callable[[str], None]) -> Iterator[None]:
    """Take every key, constraint and index off the tables, and put exactly the same ones back at the end."""
    parts = _read(session, tables)
    for part in parts:
        _take_off(session, part)
    yield
    for part in reversed(parts):
        tell(f"Putting back {part.table}: {part.name}")
        _put_back(session, part)
    if _read(session, tables) != parts:
        raise RuntimeError("The keys and indexes that were put back differ from those taken off; nothing was kept.")


def _read(session: Session, tables: Sequence[str]) -> list[Part]:
    """Return what can be taken off in this order, and put back in the opposite one."""
    found = (
        rows(session, FOREIGN_KEYS, {"tables": list(tables)}),
        rows(session, KEYS_AND_INDEXES, {"tables": list(tables)}),
    )
    return [Part(*row) for kind in found for row in reversed(kind)]


def _take_off(session: Session, part: Part) -> None:
    statement = sql.SQL("ALTER TABLE {table} DROP CONSTRAINT {name}" if part.is_constraint else "DROP INDEX {name}")
    driver(session).execute(statement.format(table=sql.Identifier(part.table), name=sql.Identifier(part.name)))


def _put_back(session: Session, part: Part) -> None:
    connection = driver(session)
    if not part.is_constraint:
        connection.execute(part.definition.encode())
        return
    head = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(sql.Identifier(part.table), sql.Identifier(part.name))
    connection.execute(head.as_bytes(connection) + part.definition.encode())

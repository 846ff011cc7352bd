"""The only door to the database: `transaction(principal)` sets tenant and actor, then commits or undoes all.

Every process connects as the role `app` or `worker`, which own nothing and cannot pass row-level security;
only migrations and the seed connect as `owner`.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from time import perf_counter
from typing import Any, LiteralString, cast

import psycopg
from psycopg.errors import IdleInTransactionSessionTimeout
from psycopg.rows import TupleRow
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

# Imported for its effect: an insert of one table needs those that its foreign keys name.
import models.tables  # noqa: F401
from app.settings import settings
from models.principal import Principal

# What a transaction raises while the database cannot be reached, or has no connection for it within the wait.
OUT_OF_REACH = (PoolTimeout, psycopg.OperationalError)
NO_CLINIC = "00000000-0000-0000-0000-000000000000"

# The first statement of every transaction: who acts, where, how long it may wait for a lock, and how long one that a
# stopped process has left open keeps its own from others. Prepared statements keep one generic plan: planning the same
# lookups anew took a third of a booking's time.
SET_PRINCIPAL: LiteralString = (
    "SELECT set_config('holdfast.clinic_id', %(clinic_id)s, true),"
    " set_config('holdfast.actor', %(actor)s, true),"
    " set_config('lock_timeout', %(lock_timeout)s, true),"
    " set_config('statement_timeout', %(statement_timeout)s, true),"
    " set_config('idle_in_transaction_session_timeout', %(idle_timeout)s, true),"
    " set_config('plan_cache_mode', 'force_generic_plan', true)"
)


class DatabaseRole(StrEnum):
    """The three logins: `owner` migrates and seeds, `app` serves people, `worker` runs the jobs."""

    OWNER = "owner"
    APP = "app"
    WORKER = "worker"


def database_url(role: DatabaseRole) -> str:
    """Return the URL of one role; the worker's and owner's default to nothing, never to another role's."""
    urls = {
        DatabaseRole.OWNER: settings().database_owner_url,
        DatabaseRole.APP: settings().database_url,
        DatabaseRole.WORKER: settings().database_worker_url,
    }
    if not urls[role]:
        raise RuntimeError(f"No database URL is set for the role '{role.value}'.")
    return urls[role]


@lru_cache(maxsize=3)
def engine(role: DatabaseRole = DatabaseRole.APP) -> Engine:
    """Return this process's engine of one role: a small pool that never overflows."""
    made = create_engine(
        make_url(database_url(role)).set(drivername="postgresql+psycopg"),
        pool_size=settings().pool_size,
        max_overflow=0,
        pool_timeout=settings().pool_wait_seconds,
        pool_pre_ping=False,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": f"holdfast-{role.value}",
            "keepalives_idle": 30,
            "prepare_threshold": 3,
        },
    )
    event.listen(made, "checkout", _refuse_dead_connection)
    return made


def _refuse_dead_connection(connection: Any, _record: Any, _proxy: Any) -> None:
    # An idle server connection has nothing to say: readable means that the server closed it. No round trip.
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if connection.closed or poller.poll(0):
        raise DisconnectionError("The server closed this connection.")


def dispose_engines() -> None:
    """Close every pooled connection and forget the engines, for a process that changes its database."""
    for role in DatabaseRole:
        if engine.cache_info().currsize and getattr(settings(), _URL_FIELD[role]):
            engine(role).dispose()
    engine.cache_clear()


_URL_FIELD = {
    DatabaseRole.OWNER: "database_owner_url",
    DatabaseRole.APP: "database_url",
    DatabaseRole.WORKER: "database_worker_url",
}


@contextmanager
def transaction(principal: Principal, *, role: DatabaseRole = DatabaseRole.APP) -> Iterator[Session]:
    """Run one use case of one actor: all of it is committed at the end, or nothing when it raises."""
    with _session(role, clinic_id=str(principal.clinic_id), actor=principal.actor) as session:
        yield session


@contextmanager
def global_transaction(*, role: DatabaseRole = DatabaseRole.APP) -> Iterator[Session]:
    """Run a transaction without a clinic: row-level security shows it the global tables only."""
    with _session(role, clinic_id=NO_CLINIC, actor="system:global") as session:
        yield session


@contextmanager
def _session(role: DatabaseRole, *, clinic_id: str, actor: str) -> Iterator[Session]:
    with Session(engine(role), expire_on_commit=False) as session:
        connection = None
        try:
            connection = driver(session)
            connection.execute(
                SET_PRINCIPAL,
                {
                    "clinic_id": clinic_id,
                    "actor": actor,
                    "lock_timeout": f"{settings().lock_timeout_ms}ms",
                    "statement_timeout": f"{settings().statement_timeout_ms}ms",
                    "idle_timeout": f"{settings().idle_timeout_ms}ms",
                },
            )
            yield session
            session.commit()
        except psycopg.OperationalError:
            # The driver's cursor goes past SQLAlchemy, so it must be told that this connection is gone.
            if connection is not None and connection.closed:
                session.invalidate()
            raise
        except IdleInTransactionSessionTimeout as stopped:
            session.invalidate()
            raise _as_lost(stopped) from stopped
        except DBAPIError as error:
            # At COMMIT SQLAlchemy wraps the driver's error; callers know one family.
            raise _as_lost(error.orig or error) from error


def _as_lost(failure: BaseException) -> BaseException:
    """Return the end of a transaction in which we stood still for too long as what it is to callers: a lost line."""
    is_lost = isinstance(failure, IdleInTransactionSessionTimeout)
    return psycopg.OperationalError(str(failure)) if is_lost else failure


def commit_lazily(session: Session) -> None:
    """Let this transaction's commit return before it is on disk: only for work that a crash may undo without harm."""
    execute(session, "SELECT set_config('synchronous_commit', 'off', true)", {})


def driver(session: Session) -> psycopg.Connection[TupleRow]:
    """Return the driver's connection under the session's transaction (half the cost of `Session.execute`)."""
    return cast("psycopg.Connection[TupleRow]", session.connection().connection.driver_connection)


def observe_statements(observer: Callable[[str, float], None]) -> None:
    """Tell a process's observer of every statement and how many seconds it took; without one nothing is measured."""
    _observers[:] = [observer]


def rows(session: Session, statement: LiteralString, parameters: dict[str, Any]) -> list[TupleRow]:
    """Run one prepared statement in the session's transaction and return its rows."""
    return _run(session, statement, parameters).fetchall()


def first_row(session: Session, statement: LiteralString, parameters: dict[str, Any]) -> TupleRow | None:
    """Run one prepared statement in the session's transaction and return its first row, if any."""
    return _run(session, statement, parameters).fetchone()


def rows_of_each(session: Session, statement: LiteralString, many: Sequence[dict[str, Any]]) -> list[list[TupleRow]]:
    """Run one prepared statement with each of the parameters in turn, never waiting between two, and return the rows.

    What one of them writes, the next ones see.
    """
    if not many:
        return []
    cursor = driver(session).cursor()
    began = perf_counter()
    try:
        cursor.executemany(statement, many, returning=True)
        return [result.fetchall() for result in cursor.results()]
    finally:
        for observer in _observers:
            share = (perf_counter() - began) / len(many)
            for _ in many:
                observer(statement, share)


def execute(session: Session, statement: LiteralString, parameters: dict[str, Any]) -> int:
    """Run one prepared statement in the session's transaction and return how many rows it touched."""
    return _run(session, statement, parameters).rowcount


_observers: list[Callable[[str, float], None]] = []


def _run(session: Session, statement: LiteralString, parameters: dict[str, Any]) -> psycopg.Cursor[TupleRow]:
    connection = driver(session)
    if not _observers:
        return connection.execute(statement, parameters)
    began = perf_counter()
    try:
        return connection.execute(statement, parameters)
    finally:
        _observers[0](statement, perf_counter() - began)

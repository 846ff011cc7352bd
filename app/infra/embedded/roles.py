"""The database, its three roles and the extension that only a superuser may make."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

DATABASE = "holdfast"
OWNER, APP, WORKER = "holdfast_owner", "holdfast_app", "holdfast_worker"
PASSWORD_ROLES = ("postgres", OWNER, APP, WORKER)


@dataclass(frozen=True)
class DatabaseUrls:
    """The addresses of one database by role; `superuser` is for backups and tests, never for the product."""

    app: str
    owner: str
    worker: str
    superuser: str

    def environment(self) -> dict[str, str]:
        """Return the variables by which the product finds its database."""
        return {
            "DATABASE_URL": self.app,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_WORKER_URL": self.worker,
        }


def database_urls(passwords: dict[str, str], *, port: int, database: str = DATABASE) -> DatabaseUrls:
    """Return the addresses on the loopback port; passwords are hexadecimal and need no quoting."""

    def url(role: str) -> str:
        return f"postgresql://{role}:{passwords[role]}@127.0.0.1:{port}/{database}"

    return DatabaseUrls(app=url(APP), owner=url(OWNER), worker=url(WORKER), superuser=url("postgres"))


def provision(passwords: dict[str, str], *, port: int, database: str = DATABASE) -> None:
    """Make roles, database and extension where they are missing; existing ones are left alone."""
    maintenance = database_urls(passwords, port=port, database="postgres").superuser
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for role in (OWNER, APP, WORKER):
            _make_role(connection, role, password=passwords[role])
        _make_database(connection, database)
    with psycopg.connect(database_urls(passwords, port=port, database=database).superuser) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")


def _make_role(connection: psycopg.Connection, role: str, *, password: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
        return
    statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _make_database(connection: psycopg.Connection, database: str) -> None:
    name = sql.Identifier(database)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(OWNER)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in (APP, WORKER):
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role)))

"""The embedded PostgreSQL: three modest roles, and every acknowledged row after a kill."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.infra.embedded.failure import StartFailure
from app.infra.embedded.postgres import EmbeddedPostgres
from app.infra.embedded.roles import APP, OWNER, WORKER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("embedded")
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    yield server
    server.stop()


def test_roles_are_neither_superuser_nor_bypass_row_security(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.urls().app) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname = ANY(%s)",
            ([OWNER, APP, WORKER],),
        ).fetchall()
    assert dict(rows) == {OWNER: False, APP: False, WORKER: False}


def test_the_owner_owns_the_database_and_the_app_cannot_make_tables(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.urls().owner) as connection:
        connection.execute("CREATE TABLE made_by_owner (id int)")
    with (
        psycopg.connect(server.urls().app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE made_by_app (id int)")


def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.urls().app.replace("holdfast_app:", "holdfast_app:0"))


def test_checksums_are_on_and_writes_are_durable(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.urls().app) as connection:
        for setting in ("data_checksums", "fsync", "synchronous_commit", "full_page_writes"):
            row = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
            assert row == ("on",), setting


def test_the_secrets_file_is_for_its_owner_only(server: EmbeddedPostgres) -> None:
    secrets_file = server.data_dir.with_name("postgres.secrets.json")
    assert stat.S_IMODE(secrets_file.stat().st_mode) == 0o600


def test_every_acknowledged_row_is_there_after_the_postmaster_is_killed(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.urls().owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        for number in range(50):
            connection.execute("INSERT INTO kept VALUES (%s)", (number,))
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
    # Started again at once, while the killed server's backends may still be there.
    server.start()
    with psycopg.connect(server.urls().owner) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (50,)


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_the_start(server: EmbeddedPostgres) -> None:
    server.stop()
    (server.data_dir / "postmaster.pid").write_text(f"{os.getpid()}\n")
    server.start()
    psycopg.connect(server.urls().app).close()


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "postgres", fast=True)
    server.start()
    try:
        psycopg.connect(server.urls().app).close()
    finally:
        server.stop()


def test_data_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9.6\n")
    (tmp_path / "postgres.secrets.json").write_text("{}")
    with pytest.raises(StartFailure, match=r"made by PostgreSQL 9\.6"):
        EmbeddedPostgres(tmp_path / "postgres", fast=True).start()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB, where this system lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk needs root and the right to mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_is_a_sentence_and_the_next_start_works_when_there_is_room(
    small_disk: Path,
) -> None:
    server = EmbeddedPostgres(small_disk / "postgres", fast=True)
    with pytest.raises(StartFailure, match="The disk is full"):
        server.start()
    subprocess.run(["mount", "-o", "remount,size=400m", str(small_disk)], check=True)
    server.start()
    try:
        psycopg.connect(server.urls().app).close()
    finally:
        server.stop()

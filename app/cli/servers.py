"""Database and Valkey for one command: the ones named by URL, those of a running `up`, or our own meanwhile."""

import contextlib
import os
from collections.abc import Iterator

from app.infra.embedded.failure import StartFailure
from app.infra.embedded.postgres import EmbeddedPostgres
from app.infra.embedded.valkey import EmbeddedValkey
from app.infra.processes.home import Home, HomeInUse
from app.infra.processes.remains import dismiss_guardians, stop_remains
from app.settings import settings

DATABASE_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL")


@contextlib.contextmanager
def servers() -> Iterator[None]:
    """Put the servers' addresses into this process's environment for the length of the block."""
    home = Home(settings().home)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(home.locked())
        except HomeInUse:
            if not (database_is_given() and redis_is_given()):
                adopt(home.read_addresses())
        else:
            home.ensure_master_key(given=settings().master_key)
            _start_own(home, stack)
        yield


def database_is_given() -> bool:
    """Whether a real database is named; then all three roles must be, for none may stand in for another."""
    given = [name for name in DATABASE_NAMES if os.environ.get(name)]
    if given and len(given) < len(DATABASE_NAMES):
        missing = ", ".join(name for name in DATABASE_NAMES if name not in given)
        raise StartFailure(f"A database is given by URL, but {missing} is not set.")
    return bool(given)


def redis_is_given() -> bool:
    """Whether a real Valkey or Redis is named."""
    return bool(os.environ.get("REDIS_URL"))


def adopt(addresses: dict[str, str]) -> None:
    """Make this process use these addresses; names that the person has set stay as they are."""
    for name, value in addresses.items():
        if not os.environ.get(name):
            os.environ[name] = value
    settings.cache_clear()


def _start_own(home: Home, stack: contextlib.ExitStack) -> None:
    dismiss_guardians(home.folder)
    stop_remains(home.folder)
    if not database_is_given():
        postgres = EmbeddedPostgres(home.postgres, log=home.log("postgres"))
        stack.callback(postgres.stop)
        postgres.start()
        adopt(postgres.urls().environment())
    if not redis_is_given():
        valkey = EmbeddedValkey(home.valkey, log=home.log("valkey"))
        stack.callback(valkey.stop)
        valkey.start()
        adopt({"REDIS_URL": valkey.url()})

"""The folder that holds all data of an installation (`.holdfast`), and the lock that lets one run use it."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from app.infra.embedded.failure import StartFailure
from app.infra.embedded.secret_file import write_secret

MEGABYTE = 1_000_000
ROOM_FOR_FIRST_START = 1_000 * MEGABYTE
ROOM_FOR_LATER_START = 200 * MEGABYTE


class HomeInUse(StartFailure):
    """Another run holds the folder."""


class Home:
    """The data folder of one installation."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "logs").mkdir(exist_ok=True)
        except OSError as failure:
            raise StartFailure(f"The data folder {folder} cannot be used: {failure.strerror}.") from failure
        self.folder = folder.resolve()

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def valkey(self) -> Path:
        return self.folder / "valkey"

    def log(self, name: str) -> Path:
        """Return the log file of one service."""
        return self.folder / "logs" / f"{name}.log"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone; the kernel frees it when the holder dies, however that happens."""
        try:
            lock = (self.folder / "lock").open("a")
        except OSError as failure:
            raise StartFailure(f"{self.folder} belongs to another user: {failure.strerror}.") from failure
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as failure:
                raise HomeInUse(f"Holdfast already runs in this folder ({self.folder}).") from failure
            yield

    def check_room(self) -> None:
        """Refuse to start on a disk that would be full before long: PostgreSQL stops hard on a full one."""
        needed = ROOM_FOR_LATER_START if (self.postgres / "PG_VERSION").exists() else ROOM_FOR_FIRST_START
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise StartFailure(
                f"The disk is full: {self.folder} has {free // MEGABYTE} MB left and needs {needed // MEGABYTE}."
            )

    def ensure_master_key(self, *, given: str) -> None:
        """Make the master key once; data whose key is gone are refused rather than given a new one."""
        path = self.folder / "master.key"
        if given or path.exists():
            return
        if (self.postgres / "PG_VERSION").exists():
            raise StartFailure(f"{path} is missing, and without it the patient data cannot be read; restore it.")
        write_secret(path, base64.b64encode(secrets.token_bytes(32)).decode())

    def write_addresses(self, addresses: dict[str, str]) -> None:
        """Keep the servers' addresses for commands that run beside `up`; they hold passwords."""
        write_secret(self.folder / "addresses.json", json.dumps(addresses))

    def read_addresses(self) -> dict[str, str]:
        """Return the addresses of the servers of the running `up`."""
        try:
            addresses: dict[str, str] = json.loads((self.folder / "addresses.json").read_text())
        except OSError as failure:
            raise StartFailure("Holdfast is still starting; try again in a moment.") from failure
        return addresses

    def forget_counts(self) -> None:
        """Remove the metrics of an earlier run: counters begin at nothing when the processes do."""
        shutil.rmtree(self.folder / "metrics", ignore_errors=True)

    def forget_addresses(self) -> None:
        """Remove the addresses: nothing answers there any more."""
        (self.folder / "addresses.json").unlink(missing_ok=True)


def raise_file_limit() -> None:
    """Take as many open files as the system allows: each open page is a socket."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def plain_environment() -> dict[str, str]:
    """Return our environment without the addresses of servers, which each child gets as far as it needs."""
    private = ("DATABASE_", "REDIS_URL", "REFLEX_REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(private)}

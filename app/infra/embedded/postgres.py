"""A real PostgreSQL of our own: made, started, recovered after a kill, and stopped.

    server = EmbeddedPostgres(Path(".holdfast/postgres"))
    server.start()                 # initdb at the first time, roles and database included
    server.urls().environment()    # DATABASE_URL and its owner and worker twins
    server.stop()

`fast=True` turns fsync off (throw-away databases only); `binaries=debian_postgres(15)` runs another version.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from app.infra.embedded.account import can_reach, server_account
from app.infra.embedded.binaries import PostgresBinaries, wheel_postgres, within_reach
from app.infra.embedded.failure import StartFailure
from app.infra.embedded.leftovers import stop_leftovers
from app.infra.embedded.ports import free_port
from app.infra.embedded.postgres_settings import initdb_options, server_options
from app.infra.embedded.roles import PASSWORD_ROLES, DatabaseUrls, database_urls, provision
from app.infra.embedded.secret_file import write_secret
from app.infra.processes.spawn import spawn

READY_SECONDS = 60.0
STOP_SECONDS = 2.0
# A folder that the account may enter although those above it are closed: the kernel follows this link
# to the working directory that root set, without walking the path.
HERE = "/proc/self/cwd"
FOLLOWS_LINK_SINCE = 16
FULL_DISK_SIGNS = ("No space left on device", "Check free disk space")


class EmbeddedPostgres:
    """One PostgreSQL server over one data folder; the caller's lock keeps it from being started twice."""

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        binaries: PostgresBinaries | None = None,
        fast: bool = False,
        log: Path | None = None,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.fast = fast
        self.log = log or self.data_dir.with_name(f"{self.data_dir.name}.log")
        self.process: subprocess.Popen[bytes] | None = None
        self.account = server_account()
        self.binaries = within_reach(binaries or wheel_postgres(), account=self.account)

    def start(self) -> None:
        """Start the server and return once it answers; what an earlier run left behind is cleared first."""
        stop_leftovers(self.data_dir, program="postgres", gentle=signal.SIGINT)
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self._refuse_other_version()
        # No process stands in the folder, so this file can only name a number that somebody else has now.
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
        self.port = free_port(self.port)
        self._spawn()
        self._wait_until_ready()
        provision(self._passwords(), port=self.port)

    def stop(self) -> None:
        """Stop the server in order (open transactions roll back), or hard when it does not go in time."""
        process, self.process = self.process, None
        if process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
        stop_leftovers(self.data_dir, program="postgres", gentle=signal.SIGQUIT)

    def urls(self) -> DatabaseUrls:
        """Return the addresses by role."""
        return database_urls(self._passwords(), port=self.port)

    def _passwords(self) -> dict[str, str]:
        path = self.data_dir.with_name(f"{self.data_dir.name}.secrets.json")
        if not path.exists():
            if (self.data_dir / "PG_VERSION").exists():
                raise StartFailure(f"{path} is missing, so the database in {self.data_dir} cannot be opened.")
            write_secret(path, json.dumps({role: secrets.token_hex(24) for role in PASSWORD_ROLES}))
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords

    def _initialise(self) -> None:
        """Make the cluster under another name and rename it when complete: no half-made one is opened."""
        draft = self.data_dir.with_name(f"{self.data_dir.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        self._give_away(draft)
        options = initdb_options(self.binaries.major(), fast=self.fast)
        # In the system's temporary folder, because the server's account must be able to read it.
        with tempfile.NamedTemporaryFile("w", prefix="holdfast-") as password_file:
            password_file.write(self._passwords()["postgres"])
            password_file.flush()
            self._give_away(Path(password_file.name))
            program = str(self.binaries.bin / "initdb")
            self._run([program, "-D", self._address(draft), f"--pwfile={password_file.name}", *options], cwd=draft)
        draft.rename(self.data_dir)

    def _refuse_other_version(self) -> None:
        made_by, ours = (self.data_dir / "PG_VERSION").read_text().strip(), self.binaries.major()
        if made_by != str(ours):
            raise StartFailure(f"The data in {self.data_dir} was made by PostgreSQL {made_by}, and this is {ours}.")

    def _spawn(self) -> None:
        program = str(self.binaries.bin / "postgres")
        self.process = spawn(
            [program, "-D", self._address(self.data_dir), *server_options(port=self.port, fast=self.fast)],
            cwd=self.data_dir,
            log=self.log,
            env=self.binaries.environment(),
            account=self.account,
            death_signal=signal.SIGINT,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        url = database_urls(self._passwords(), port=self.port, database="postgres").superuser
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                psycopg.connect(url, connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
                continue
            return
        raise StartFailure(f"PostgreSQL did not start; its own words are in {self.log}.")

    def _run(self, command: list[str], *, cwd: Path) -> None:
        result = subprocess.run(
            command,
            cwd=cwd,
            env=self.binaries.environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StartFailure(_why(result.stderr))

    def _give_away(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _address(self, folder: Path) -> str:
        if can_reach(folder, account=self.account):
            return str(folder)
        if self.binaries.major() < FOLLOWS_LINK_SINCE:
            raise StartFailure(f"The account that runs PostgreSQL cannot reach {folder}; use another folder.")
        return HERE


def _why(words: str) -> str:
    if any(sign in words for sign in FULL_DISK_SIGNS):
        return "The disk is full; make room (about 1 GB) and start again."
    last = (words.strip().splitlines() or ["no reason given"])[-1]
    return f"PostgreSQL could not make its data folder: {last}"

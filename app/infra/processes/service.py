"""What the supervisor keeps running: our own processes and the embedded servers behind one shape."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from app.infra.embedded.postgres import EmbeddedPostgres
from app.infra.embedded.valkey import EmbeddedValkey
from app.infra.processes.spawn import spawn

STOP_SECONDS = 3.0


class Service(Protocol):
    """Something that can be started, asked and stopped; `address` changes when others must be told."""

    name: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def is_alive(self) -> bool: ...
    def address(self) -> str: ...


class OwnProcess:
    """One of our processes with its children: they share a process group and end together."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        cwd: Path,
        log: Path,
        environment: Callable[[], Mapping[str, str]],
    ) -> None:
        self.name = name
        self.argv = argv
        self.cwd = cwd
        self.log = log
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; children that a killed predecessor left behind are ended first."""
        self._end_group()
        self.process = spawn(self.argv, cwd=self.cwd, log=self.log, env=self.environment())

    def is_alive(self) -> bool:
        """Whether its first process runs."""
        return self.process is not None and self.process.poll() is None

    def address(self) -> str:
        """Nobody depends on it."""
        return ""

    def stop(self) -> None:
        """Ask it to finish what it is doing, then end what is left of its group."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._end_group()

    def _end_group(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


class PostgresService:
    """The embedded PostgreSQL under supervision."""

    name = "PostgreSQL"

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self.log = server.log

    def start(self) -> None:
        """Start or recover it."""
        self.server.start()

    def stop(self) -> None:
        """Stop it in order."""
        self.server.stop()

    def is_alive(self) -> bool:
        """Whether its first process runs."""
        return self.server.process is not None and self.server.process.poll() is None

    def address(self) -> str:
        """Where the others find it."""
        return self.server.urls().app


class ValkeyService:
    """The embedded Valkey under supervision."""

    name = "Valkey"

    def __init__(self, server: EmbeddedValkey) -> None:
        self.server = server
        self.log = server.log

    def start(self) -> None:
        """Start or recover it."""
        self.server.start()

    def stop(self) -> None:
        """Stop it in order."""
        self.server.stop()

    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.server.process is not None and self.server.process.poll() is None

    def address(self) -> str:
        """Where the others find it."""
        return self.server.url()

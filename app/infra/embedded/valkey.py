"""A real Valkey of our own, for page state, live updates and the cache.

server = EmbeddedValkey(Path(".holdfast/valkey"))
server.start()
server.url()      # redis://:password@127.0.0.1:port/0
server.stop()
"""

import secrets
import signal
import subprocess
import time
from pathlib import Path

import redis

from app.infra.embedded.binaries import wheel_valkey
from app.infra.embedded.failure import StartFailure
from app.infra.embedded.leftovers import stop_leftovers
from app.infra.embedded.ports import free_port
from app.infra.embedded.secret_file import write_secret
from app.infra.processes.spawn import spawn

READY_SECONDS = 20.0
STOP_SECONDS = 1.5


class EmbeddedValkey:
    """One Valkey server over one data folder; `fast=True` keeps nothing on disk."""

    def __init__(self, data_dir: Path, *, port: int = 0, fast: bool = False, log: Path | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.fast = fast
        self.log = log or self.data_dir.with_name(f"{self.data_dir.name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and return once it answers; one left behind by an earlier run is stopped first."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        stop_leftovers(self.data_dir, program="valkey-server", gentle=signal.SIGTERM)
        self.port = free_port(self.port)
        self.process = spawn(
            # The password goes through standard input: a command line can be read by everybody.
            [str(wheel_valkey()), "-"],
            cwd=self.data_dir,
            log=self.log,
            stdin=self._configuration().encode(),
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server; it writes what it keeps first."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def url(self) -> str:
        """Return the address with its password."""
        return f"redis://:{self._password()}@127.0.0.1:{self.port}/0"

    def _password(self) -> str:
        path = self.data_dir.with_name(f"{self.data_dir.name}.secret")
        if not path.exists():
            write_secret(path, secrets.token_hex(24))
        return path.read_text()

    def _configuration(self) -> str:
        lines = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self._password(),
            "dir": f'"{self.data_dir}"',
            "daemonize": "no",
            "save": '""',
            # Page state survives a kill of the server, so that an open form does not lose what was typed.
            "appendonly": "no" if self.fast else "yes",
            "appendfsync": "everysec",
            "maxmemory": "512mb",
            "maxmemory-policy": "volatile-ttl",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        with redis.Redis.from_url(self.url()) as client:
            while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.02)
                    continue
                return
        raise StartFailure(f"Valkey did not start; its own words are in {self.log}.")

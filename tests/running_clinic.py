"""`./holdfast up` itself, over a home of its own, for the tests that need the whole clinic.

clinic = RunningClinic(folder)     # a free port is chosen
clinic.start("--empty")            # returns once its pages answer
clinic.url, clinic.database().owner, clinic.children()
clinic.stop()
"""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import psycopg

from app.infra.embedded.leftovers import standing_in
from app.infra.embedded.ports import free_port
from app.infra.embedded.roles import DatabaseUrls
from app.infra.processes.home import plain_environment
from app.infra.processes.remains import GUARDIAN_MARK, MARK, carrying
from app.settings import ROOT

START_SECONDS = 240.0
STOP_SECONDS = 10.0


class RunningClinic:
    """One installation under test."""

    def __init__(self, home: Path, *, port: int | None = None, given: dict[str, str] | None = None) -> None:
        self.home = home
        self.given = given or {}
        self.port = port or free_port()
        self.launcher: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def output(self) -> Path:
        return self.home / "up.log"

    def environment(self) -> dict[str, str]:
        """Return the environment of `up`: its own home and key, none of the suite's servers."""
        mine = {"HOLDFAST_HOME": str(self.home), **self.given}
        suite = ("HOLDFAST_MASTER_KEY", "HOLDFAST_HOME", "HOLDFAST_PORT")
        return {name: value for name, value in plain_environment().items() if name not in suite} | mine

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another `./holdfast` command over the same home."""
        return subprocess.run(
            [ROOT / "holdfast", *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def start(self, *options: str) -> float:
        """Start it and wait until it says that it is open; return the seconds that took."""
        started = time.monotonic()
        self.home.mkdir(parents=True, exist_ok=True)
        with self.output.open("wb") as output:
            self.launcher = subprocess.Popen(
                [ROOT / "holdfast", "up", "--port", str(self.port), *options],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while "Holdfast is open" not in self.output.read_text():
            if self.launcher.poll() is not None or time.monotonic() - started > START_SECONDS:
                raise AssertionError(f"up did not start: {self.output.read_text()}")
            time.sleep(0.1)
        return time.monotonic() - started

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it with a signal; return the seconds until it had ended."""
        started = time.monotonic()
        if self.launcher is not None:
            self.launcher.send_signal(number)
            self.launcher.wait(STOP_SECONDS * 3)
        return time.monotonic() - started

    def database(self) -> DatabaseUrls:
        """Return the addresses of its database, for assertions."""
        addresses = json.loads((self.home / "addresses.json").read_text())
        return DatabaseUrls(
            app=addresses["DATABASE_URL"],
            owner=addresses["DATABASE_OWNER_URL"],
            worker=addresses["DATABASE_WORKER_URL"],
            superuser="",
        )

    def connect(self) -> psycopg.Connection:
        """Return a connection that sees every row, for assertions on what was really stored."""
        passwords = json.loads((self.home / "postgres.secrets.json").read_text())
        url = psycopg.conninfo.make_conninfo(self.database().owner, user="postgres", password=passwords["postgres"])
        return psycopg.connect(url, autocommit=True)

    def processes(self) -> dict[str, psutil.Process]:
        """Return what runs, by name: launcher, guardian, PostgreSQL, Valkey, scheduler, web, web-worker-N."""
        assert self.launcher is not None
        launcher = psutil.Process(self.launcher.pid)
        found = {"launcher": launcher}
        for child in launcher.children():
            found[_name_of(child)] = child
        for number, worker in enumerate(found["web"].children() if "web" in found else []):
            found[f"web-worker-{number}"] = worker
        return found

    def processor_seconds(self) -> float:
        """Return the processor time that the run has taken so far, children that ended included."""
        assert self.launcher is not None
        launcher = psutil.Process(self.launcher.pid)
        return sum(sum(one.cpu_times()[:4]) for one in [launcher, *launcher.children(recursive=True)])

    def left_running(self) -> list[psutil.Process]:
        """Return whatever still runs of it, found as the next `up` would find it."""
        servers = standing_in(self.home / "postgres", program="postgres")
        servers += standing_in(self.home / "valkey", program="valkey-server")
        return servers + carrying(MARK, home=self.home) + carrying(GUARDIAN_MARK, home=self.home)

    def everything_below(self) -> list[psutil.Process]:
        """Return every process that it started, at any depth."""
        assert self.launcher is not None
        return psutil.Process(self.launcher.pid).children(recursive=True)


def _name_of(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    names = {
        "processes.guardian": "guardian",
        "bin/postgres": "postgres",
        "valkey-server": "valkey",
        "-m scheduler": "scheduler",
        "granian": "web",
    }
    return next((name for part, name in names.items() if part in line), f"unknown {os.path.basename(line)}")

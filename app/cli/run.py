"""One run of `up`: what it starts, in which order, and with which addresses."""

import os
import sys
import time
import urllib.error
import urllib.request

from app.cli.say import say, step
from app.cli.servers import adopt, database_is_given, redis_is_given
from app.infra.embedded.failure import StartFailure
from app.infra.embedded.postgres import EmbeddedPostgres
from app.infra.embedded.valkey import EmbeddedValkey
from app.infra.frontend import FrontendBuild
from app.infra.processes.guardian import Guardian
from app.infra.processes.home import Home, plain_environment
from app.infra.processes.remains import MARK, stop_remains
from app.infra.processes.service import OwnProcess, PostgresService, ValkeyService
from app.infra.processes.supervisor import Supervisor
from app.settings import ROOT, settings

WEB_READY_SECONDS = 120.0
WORKERS_KILL_SECONDS = "2"
# Granian takes no more connections at once than this from its line, and by default only 512 a worker: whoever waits
# with an open page would keep everybody else, health checks too, from being heard.
CONNECTIONS_IN_LINE, CONNECTIONS_A_WORKER = "4096", "10000"


class Run:
    """The services of one `up` over one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.supervisor = Supervisor(say=say)
        self.frontend = FrontendBuild(kept=ROOT / ".holdfast" / "frontend", log=home.log("frontend"))
        self.mark = {MARK: str(home.folder), "PYTHONPATH": str(ROOT)}
        self.postgres = None if database_is_given() else _postgres(home)
        self.valkey = None if redis_is_given() else _valkey(home)
        self.serving: dict[str, str] = {}

    def start_guardian(self) -> None:
        """The guardian comes first: from then on nothing outlives us."""
        self.supervisor.start(Guardian(self.home.folder))

    def begin_frontend(self) -> None:
        """Let the frontend's build run beside the database's first start."""
        if not self.frontend.is_kept():
            say("Building the pages (once for this version) ...")
            self.frontend.start(mark=self.mark)

    def finish_frontend(self) -> None:
        """Wait for the build and lay it out for our port."""
        if not self.frontend.is_kept():
            with step("Waiting for the pages to be built"):
                self.frontend.finish()
        self.serving = self.frontend.serve(self.home.folder, port=settings().port)

    def start_servers(self) -> None:
        """Start the embedded servers that no URL replaces."""
        if self.postgres is not None:
            with step("Starting PostgreSQL"):
                self.supervisor.start(PostgresService(self.postgres))
        if self.valkey is not None:
            with step("Starting Valkey"):
                self.supervisor.start(ValkeyService(self.valkey))
        adopt(self._addresses())
        self.home.write_addresses(self._addresses())

    def migrate(self) -> None:
        """Bring the database to the newest revision; data sealed under another master key are refused."""
        from app.infra.crypto import KeyFailure
        from app.services.accounts.keys import refuse_foreign_data
        from models.migrate import upgrade

        with step("Migrating the database"):
            upgrade()
        try:
            refuse_foreign_data()
        except KeyFailure as failure:
            raise StartFailure(str(failure)) from failure

    def forget_owner(self) -> None:
        """Close our own connections: nothing but migrations and the seed is ever the database's owner."""
        from models.db import dispose_engines

        dispose_engines()

    def start_scheduler(self) -> None:
        """Start the process that runs the jobs."""
        self._start_own("scheduler", [sys.executable, "-m", "scheduler"])

    def start_web(self) -> None:
        """Start pages and API, and wait until they answer."""
        self._start_own("web", _web_command())
        deadline = time.monotonic() + WEB_READY_SECONDS
        while not _answers(settings().port):
            self.supervisor.look()
            if time.monotonic() > deadline:
                raise StartFailure(f"The pages do not answer; their own words are in {self.home.log('web')}.")
            time.sleep(0.1)

    def stop(self) -> None:
        """End everything in order, and then whatever a signal in an awkward moment left."""
        self.supervisor.stop()
        stop_remains(self.home.folder)
        self.home.forget_addresses()

    def _start_own(self, name: str, argv: list[str]) -> None:
        process = OwnProcess(name, argv, cwd=ROOT, log=self.home.log(name), environment=self._environment_of_processes)
        self.supervisor.start(process)

    def _environment_of_processes(self) -> dict[str, str]:
        # Without the owner's address: what serves people and jobs owns nothing in the database.
        roles = {name: url for name, url in self._addresses().items() if name != "DATABASE_OWNER_URL"}
        place = {"HOLDFAST_HOME": str(self.home.folder), "HOLDFAST_PORT": str(settings().port)}
        return plain_environment() | roles | place | self.serving | self.mark

    def _addresses(self) -> dict[str, str]:
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "REDIS_URL")
        addresses = {name: os.environ[name] for name in names if os.environ.get(name)}
        if self.postgres is not None:
            addresses |= self.postgres.urls().environment()
        if self.valkey is not None:
            addresses |= {"REDIS_URL": self.valkey.url()}
        return addresses


def _postgres(home: Home) -> EmbeddedPostgres:
    return EmbeddedPostgres(home.postgres, log=home.log("postgres"))


def _valkey(home: Home) -> EmbeddedValkey:
    return EmbeddedValkey(home.valkey, log=home.log("valkey"))


def _web_command() -> list[str]:
    host = "127.0.0.1" if settings().host == "localhost" else settings().host
    return [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory"),
        *("--host", host, "--port", str(settings().port), "--workers", str(settings().web_workers)),
        *("--backlog", CONNECTIONS_IN_LINE, "--backpressure", CONNECTIONS_A_WORKER),
        *("--respawn-failed-workers", "--workers-kill-timeout", WORKERS_KILL_SECONDS),
        "app.app:app",
    ]


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status < 500)
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False

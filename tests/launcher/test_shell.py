"""`./holdfast` itself: a Python that is too old, none at all, and an unreachable registry are a sentence each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """What the launcher needs before there is an environment."""
    root = tmp_path / "checkout"
    (root / "app" / "cli").mkdir(parents=True)
    for name in ("holdfast", "requirements.lock", "app/cli/environment.py"):
        shutil.copy2(ROOT / name, root / name)
    return root


def _run(root: Path, *, path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "holdfast", "up"],
        env={"PATH": path, "HOME": str(root), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _pretended_python(folder: Path, *, body: str) -> str:
    """Make a folder of programs in which every python is this script."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "env"):
        (programs / name).symlink_to(shutil.which(name) or "")
    for name in ("python3", "python"):
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    return str(programs)


def test_an_old_python_is_refused_in_one_sentence(bare_checkout: Path, tmp_path: Path) -> None:
    old = 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac'
    refused = _run(bare_checkout, path=_pretended_python(tmp_path, body=old))
    assert refused.returncode == 1
    assert refused.stderr == "holdfast: Python 3.11 or newer is needed, but found: Python 3.9.2.\n"


def test_no_python_is_refused_in_one_sentence(bare_checkout: Path, tmp_path: Path) -> None:
    path = _pretended_python(tmp_path, body="exit 127")
    for name in ("python3", "python"):
        os.remove(f"{path}/{name}")
    refused = _run(bare_checkout, path=path)
    assert refused.returncode == 1
    assert refused.stderr == "holdfast: Python 3.11 or newer is needed, but found: none.\n"


@pytest.mark.timeout(180)
def test_an_unreachable_registry_is_a_sentence_and_leaves_nothing_half_made(bare_checkout: Path) -> None:
    nowhere = {
        "HOLDFAST_PYTHON": sys.executable,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    refused = _run(bare_checkout, path=os.environ["PATH"], **nowhere)
    assert refused.returncode == 1
    assert "the package registry cannot be reached" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (bare_checkout / ".venv").exists()

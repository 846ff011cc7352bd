"""Which tests stay together when the suite runs in several processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.test import SPREAD
from app.settings import ROOT
from tests import conftest


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/e2e/test_board.py::test_a_drag", "e2e"),
        ("tests/e2e/test_wall.py::test_it[3840-2160]", "e2e"),
        ("tests/api/test_days.py::test_it[a@b]", "api"),
        ("tests/services/test_sweep.py::test_it[x::y]", "tests/services/test_sweep.py"),
    ],
)
def test_what_shares_a_server_stays_together_and_a_file_always_does(nodeid: str, scope: str) -> None:
    assert conftest.together(nodeid) == scope


def test_the_processes_are_given_whole_folders(tmp_path: Path) -> None:
    """In a suite of two files in one folder of that kind, all tests run in one process, although there are two."""
    folder = tmp_path / "e2e"
    folder.mkdir()
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import Together, pytest_xdist_make_scheduler\n"
        "import os, pytest\n"
        "@pytest.fixture(autouse=True)\n"
        "def note(request):\n"
        f"    open({str(tmp_path / 'noted')!r}, 'a').write(os.environ['PYTEST_XDIST_WORKER'] + '\\n')\n"
    )
    for name in ("one", "two"):
        (folder / f"test_{name}.py").write_text(
            "import pytest\n@pytest.mark.parametrize('number', range(4))\ndef test_it(number): pass\n"
        )
    apart = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    options = ["-p", "no:cacheprovider", "--rootdir", str(tmp_path), *SPREAD, "--numprocesses=2"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    subprocess.run(command, cwd=tmp_path, env=apart, check=True, capture_output=True)
    noted = (tmp_path / "noted").read_text().split()
    assert len(noted) == 8
    assert len(set(noted)) == 1

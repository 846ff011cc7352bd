"""`bench flash` with a small crowd: the whole installation, and every click is reckoned up against the database."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT
from bench.sessions import Reckoning, compared
from tests.running_clinic import RunningClinic


@pytest.mark.long
def test_a_small_crowd_loses_nothing_and_overfills_nothing(tmp_path: Path) -> None:
    # An installation of its own: none of the suite's servers, which may not even run.
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", "bench", "flash", "--clicks=200", "--places=40", "--generators=1"],
        cwd=ROOT,
        env=RunningClinic(tmp_path / "home").environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    last = ran.stdout.splitlines()[-1]
    assert last.startswith("RESULT flash clicks=200 placed=40 places=40 lost=0 overfilled=0 seconds=")
    figures = dict(re.findall(r"(\w+)=([\d.e+]+)", last))
    assert figures["without_pause"] == "0"
    assert figures["healthz_failed"] == "0"


@pytest.mark.parametrize(
    ("rows", "answered", "expected"),
    [
        ([("s", 2, 2, "a"), ("s", 2, 2, "b")], {"a", "b"}, Reckoning(2, 0, 0, 0)),
        ([("s", 1, 2, "a"), ("s", 1, 2, "b")], {"a", "b"}, Reckoning(2, 1, 0, 0)),
        ([("s", 2, 1, "a"), ("s", 2, 1, "b")], {"a", "b"}, Reckoning(2, 1, 0, 0)),
        ([("s", 2, 1, "a")], {"a", "b"}, Reckoning(1, 0, 1, 0)),
        ([("s", 2, 2, "a"), ("s", 2, 2, "b")], {"a"}, Reckoning(2, 0, 0, 1)),
        ([("s", 2, 0, None)], set(), Reckoning(0, 0, 0, 0)),
    ],
    ids=["right", "beyond capacity", "miscounted", "answered without a row", "a row without an answer", "empty"],
)
def test_whatever_is_wrong_is_seen(
    rows: list[tuple[str, int, int, str | None]], answered: set[str], expected: Reckoning
) -> None:
    assert compared(rows, answered) == expected

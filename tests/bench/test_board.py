"""`bench board` with a small clinic: the whole installation, a browser, and other desks that hear of every change."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.running_clinic import RunningClinic


@pytest.mark.long
def test_a_small_board_is_painted_moves_are_seen_and_every_other_desk_hears_of_them(tmp_path: Path) -> None:
    sizes = ["--practitioners=4", "--rounds=2", "--moves=1", "--boards=3", "--changes=1"]
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", "bench", "board", *sizes],
        cwd=ROOT,
        env=RunningClinic(tmp_path / "home").environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    last = ran.stdout.splitlines()[-1]
    assert last.startswith("RESULT board paint_ms=")
    figures = {name: float(figure) for name, figure in re.findall(r"(\w+)=([\d.e+]+)", last)}
    assert (figures["appointments"], figures["moves"], figures["pushes"]) == (100, 2, 6)
    assert all(figures[name] > 0 for name in ("paint_ms", "move_ms", "push_p99_ms"))

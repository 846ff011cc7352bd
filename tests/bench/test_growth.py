"""`bench growth` at a size that takes seconds: both servers are measured, and the last line is what a script reads."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT
from bench.plans import NAMES

pytestmark = pytest.mark.long

FIGURES = ("hold_ratio", "read_ratio", "hold_cpu", "hold_buffers", "fortnight_cpu", "first_cpu")


def test_it_compares_two_pasts_and_writes_the_plans(tmp_path: Path) -> None:
    plans = tmp_path / "plans.txt"
    sizes = ["--appointments", "9000", "--compared-with", "3000", "--practitioners", "5"]
    said = subprocess.run(
        [sys.executable, "-m", "app.cli", "bench", "growth", *sizes, "--calls=20", "--rounds=2", f"--plans={plans}"],
        cwd=ROOT,
        env={**os.environ, "HOLDFAST_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    last = said.splitlines()[-1]
    assert last.startswith("RESULT growth ")
    ratios = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", last)}
    assert all(ratios[name] > 0 for name in FIGURES)
    assert ratios["hold_ratio"] == max(ratios["hold_cpu"], ratios["hold_buffers"])
    # A past that is longer by 16 days costs no buffer more than a page of each index.
    assert ratios["hold_buffers"] < 1.5
    written = plans.read_text()
    assert [line for line in written.splitlines() if line in NAMES] == list(NAMES)
    assert "Trigger for constraint fk_slots_place" in written

"""What is left of a run: found by the mark its processes carry and by the folders its servers stand in."""

import os
import signal
import time
from pathlib import Path

import psutil

from app.infra.embedded.leftovers import stop_leftovers

MARK = "HOLDFAST_RUN_OF"
GUARDIAN_MARK = "HOLDFAST_GUARDIAN_OF"
GENTLE_SECONDS = 1.5
SERVER_SECONDS = 1.5


def stop_remains(home: Path) -> int:
    """End every process of the runs of this home within 5 s: pages and jobs first, then the servers."""
    count = _stop_marked(home)
    count += stop_leftovers(home / "valkey", program="valkey-server", gentle=signal.SIGTERM, within=SERVER_SECONDS)
    return count + stop_leftovers(home / "postgres", program="postgres", gentle=signal.SIGINT, within=SERVER_SECONDS)


def dismiss_guardians(home: Path) -> None:
    """End the guardians of earlier runs first: one still at work would take a new run for the old one."""
    for process in carrying(GUARDIAN_MARK, home=home):
        process.kill()


def carrying(mark: str, *, home: Path) -> list[psutil.Process]:
    """Return the living processes, other than this one, whose environment has the mark of this home."""
    found = []
    for process in psutil.process_iter(["pid"]):
        try:
            if process.pid != os.getpid() and process.environ().get(mark) == str(home):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _stop_marked(home: Path) -> int:
    processes = carrying(MARK, home=home)
    for process in processes:
        _send(process, signal.SIGTERM)
    deadline = time.monotonic() + GENTLE_SECONDS
    while (remaining := carrying(MARK, home=home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in remaining:
        _send(process, signal.SIGKILL)
    return len(processes)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return

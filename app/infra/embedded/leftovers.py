"""Servers of an earlier run that was killed: find them by the data folder they stand in, and stop them."""

import signal
import time
from pathlib import Path

import psutil

GENTLE_SECONDS = 4.0


def standing_in(folder: Path, *, program: str) -> list[psutil.Process]:
    """Return the processes of this program whose working directory is the folder (both servers go there)."""
    wanted = str(folder.resolve())
    found = []
    for process in psutil.process_iter(["name"]):
        if not (process.info["name"] or "").startswith(program):
            continue
        try:
            if process.cwd() == wanted and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def stop_leftovers(folder: Path, *, program: str, gentle: signal.Signals, within: float = GENTLE_SECONDS) -> int:
    """Stop what still stands in the folder, gently and then hard; return how many there were."""
    remaining = standing_in(folder, program=program)
    count = len(remaining)
    _signal_all(_heads(remaining), gentle)
    deadline = time.monotonic() + within
    while remaining and time.monotonic() < deadline:
        time.sleep(0.05)
        remaining = standing_in(folder, program=program)
    _signal_all(remaining, signal.SIGKILL)
    psutil.wait_procs(remaining, timeout=GENTLE_SECONDS)
    return count


def _heads(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those whose parent is not among them; orphans whose head is gone count as heads."""
    ids = {process.pid for process in processes}
    heads = []
    for process in processes:
        try:
            if process.ppid() not in ids:
                heads.append(process)
        except psutil.Error:
            continue
    return heads


def _signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue

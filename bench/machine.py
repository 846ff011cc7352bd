"""What else the machine does while something is measured, and what the measured servers cost it.

machine = Machine()
... measure ...
print(machine.since())            # of everything since the last question
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# How the command lines of an installation's servers are told from the browser's and from our own.
SERVERS = ("granian", "postgres", "valkey")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds since the last question, and how many cores other people's work kept busy in it."""

    servers: float
    others: float
    load: float

    def __str__(self) -> str:
        return f"load {self.load:.1f}, of {os.cpu_count()} cores others used {self.others:.1f}"


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    busy: float
    ours: float
    servers: float

    @classmethod
    def now(cls) -> Self:
        spent = {pid: (_seconds_of(stat), _words_of(pid)) for pid, stat in _family(os.getpid()).items()}
        servers = sum(seconds for seconds, words in spent.values() if any(one in words for one in SERVERS))
        total, idle = _whole_machine()
        return cls(total, total - idle, sum(seconds for seconds, _ in spent.values()), servers)


class Machine:
    """The machine since it was last asked about."""

    def __init__(self) -> None:
        self._before = _Reading.now()

    def since(self) -> Spent:
        """Return what was spent since the beginning or the last question."""
        before, now = self._before, _Reading.now()
        self._before = now
        cores = os.cpu_count() or 1
        elapsed = max((now.at - before.at) / cores, 1 / TICKS_A_SECOND)
        others = (now.busy - before.busy - (now.ours - before.ours)) / elapsed
        return Spent(now.servers - before.servers, max(0.0, others), os.getloadavg()[0])


def _whole_machine() -> tuple[float, float]:
    """Return the CPU seconds of all cores, used or not, and those in which nothing was to be done."""
    ticks = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks) / TICKS_A_SECOND, (ticks[3] + ticks[4]) / TICKS_A_SECOND


def _family(root: int) -> dict[int, list[str]]:
    """Return a process and all that descend from it, each with its numbers in /proc."""
    stats: dict[int, list[str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stats[int(folder.name)] = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            # It has ended meanwhile.
            continue
    family, found = {root: stats[root]}, [root]
    while found:
        parent = found.pop()
        children = {pid: stat for pid, stat in stats.items() if int(stat[1]) == parent}
        family |= children
        found += children
    return family


def _seconds_of(stat: list[str]) -> float:
    # Its own time and that of its children that have ended.
    return sum(int(one) for one in stat[11:15]) / TICKS_A_SECOND


def _words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""

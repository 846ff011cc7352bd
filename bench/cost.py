"""What calls cost the server: the CPU time of the one backend that serves them, and the buffers that it touches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import LiteralString

from bench.ground import CLERK
from models.db import first_row, transaction

# What the backend has counted is told to everybody only now and then; now, at the end of this statement.
FLUSH: LiteralString = "SELECT pg_stat_force_next_flush(), pg_backend_pid()"
FETCHED: LiteralString = "SELECT pg_stat_get_db_blocks_fetched(oid) FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Cost:
    """The mean of one call."""

    cpu_us: float
    buffers: float

    def __str__(self) -> str:
        return f"{self.cpu_us:.0f} us of CPU, {self.buffers:.1f} buffers"


def cost_of(calls: Iterator[Callable[[], object]], *, calls_made: int) -> Cost:
    """Make the next calls, and return their mean cost; the engine must have one connection only."""
    pid, fetched = _fetched()
    began = _cpu_ns(pid)
    for call in islice(calls, calls_made):
        call()
    cpu_ns = _cpu_ns(pid) - began
    still, fetched_then = _fetched()
    if still != pid:
        raise RuntimeError("The connection was lost meanwhile, so nothing was measured.")
    return Cost(cpu_ns / calls_made / 1000, (fetched_then - fetched) / calls_made)


def _fetched() -> tuple[int, int]:
    with transaction(CLERK) as session:
        _, pid = first_row(session, FLUSH, {}) or (None, 0)
    with transaction(CLERK) as session:
        (fetched,) = first_row(session, FETCHED, {}) or (0,)
    return int(pid), int(fetched)


def _cpu_ns(pid: int) -> int:
    # In nanoseconds, where /proc/<pid>/stat counts hundredths of a second.
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])

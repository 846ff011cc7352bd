"""pgbench over the statements that the engine executes: its script is written from the same constants."""

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class PgbenchResult:
    """What pgbench measured: transactions a second without connecting, mean latency, failed transactions."""

    tps: float
    latency_ms: float
    attempts: int
    failed: int


def statement(sql: str, values: Mapping[str, str]) -> str:
    """Return the statement with every placeholder replaced by an SQL expression over pgbench's variables."""
    return PLACEHOLDER.sub(lambda found: values[found.group(1)], sql).strip()


def transaction_script(setup: Sequence[str], statements: Sequence[str], *, isolation: str = "READ COMMITTED") -> str:
    """Return a script of one transaction; a statement with `\\gset` and a line of pgbench's own keep their end."""
    lines = [one if "\\" in one else f"{one};" for one in statements]
    return "\n".join([*setup, f"BEGIN ISOLATION LEVEL {isolation};", *lines, "COMMIT;"]) + "\n"


def run_pgbench(
    program: Path, url: str, script: str, *, clients: int, seconds: int, variables: Mapping[str, int], tries: int = 1
) -> PgbenchResult:
    """Run a script with `-M prepared` and return its figures; raises when pgbench cannot run it.

    `tries` above one repeats a transaction after a serialisation failure or deadlock, at once, as pgbench does.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "transaction.sql"
        path.write_text(script)
        defined = [f"-D{name}={value}" for name, value in variables.items()]
        command = [
            str(program),
            "-n",
            "-M",
            "prepared",
            f"-c{clients}",
            "-j2",
            f"-T{seconds}",
            f"--max-tries={tries}",
            *defined,
        ]
        done = subprocess.run([*command, "-f", str(path), url], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    failed = int(_figure(r"number of failed transactions: (\d+)", done.stdout))
    processed = int(_figure(r"number of transactions actually processed: (\d+)", done.stdout))
    return PgbenchResult(
        tps=_figure(r"tps = ([\d.]+)", done.stdout),
        latency_ms=_figure(r"latency average = ([\d.]+)", done.stdout),
        attempts=processed + failed,
        failed=failed,
    )


def _figure(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"pgbench printed no '{pattern}': {text[-500:]}")
    return float(found.group(1))

"""What a hold and an availability read cost the server with 20 million appointments, and with 200,000.

Two servers side by side hold the same clinic, practitioners, patients and future; only the past of the one is longer
(`seed --huge`). In each round both are asked the same number of times, one after the other; the cost of a call is the
CPU time of the one backend that serves it (/proc, so Linux only) and the buffers it touches. The ratio of each round
compares neighbours in time, and the median of the rounds is the result; `hold_ratio` and `read_ratio` are the worse
of CPU and buffers, and of the two reads.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from app.infra.embedded.postgres import EmbeddedPostgres
from app.services.demo.large import HUGE_APPOINTMENTS, Size, huge_size
from bench.cost import Cost, cost_of
from bench.ground import measured_server, use
from bench.large import load_size
from bench.plans import plans_of
from bench.visits import first_reads, fortnight_reads, holds

Calls = Iterator[Callable[[], object]]
KINDS: dict[str, Callable[[], Calls]] = {"hold": holds, "fortnight": fortnight_reads, "first": first_reads}
WARM_UP = 40


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `bench growth`."""
    parser.add_argument("--appointments", type=int, default=HUGE_APPOINTMENTS, help="how many on the big server")
    parser.add_argument("--compared-with", type=int, default=200_000, help="how many on the small one")
    parser.add_argument("--practitioners", type=int, default=200, help="on both; 2,500 patients for each")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds")
    parser.add_argument("--calls", type=int, default=300, help="calls of each kind in a round")
    parser.add_argument("--keep", type=Path, help="a folder in which the loaded servers stay for the next time")
    parser.add_argument("--plans", type=Path, help="write the big server's plans to this file")


def run(arguments: argparse.Namespace) -> int:
    """Load what is not there yet, measure, and print the figures; the last line is RESULT."""
    with ExitStack() as stack:
        servers = {}
        for appointments in (arguments.compared_with, arguments.appointments):
            size = huge_size(appointments, practitioners=arguments.practitioners)
            servers[size] = stack.enter_context(measured_server(_folder(arguments.keep, size)))
            _say(
                f"Loading {appointments:,} appointments: {size.past_days} past days, {size.past_slots:,} past slots ..."
            )
            load_size(size)
        small, big = servers.values()
        ratios = _measured(small, big, rounds=arguments.rounds, calls=arguments.calls)
        if arguments.plans:
            use(big, connections=1)
            arguments.plans.write_text(plans_of(big, [next(make()) for make in KINDS.values()]))
    hold = max(ratios["hold_cpu"], ratios["hold_buffers"])
    read = max(value for name, value in ratios.items() if not name.startswith("hold"))
    worst = {"hold_ratio": hold, "read_ratio": read}
    print("RESULT growth " + " ".join(f"{name}={value:.2f}" for name, value in (worst | ratios).items()), flush=True)
    return 0


def _folder(kept: Path | None, size: Size) -> Path | None:
    return kept and kept.resolve() / f"{size.appointments}-{size.practitioners}"


def _measured(small: EmbeddedPostgres, big: EmbeddedPostgres, *, rounds: int, calls: int) -> dict[str, float]:
    """Return each kind's median ratios of CPU and buffers, big to small."""
    costs: dict[str, list[tuple[Cost, Cost]]] = {kind: [] for kind in KINDS}
    for number in range(rounds):
        pair = [_round(server, calls=calls) for server in (small, big)]
        for kind, (before, after) in {kind: (pair[0][kind], pair[1][kind]) for kind in KINDS}.items():
            costs[kind].append((before, after))
            _say(f"round {number + 1}, {kind}: {before} -> {after}")
    ratios = {}
    for kind, measured in costs.items():
        ratios[f"{kind}_cpu"] = median(after.cpu_us / before.cpu_us for before, after in measured)
        ratios[f"{kind}_buffers"] = median(after.buffers / before.buffers for before, after in measured)
    return ratios


def _round(server: EmbeddedPostgres, *, calls: int) -> dict[str, Cost]:
    use(server, connections=1)
    costs = {}
    for kind, make in KINDS.items():
        made = make()
        cost_of(made, calls_made=WARM_UP)
        costs[kind] = cost_of(made, calls_made=calls)
    return costs


def _say(words: str) -> None:
    print(words, flush=True)

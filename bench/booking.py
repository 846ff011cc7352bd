"""The booking transaction: against pgbench on the identical statements, on hot slots, its expiry, and reads.

Everything runs on one throw-away server in turn, so that ratios mean something on a noisy machine.
"""

import argparse
from collections.abc import Callable
from itertools import count
from statistics import median
from typing import Any

from app.infra.embedded.postgres import EmbeddedPostgres
from app.services.demo.ids import Kind
from bench import large
from bench.callers import by_threads, hold_call
from bench.compare import compare
from bench.expiry import expiry
from bench.ground import (
    CLINIC,
    FREE_STARTS,
    SERVICE,
    lay_free_starts,
    measured_server,
    patient_id,
    slot_id,
    sql_id,
)
from bench.hold_script import hold_script
from bench.hot_slots import drained, endless
from bench.pgbench import run_pgbench
from bench.reads import first_available_ms, fortnight_ms
from models.db import engine

CLIENTS = 16
# Neighbouring calls meet different practitioners.
STRIDE = 7_919
CALLS_A_ROUND = 20_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `bench booking`."""
    parser.add_argument("--scale", type=float, default=0.1, help="share of the large data set (1 is all of it)")
    parser.add_argument("--seconds", type=int, default=5, help="length of each half of a round")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds")
    parser.add_argument("--compare", action="store_true", help="the request's transaction and others beside ours")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print the figures; the last line is RESULT."""
    with measured_server() as server:
        _say(f"Loading {arguments.scale:g} of the large data set ...")
        large.load(scale=arguments.scale)
        lay_free_starts()
        if arguments.compare:
            compare(server, seconds=arguments.seconds, rounds=arguments.rounds)
            return 0
        figures = _figures(server, seconds=arguments.seconds, rounds=arguments.rounds)
    print("RESULT booking " + " ".join(f"{name}={value:.4g}" for name, value in figures.items()), flush=True)
    return 0


def _figures(server: EmbeddedPostgres, *, seconds: int, rounds: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    figures["starts_p50_ms"], figures["first_p50_ms"] = fortnight_ms(), first_available_ms()
    _say(f"open starts of 14 days: {figures['starts_p50_ms']:.1f} ms, first of many: {figures['first_p50_ms']:.1f} ms")
    figures |= _ratio(server, seconds=seconds, rounds=rounds)
    figures |= _hot()
    ended = expiry()
    _say(f"expiry: {ended.holds} holds in {ended.seconds:.1f} s, longest statement {ended.longest_ms:.0f} ms")
    figures |= {"expired": ended.holds, "expiry_s": ended.seconds, "expiry_max_ms": ended.longest_ms}
    return figures | {"miscounted": ended.wrong}


def _ratio(server: EmbeddedPostgres, *, seconds: int, rounds: int) -> dict[str, float]:
    script = hold_script(
        clinic_id=str(CLINIC),
        service_id=str(SERVICE),
        slot=sql_id(Kind.SLOT, ":s"),
        patient=sql_id(Kind.PATIENT, ":p"),
        clients=CLIENTS,
        slots=FREE_STARTS,
    )
    ratios, limits, waits, parts = [], [], [], count(0, CALLS_A_ROUND)
    for number in range(rounds):
        variables = {"round": next(parts), "stride": STRIDE, "i": 0}
        program = server.binaries.bin / "pgbench"
        limit = run_pgbench(program, _url(), script, clients=CLIENTS, seconds=seconds, variables=variables)
        ours = by_threads(free_hold(next(parts)), threads=CLIENTS, seconds=seconds)
        if limit.failed or set(ours.heard) != {"201"}:
            raise RuntimeError(f"An uncontended hold failed: pgbench {limit.failed}, engine {ours.heard}.")
        ratios.append(ours.tps / limit.tps)
        limits.append(limit.tps)
        waits.append(ours.percentile(0.99))
        rates = f"pgbench {limit.tps:.0f}/s, engine {ours.tps:.0f}/s, ratio {ratios[-1]:.2f}"
        _say(f"round {number + 1}: {rates}, {ours.cpu_ms:.2f} ms of Python CPU a hold")
    return {"ratio": median(ratios), "pgbench_tps": median(limits), "hold_p99_ms": median(waits)}


def free_hold(part: int) -> Callable[[int], str]:
    """Return uncontended holds by number: each takes another start and another patient of this part."""

    def call(number: int) -> str:
        k = part + number
        slot = slot_id(k * STRIDE % FREE_STARTS)
        return hold_call(slot=slot, service=SERVICE, patient=patient_id(k), key=f"free-{k}")()

    return call


def _hot() -> dict[str, float]:
    figures: dict[str, float] = {"false_refusals": 0, "oversold": 0}
    for callers, calls in ((64, 4_000), (256, 8_000)):
        for name, hot in (("hot", endless(callers=callers, calls=calls)), ("drain", drained(callers=callers))):
            p99, fair = hot.measured.percentile(0.99), callers / hot.measured.tps * 1000
            figures[f"{name}{callers}_p99_ms"] = p99
            figures["false_refusals"] += hot.false_refusals
            figures["oversold"] += hot.oversold
            _say(f"{name} {callers}: {hot.measured.tps:.0f}/s, p99 {p99:.0f} ms, callers/throughput {fair:.0f} ms")
            if name == "hot":
                figures[f"hot{callers}_p99_to_fair"] = p99 / fair
    return figures


def _url() -> str:
    return engine().url.set(drivername="postgresql").render_as_string(hide_password=False)


def _say(*words: Any) -> None:
    print(*words, flush=True)

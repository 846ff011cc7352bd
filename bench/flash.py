"""10,000 clicks within one second on 40 places, over HTTP: who is told what, and whether anything is lost.

A whole installation as `./holdfast up` starts it (two web workers, its own PostgreSQL with durable commits, Valkey,
scheduler), and the crowd in processes of its own beside it, open loop (bench/clicks.py). Everybody is another patient
with another key; 40 places are two sessions of 20. They come through one API client: no rate limit of ours stands in
their way, and none is changed for the run.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.errors import Overloaded
from app.services.demo.large import huge_size
from app.settings import settings
from bench.callers import by_threads
from bench.crowd import click, client_token
from bench.installation import installation
from bench.large import load_size
from bench.probe import Probe
from bench.sessions import free_sessions, holds_of, reckoned

PRACTITIONERS = 10
ENGINE_SECONDS = 5.0
Clicks = Sequence[dict[str, Any]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `bench flash`."""
    parser.add_argument("--clicks", type=int, default=10_000, help="how many people click")
    parser.add_argument("--within", type=float, default=1.0, help="within so many seconds")
    parser.add_argument("--places", type=int, default=40, help="a multiple of 20")
    parser.add_argument("--generators", type=int, default=2, help="processes of the crowd")
    parser.add_argument("--port", type=int, help="where the pages listen (any free port)")


def run(arguments: argparse.Namespace) -> int:
    """Open an installation, let the crowd in, and reckon up; the last line is RESULT."""
    with installation(port=arguments.port) as opened:
        load_size(huge_size(PRACTITIONERS * 2_000, practitioners=PRACTITIONERS))
        engine = _engine_rate(arguments.places)
        _say(f"engine: {engine:.0f} answers a second on full sessions, one process, {settings().pool_size} threads")
        opened.finish_frontend()
        opened.start_scheduler()
        opened.start_web()
        slots = free_sessions(arguments.places)
        with Probe(settings().port, "/healthz") as health:
            clicks = click(
                slots,
                clicks=arguments.clicks,
                within=arguments.within,
                processes=arguments.generators,
                port=settings().port,
                token=client_token(settings().port),
            )
        figures = _figures(clicks, slots, places=arguments.places)
    figures |= {"healthz_p99_ms": health.p99_ms, "healthz_failed": health.failed}
    figures |= {"engine_tps": engine, "allowed_seconds": 2 * arguments.clicks / engine}
    print("RESULT flash " + " ".join(f"{name}={value:.5g}" for name, value in figures.items()), flush=True)
    return 0


def _engine_rate(places: int) -> float:
    """Return how many answers a second the engine gives for full sessions, without HTTP."""
    slots = free_sessions(places)
    call = holds_of(slots)
    for number in range(places):
        call(number)
    measured = by_threads(call, threads=settings().pool_size, seconds=ENGINE_SECONDS)
    refused = measured.heard["slot-unavailable"]
    # On a machine that others keep busy the engine may say so; that is no answer, and counts as none.
    if not refused or set(measured.heard) - {"slot-unavailable", Overloaded.code}:
        raise RuntimeError(f"The engine should have refused everybody, and said {dict(measured.heard)}.")
    return measured.tps * refused / len(measured.waits_ms)


def _figures(clicks: Clicks, slots: Sequence[UUID], *, places: int) -> dict[str, float]:
    heard = Counter(f"{one['status']} {one['code']}".strip() for one in clicks)
    _say(f"heard: {json.dumps(dict(heard.most_common()))}")
    waits = sorted(one["wait_ms"] for one in clicks)
    by_answer = {
        name: sorted(one["wait_ms"] for one in clicks if one["status"] == status)
        for name, status in (("placed", 201), ("refused", 409))
    }
    for name, some in by_answer.items():
        if some:
            _say(f"{name}: {len(some)}, p50 {some[len(some) // 2]:.0f} ms, last {some[-1]:.0f} ms")
    answered = {one["appointment_id"] for one in clicks if one["status"] == 201}
    reckoning = reckoned(slots, answered)
    return {
        "clicks": len(clicks),
        "placed": heard["201"],
        "places": places,
        "lost": sum(one["status"] not in (201, 409) for one in clicks)
        + reckoning.without_row
        + reckoning.without_answer,
        "overfilled": reckoning.overfilled,
        "seconds": max(one["at"] + one["wait_ms"] / 1000 for one in clicks),
        "p50_ms": waits[len(waits) // 2],
        "p99_ms": waits[int(len(waits) * 0.99)],
        "asked_back": sum(one["asked_back"] for one in clicks),
        "without_pause": sum(one["unpaused"] for one in clicks),
        "broken": sum(one["broken"] for one in clicks),
    }


def _say(words: str) -> None:
    print(words, flush=True)

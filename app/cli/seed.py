"""`./holdfast seed`: load the demonstration clinic, or with --large or --huge a benchmark's data set."""

import argparse
from typing import TYPE_CHECKING

from app.cli.say import say, step
from app.cli.servers import servers
from app.errors import ClinicError
from app.infra.embedded.failure import StartFailure

if TYPE_CHECKING:
    from app.services.demo.large import Size


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--large", action="store_true", help="the benchmarks' data set, in a clinic of its own")
    which.add_argument("--huge", action="store_true", help="the same with a past: 20 million appointments")
    parser.add_argument("--scale", type=_scale, default=1.0, help="with --large 0.05 to 1, with --huge 0.01 to 1 (1)")


def run(arguments: argparse.Namespace) -> int:
    """Migrate, then load what was asked for unless it is there already."""
    from models.migrate import upgrade

    size = _size(arguments)
    with servers():
        upgrade()
        try:
            return _demonstration() if size is None else _benchmark(size)
        except ClinicError as refusal:
            raise StartFailure(str(refusal)) from refusal


def _size(arguments: argparse.Namespace) -> "Size | None":
    from app.services.demo.large import HUGE_APPOINTMENTS, huge_size, size_of

    try:
        if arguments.huge:
            return huge_size(round(HUGE_APPOINTMENTS * arguments.scale))
        return size_of(arguments.scale) if arguments.large else None
    except ValueError as wrong:
        raise StartFailure(str(wrong)) from wrong


def _demonstration() -> int:
    from app.services import demo
    from app.services.clock import utc_now

    with step("Loading the demonstration clinic"):
        is_new = demo.load(now=utc_now())
    say("The demonstration clinic is loaded." if is_new else "The demonstration clinic is there already.")
    return 0


def _benchmark(size: "Size") -> int:
    from app.services.clock import utc_now
    from app.services.demo.large import load_large

    with step(f"Loading {size.appointments:,} appointments"):
        is_new = load_large(now=utc_now(), size=size, tell=lambda line: say(f"  {line}"))
    if not is_new:
        say("A benchmark's data set is there already; for another one use another database.")
        return 0
    slots = size.slots + size.past_slots
    say(f"{size.practitioners} practitioners, {slots:,} slots, {size.patients:,} patients (invented names, sealed)")
    say(f"and {size.appointments:,} appointments are loaded; patient search and logins are not part of it.")
    return 0


def _scale(text: str) -> float:
    scale = float(text)
    if not 0.01 <= scale <= 1:
        raise argparse.ArgumentTypeError("the scale lies between 0.01 and 1")
    return scale

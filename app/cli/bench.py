"""`./holdfast bench NAME`: measurements, each a module of the folder bench with `configure` and `run`."""

import argparse
import importlib

NAMES = ("board", "booking", "flash", "growth", "imports", "patients")


def configure(parser: argparse.ArgumentParser) -> None:
    """Leave the words after the name to the measurement itself."""
    parser.add_argument("name", choices=NAMES, help="what to measure")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="options of the measurement")


def run(arguments: argparse.Namespace) -> int:
    """Run one measurement; its last line is RESULT."""
    measurement = importlib.import_module(f"bench.{arguments.name}")
    parser = argparse.ArgumentParser(prog=f"holdfast bench {arguments.name}", description=measurement.__doc__)
    measurement.configure(parser)
    return int(measurement.run(parser.parse_args(arguments.options)))

"""`./holdfast test`: find what the suite needs, run it, and say what was left out."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.cli.browser import NAMED_BY, find_browser, install_browser, install_package
from app.cli.say import say, step
from app.infra.embedded.binaries import debian_postgres
from app.infra.processes.home import plain_environment
from app.settings import ROOT

# What talks to the database and to nothing else; it must hold on both versions.
DATABASE_TESTS = ("tests/models", "tests/services", "tests/concurrency", "tests/scheduler")
SECOND_MAJOR = 15
NEEDS_BROWSER = "tests/e2e"
# A process each for up to four cores: every one has throw-away servers of its own.
# Which tests go together, and in which order, says tests/conftest.py.
SPREAD = (f"--numprocesses={min(os.cpu_count() or 1, 4)}", "--dist=loadscope", "--no-loadscope-reorder")
# Tests at a browser or a socket share a running clinic, and a busy machine moves their moments. A few that fail
# are tried once more in a clinic of their own, and named whatever comes of it. What the engine promises is never
# tried twice: a booking that is lost once in a thousand runs is lost.
TRIED_TWICE = ("tests/e2e/", "tests/state/")
MOST_TRIED_TWICE = 6


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `test`."""
    parser.add_argument("--all", action="store_true", help="the long tests too, and PostgreSQL 15")
    parser.add_argument("paths", nargs="*", help="only these tests (files, folders or pytest ids)")


def run(arguments: argparse.Namespace) -> int:
    """Run the suite; 0 when all that should run ran and passed."""
    left_out: list[str] = []
    failed = False
    options = list(arguments.paths)
    if not arguments.all:
        options += ["-m", "not long"]
        left_out.append("tests marked long, and the second run on PostgreSQL 15 (./holdfast test --all)")
    browser = _browser()
    if browser is None:
        options += [f"--ignore={NEEDS_BROWSER}"]
        left_out.append("the browser tests: no Chromium here; install it (Debian: apt install chromium)")
        failed = True
    failed |= not _pytest(options, environment={NAMED_BY: browser or ""}, is_spread=not arguments.paths)
    if arguments.all and not arguments.paths:
        failed |= not _second_version(left_out)
    for what in left_out:
        say(f"Left out: {what}.")
    if not left_out:
        say("Nothing was left out.")
    return int(failed)


def _second_version(left_out: list[str]) -> bool:
    if debian_postgres(SECOND_MAJOR) is None:
        with step(f"Installing PostgreSQL {SECOND_MAJOR}"):
            install_package(f"postgresql-{SECOND_MAJOR}")
    if debian_postgres(SECOND_MAJOR) is None:
        left_out.append(f"PostgreSQL {SECOND_MAJOR}: install it (Debian: apt install postgresql-{SECOND_MAJOR})")
        return False
    say(f"\nThe database tests once more, on PostgreSQL {SECOND_MAJOR}:")
    folders = [folder for folder in DATABASE_TESTS if any((ROOT / folder).rglob("test_*.py"))]
    left_out.append(f"on PostgreSQL {SECOND_MAJOR}: tests marked long, and those that use no database")
    return _pytest([*folders, "-m", "not long"], environment={"TEST_POSTGRES": str(SECOND_MAJOR)})


def _browser() -> str | None:
    browser = find_browser()
    if browser is None:
        with step("Installing Chromium for the browser tests"):
            install_browser()
        browser = find_browser()
    return browser


def second_tries(failed: list[str]) -> list[str]:
    """Return the pytest ids to try once more: the failed ones if few, and all at a browser or a socket; else none."""
    is_mild = len(failed) <= MOST_TRIED_TWICE and all(one.startswith(TRIED_TWICE) for one in failed)
    return failed if is_mild else []


def _pytest(options: list[str], *, environment: dict[str, str], is_spread: bool = True) -> bool:
    has_passed, failed = _run(options, environment=environment, is_spread=is_spread)
    again = second_tries(failed)
    if has_passed or not again:
        return has_passed
    say(f"\nOnce more, in a clinic of their own: {len(again)} that failed.")
    has_passed, still = _run(again, environment=environment, is_spread=False)
    for one in again:
        say(f"{'Failed twice' if one in still else 'Unsteady, failed and then passed'}: {one}")
    return has_passed


def _run(options: list[str], *, environment: dict[str, str], is_spread: bool) -> tuple[bool, list[str]]:
    surroundings = plain_environment() | environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    names = {name: value for name, value in os.environ.items() if name.startswith("TEST_")}
    with tempfile.TemporaryDirectory(prefix="holdfast-failed-") as cache:
        # A test that leaves itself out says why (-rs).
        spread = SPREAD if is_spread else ()
        command = [sys.executable, "-m", "pytest", "-rs", *spread, "-o", f"cache_dir={cache}", *options]
        result = subprocess.run(command, cwd=ROOT, env=surroundings | names | environment, check=False)
        kept = Path(cache, "v", "cache", "lastfailed")
        failed = list(json.loads(kept.read_text())) if kept.exists() else []
    return result.returncode == 0, failed

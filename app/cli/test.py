"""`./holdfast test`: find what the suite needs, run it, and say what was left out."""

import argparse
import os
import subprocess
import sys

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
SPREAD = (f"--numprocesses={min(os.cpu_count() or 1, 4)}", "--dist=loadgroup")


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


def _pytest(options: list[str], *, environment: dict[str, str], is_spread: bool = True) -> bool:
    # A test that leaves itself out says why.
    command = [sys.executable, "-m", "pytest", "-rs", *(SPREAD if is_spread else ()), *options]
    surroundings = plain_environment() | environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    names = {name: value for name, value in os.environ.items() if name.startswith("TEST_")}
    result = subprocess.run(command, cwd=ROOT, env=surroundings | names | environment, check=False)
    return result.returncode == 0

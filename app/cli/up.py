"""`./holdfast up`: servers, migrations, demonstration, frontend, pages and scheduler, then watch over them."""

import argparse
import os

from app.cli.demonstration import fill_once, print_code, print_logins
from app.cli.run import Run
from app.cli.say import say, step
from app.infra.embedded.failure import StartFailure
from app.infra.embedded.ports import is_free
from app.infra.processes.home import Home, raise_file_limit
from app.infra.processes.remains import dismiss_guardians, stop_remains
from app.infra.processes.supervisor import Stopped
from app.settings import settings

HIGHEST_PORT = 65_535
FIRST_OPEN_PORT = 1_024


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `up`."""
    parser.add_argument("--port", type=int, help="serve pages, API and websocket here (8000)")
    parser.add_argument("--empty", action="store_true", help="start without the demonstration: set up your own clinic")


def run(arguments: argparse.Namespace) -> int:
    """Start everything, print where to go, and watch until Ctrl-C or SIGTERM."""
    if arguments.port is not None:
        os.environ["HOLDFAST_PORT"] = str(arguments.port)
        settings.cache_clear()
    home = Home(settings().home)
    with home.locked():
        dismiss_guardians(home.folder)
        if stop_remains(home.folder):
            say("An earlier run was killed; what was left of it is stopped.")
        home.check_room()
        check_port(settings().port)
        home.ensure_master_key(given=settings().master_key)
        home.forget_counts()
        raise_file_limit()
        return _run(home, empty=arguments.empty)


def check_port(port: int) -> None:
    """Refuse a port that cannot be had before anything is started."""
    if not 0 < port <= HIGHEST_PORT:
        raise StartFailure(f"{port} is no port number; choose one from 1 to {HIGHEST_PORT}.")
    if port < FIRST_OPEN_PORT and os.geteuid() != 0:
        raise StartFailure(f"Port {port} needs root; choose one above {FIRST_OPEN_PORT} with --port N.")
    if not is_free(port) or not is_free(port, host="::1"):
        raise StartFailure(f"Port {port} is taken by another program; choose another one with --port N.")


def _run(home: Home, *, empty: bool) -> int:
    current = Run(home)
    current.supervisor.listen()
    try:
        _start(current, empty=empty)
        current.supervisor.watch()
    except Stopped:
        say("\nStopping ...")
        return 0
    finally:
        current.stop()
        say("Stopped.")
    return 0


def _start(run: Run, *, empty: bool) -> None:
    run.start_guardian()
    run.begin_frontend()
    run.start_servers()
    run.migrate()
    fill_once(run.home.folder, empty=empty)
    run.finish_frontend()
    with step("Starting the pages and the scheduler"):
        run.start_scheduler()
        run.start_web()
    print_code()
    say(f"\nHoldfast is open: http://localhost:{settings().port}/")
    print_logins()
    run.forget_owner()
    say("\nCtrl-C stops it.")

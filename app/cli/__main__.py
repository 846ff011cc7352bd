"""`./holdfast COMMAND`: each command is a module of this package, imported only when it is called."""

import argparse
import errno
import functools
import importlib
import sys

from app.cli.say import complain
from app.errors import ClinicError
from app.infra.embedded.failure import StartFailure

COMMANDS = {
    "up": "run the clinic: servers, pages, API and scheduler; prints where to go",
    "test": "run the test suite on throw-away servers (--all: the long tests too)",
    "migrate": "bring the database to the newest revision",
    "seed": "load the demonstration clinic (--large: the benchmark's data set)",
    "user": "add, list and change the staff's logins",
    "api-client": "make, list and revoke clients of the HTTP API",
    "bench": "measure the booking engine; ends in one RESULT line",
}
INTERRUPTED = 130
FAULTS_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


def main(argv: list[str]) -> int:
    """Run one command; an expected failure is one sentence and exit code 1."""
    arguments = _parse(argv)
    command = importlib.import_module(_module_of(arguments.command))
    try:
        return int(command.run(arguments))
    except (StartFailure, ClinicError) as failure:
        complain(str(failure))
    except OSError as failure:
        if failure.errno not in FAULTS_OF_THE_MACHINE:
            raise
        complain(f"{failure.filename or 'The data folder'} cannot be written: {failure.strerror}.")
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="holdfast",
        description="Holdfast: a clinic's appointments.",
        # One line a command, however narrow the terminal says it is.
        formatter_class=functools.partial(argparse.HelpFormatter, width=110, max_help_position=24),
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        subparser = commands.add_parser(name, help=purpose, description=purpose)
        # Only the called command is imported: `--help` and `up` do not pay for the others.
        if argv and argv[0] == name:
            importlib.import_module(_module_of(name)).configure(subparser)
    return parser.parse_args(argv)


def _module_of(command: str) -> str:
    return f"app.cli.{command.replace('-', '_')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

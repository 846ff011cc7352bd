"""`./holdfast user`: add, list and end the staff's logins, and set a password."""

import argparse
import getpass
import sys

from app.cli.say import complain, say
from app.cli.servers import servers

ROLES = ("receptionist", "practitioner", "nurse", "manager", "administrator")


def configure(parser: argparse.ArgumentParser) -> None:
    """A verb and its login; the password is asked for, or read from standard input, never an argument."""
    parser.add_argument("--clinic", default="", metavar="HOST", help="host name of the clinic, if there are several")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create", help="make a login")
    create.add_argument("login")
    create.add_argument("--role", required=True, choices=ROLES)
    create.add_argument("--name", default="", help="the name that colleagues see (default: the login)")
    verbs.add_parser("list", help="list everybody who has a role")
    password = verbs.add_parser("password", help="set a new password and end the sessions")
    password.add_argument("login")
    deactivate = verbs.add_parser("deactivate", help="end a login and its sessions at once")
    deactivate.add_argument("login")


def run(arguments: argparse.Namespace) -> int:
    """Run one verb; a refusal is one sentence."""
    from app.errors import ClinicError

    with servers():
        try:
            VERBS[arguments.verb](arguments)
        except ClinicError as refusal:
            complain(str(refusal))
            return 1
    return 0


def _create(arguments: argparse.Namespace) -> None:
    from app.services.accounts import users
    from app.services.accounts.operator import operator_of
    from app.services.clock import utc_now
    from models.accounts import Role
    from models.db import transaction

    operator, password = operator_of(arguments.clinic), _password()
    with transaction(operator) as session:
        users.create(
            session,
            operator,
            login=arguments.login,
            display_name=arguments.name or arguments.login,
            password=password,
            role=Role(arguments.role),
            now=utc_now(),
        )
    say(f"{arguments.login} can sign in as {arguments.role}.")


def _list(arguments: argparse.Namespace) -> None:
    from app.services.accounts import users
    from app.services.accounts.operator import operator_of
    from models.db import transaction

    operator = operator_of(arguments.clinic)
    with transaction(operator) as session:
        for user in users.list_all(session, operator):
            state = "" if user.is_active else "  (ended)"
            say(f"{user.login:32} {', '.join(user.roles):24} {user.display_name}{state}")


def _set_password(arguments: argparse.Namespace) -> None:
    from app.services.accounts import users
    from app.services.accounts.operator import operator_of
    from app.services.clock import utc_now
    from models.db import transaction

    operator, password = operator_of(arguments.clinic), _password()
    with transaction(operator) as session:
        ended = users.set_password(session, operator, login=arguments.login, password=password, now=utc_now())
    say(f"{arguments.login} has a new password; {ended} session(s) ended.")


def _deactivate(arguments: argparse.Namespace) -> None:
    from app.services.accounts import users
    from app.services.accounts.operator import operator_of
    from app.services.clock import utc_now
    from models.db import transaction

    operator = operator_of(arguments.clinic)
    with transaction(operator) as session:
        ended = users.deactivate(session, operator, login=arguments.login, now=utc_now())
    say(f"{arguments.login} can no longer sign in; {ended} session(s) ended.")


def _password() -> str:
    # Never an argument: arguments stand in the shell's history and in the list of processes.
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Password: ")


VERBS = {"create": _create, "list": _list, "password": _set_password, "deactivate": _deactivate}

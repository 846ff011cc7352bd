"""`./holdfast api-client`: make, list and revoke clients of the HTTP API."""

import argparse
import time
from uuid import UUID

from app.cli.say import complain, say
from app.cli.servers import servers
from app.settings import settings


def configure(parser: argparse.ArgumentParser) -> None:
    """A verb; scopes are one text with spaces, as OAuth writes them."""
    parser.add_argument("--clinic", default="", metavar="HOST", help="host name of the clinic, if there are several")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create", help="make a client; its secret is printed once")
    create.add_argument("name")
    create.add_argument("--scope", required=True, help='for example "slots:read appointments:write"')
    verbs.add_parser("list", help="list the clients")
    revoke = verbs.add_parser("revoke", help="refuse a client and its tokens from now on")
    revoke.add_argument("client_id", type=UUID)


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
    from app.services.accounts import api_clients
    from app.services.accounts.operator import operator_of
    from app.services.clock import utc_now
    from models.db import transaction

    operator = operator_of(arguments.clinic)
    with transaction(operator) as session:
        made = api_clients.create(session, operator, name=arguments.name, scopes=arguments.scope.split(), now=utc_now())
    # After the commit: what is printed works.
    say(f"client_id={made.client_id}")
    say(f"client_secret={made.client_secret}")


def _list(arguments: argparse.Namespace) -> None:
    from app.services.accounts import api_clients
    from app.services.accounts.operator import operator_of
    from models.db import transaction

    operator = operator_of(arguments.clinic)
    with transaction(operator) as session:
        for client in api_clients.list_all(session, operator):
            state = "  (revoked)" if client.revoked_at else ""
            say(f"{client.id}  {client.name}  {' '.join(client.scopes)}{state}")


def _revoke(arguments: argparse.Namespace) -> None:
    from app.services.accounts import api_clients, token_copies
    from app.services.accounts.operator import operator_of
    from app.services.clock import utc_now
    from models.db import transaction

    operator = operator_of(arguments.clinic)
    with transaction(operator) as session:
        api_clients.revoke(session, operator, client_id=arguments.client_id, now=utc_now())
    token_copies.drop(operator.clinic_id, str(arguments.client_id))
    # A process that lives as short as ours may not be heard: by then every worker has asked again.
    time.sleep(settings().cache_tokens_seconds)
    say("The client and its tokens are refused from now on.")


VERBS = {"create": _create, "list": _list, "revoke": _revoke}

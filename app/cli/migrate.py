"""`./holdfast migrate`: bring the database to the newest revision."""

import argparse

from app.cli.say import say, step
from app.cli.servers import servers


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no options: there is one direction."""


def run(arguments: argparse.Namespace) -> int:
    """Apply every missing migration as the database's owner."""
    from models.migrate import upgrade

    with servers():
        with step("Migrating the database"):
            upgrade()
    say("The database is at the newest revision.")
    return 0

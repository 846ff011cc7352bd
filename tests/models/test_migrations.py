"""Migrations: they say what the models say, go down and up again, and wait for each other."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.infra.embedded.roles import DatabaseUrls
from models.migrate import configuration, is_current, upgrade
from tests.models.catalogue import SNAPSHOT, describe
from tests.models.throw_away import config_on, connected, empty_server

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    with empty_server() as url:
        yield url


def test_the_models_and_the_migrations_say_the_same(database: DatabaseUrls) -> None:
    with connected(database.owner) as connection:
        # Raises when autogenerate would write anything.
        command.check(config_on(connection))


def test_every_step_goes_up_down_and_up_again_and_ends_the_same(empty: str) -> None:
    with connected(empty) as connection:
        config = config_on(connection)
        for _ in ScriptDirectory.from_config(config).walk_revisions():
            command.upgrade(config, "+1")
            connection.commit()
            command.downgrade(config, "-1")
            connection.commit()
            command.upgrade(config, "+1")
            connection.commit()
        assert is_current(connection)
    with psycopg.connect(empty) as plain:
        assert describe(plain) == SNAPSHOT.read_text()


def test_the_way_down_leaves_nothing_behind(empty: str) -> None:
    with connected(empty) as connection:
        command.upgrade(config_on(connection), "head")
        command.downgrade(config_on(connection), "base")
        connection.commit()
        assert MigrationContext.configure(connection).get_current_heads() == ()
        assert not is_current(connection)
    with psycopg.connect(empty) as plain:
        left = {line.split(":")[0] for line in describe(plain).splitlines()}
        assert left == {"alembic_version", "(roles)"}
        assert "grant" not in describe(plain)


def test_there_is_one_newest_revision() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


def test_two_migrators_at_once_wait_for_each_other(database: DatabaseUrls) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            upgrade()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []

"""A receptionist who can sign in, for the tests of accounts."""

from collections.abc import Iterator

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services import demo
from app.services.accounts.passwords import hash_password
from tests.accounts import PASSWORD, Account, make_user
from tests.builders import building, make_clinic
from tests.services.demonstration import NOW, remove


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def account(database: DatabaseUrls, valkey: str, password_hash: str) -> Account:
    """A receptionist of a clinic of their own."""
    with building() as session:
        clinic = make_clinic(session)
        login = make_user(session, clinic, password_hash=password_hash)
    return clinic, login


@pytest.fixture(scope="module")
def demonstration(database: DatabaseUrls) -> Iterator[None]:
    """The demonstration, loaded once for the tests that only read."""
    assert demo.load(now=NOW)
    yield
    remove(database)


@pytest.fixture
def no_demonstration(database: DatabaseUrls) -> Iterator[None]:
    remove(database)
    yield
    remove(database)

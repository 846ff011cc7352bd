"""A token that was just verified is trusted for two seconds: no longer when revoked, not at all when ended."""

from datetime import timedelta
from typing import Any

import pytest

from app.errors import NotSignedIn
from app.infra.cache import Cache
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts import api_clients, token_copies, tokens
from app.services.accounts.api_clients import NewClient
from app.services.accounts.permissions import OPERATOR_PERMISSIONS
from app.services.accounts.tokens import issue, revoke, verify
from models.db import transaction
from models.principal import ActorKind, Principal
from tests.builders import NOW, building, make_clinic
from tests.infra.caches import until

pytestmark = pytest.mark.database


@pytest.fixture
def client(database: DatabaseUrls, valkey: str) -> NewClient:
    with building() as session:
        operator = Principal(make_clinic(session).id, ActorKind.SYSTEM, "command-line", OPERATOR_PERMISSIONS)
    with transaction(operator) as session:
        return api_clients.create(session, operator, name="Laboratory", scopes=["slots:read"], now=NOW)


def token_of(client: NewClient) -> str:
    return issue(**client._asdict(), now=NOW).access_token


class Clock:
    """The process's own clock, as far as copies of tokens go by it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(token_copies, "time", made)
    return made


def test_a_token_that_was_just_verified_is_not_asked_about_again(client: NewClient, clock: Clock) -> None:
    token = token_of(client)
    assert token_copies.known(token, now=NOW) is None
    assert verify(token, now=NOW) == token_copies.known(token, now=NOW)
    clock.seconds += 1.9
    assert token_copies.known(token, now=NOW) is not None
    clock.seconds += 0.1
    assert token_copies.known(token, now=NOW) is None


def test_a_copy_says_nothing_of_another_token(client: NewClient, clock: Clock) -> None:
    token = token_of(client)
    verify(token, now=NOW)
    other = "A" if token[-2] != "A" else "B"
    assert token_copies.known(f"{token[:-2]}{other}{token[-1]}", now=NOW) is None
    with pytest.raises(NotSignedIn):
        verify(f"{token}x", now=NOW)


def test_the_end_of_a_token_is_exact_while_there_is_a_copy(client: NewClient, clock: Clock) -> None:
    token = token_of(client)
    last = NOW + timedelta(minutes=15, microseconds=-1)
    verify(token, now=last)
    assert token_copies.known(token, now=last) is not None
    for outside in (NOW + timedelta(minutes=15), NOW - timedelta(seconds=1)):
        assert token_copies.known(token, now=outside) is None
        with pytest.raises(NotSignedIn, match="ended"):
            verify(token, now=outside)


def test_a_token_revoked_here_is_refused_at_once_although_it_was_just_verified(client: NewClient, clock: Clock) -> None:
    token, other = token_of(client), token_of(client)
    for one in (token, other):
        verify(one, now=NOW)
    revoke(token, now=NOW)
    with pytest.raises(NotSignedIn, match="revoked"):
        verify(token, now=NOW)
    verify(other, now=NOW)


def test_control_without_the_drop_the_copy_of_a_revoked_token_is_trusted(
    client: NewClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(client)
    verify(token, now=NOW)
    monkeypatch.setattr(token_copies, "drop", lambda *_: None)
    revoke(token, now=NOW)
    verify(token, now=NOW)


def test_where_a_revocation_is_not_heard_of_a_token_is_trusted_for_two_seconds_and_no_longer(
    client: NewClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(client)
    verify(token, now=NOW)
    monkeypatch.setattr(token_copies, "drop", lambda *_: None)
    revoke(token, now=NOW)
    clock.seconds += 2.0
    with pytest.raises(NotSignedIn, match="revoked"):
        verify(token, now=NOW)


def test_a_revocation_on_another_worker_ends_the_copy_here(
    client: NewClient, clock: Clock, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = Cache(valkey), Cache(valkey)
    for one in (here, there):
        one._line.ensure_running()
        until(lambda one=one: one.is_connected)  # type: ignore[misc]
    monkeypatch.setattr(token_copies, "cache", lambda: here)
    token = token_of(client)
    verify(token, now=NOW)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(token_copies, "cache", lambda: there)
        revoke(token, now=NOW)
    until(lambda: token_copies.known(token, now=NOW) is None)
    with pytest.raises(NotSignedIn, match="revoked"):
        verify(token, now=NOW)
    for one in (here, there):
        one.close()


def test_what_was_revoked_while_it_was_verified_is_not_kept(
    client: NewClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(client)
    asked = tokens.first_row

    def revoked_just_after(*arguments: Any) -> Any:
        found = asked(*arguments)
        monkeypatch.setattr(tokens, "first_row", asked)
        revoke(token, now=NOW)
        return found

    monkeypatch.setattr(tokens, "first_row", revoked_just_after)
    verify(token, now=NOW)
    with pytest.raises(NotSignedIn, match="revoked"):
        verify(token, now=NOW)

"""Who guesses is slowed down, also with Valkey down; who is guessed at is not locked out by strangers."""

from collections.abc import Iterator

import pytest

from app.errors import NotSignedIn, TooManyAttempts
from app.infra import limits
from app.services.accounts import attempts
from app.settings import settings
from tests.accounts import Account, enter

pytestmark = pytest.mark.database


def test_a_guesser_is_stopped_and_the_right_password_too_until_the_time_is_over(account: Account) -> None:
    for _ in range(attempts.LOGIN_AT_ADDRESS.times):
        with pytest.raises(NotSignedIn):
            enter(account, password="wrong")
    with pytest.raises(TooManyAttempts):
        enter(account)


def test_a_guesser_elsewhere_does_not_lock_the_person_out(account: Account) -> None:
    for _ in range(attempts.LOGIN_AT_ADDRESS.times):
        with pytest.raises(NotSignedIn):
            enter(account, password="wrong", address=f"elsewhere {account[1]}")
    assert enter(account).display_name == "Robin"


def test_a_success_forgives_the_attempts_before(account: Account) -> None:
    for _ in range(3):
        for _ in range(attempts.LOGIN_AT_ADDRESS.times - 1):
            with pytest.raises(NotSignedIn):
                enter(account, password="wrong")
        enter(account)


def test_one_address_cannot_try_many_logins(account: Account) -> None:
    address = f"sprayer {account[1]}"
    for _ in range(attempts.FAILED_AT_ADDRESS.times):
        attempts.failed(address=address)
    with pytest.raises(TooManyAttempts):
        enter(account, address=address)


@pytest.fixture
def valkey_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings(), "redis_url", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(limits._outage, "until", 0.0)
    limits._shared.cache_clear()
    yield
    limits._shared.cache_clear()


def test_with_valkey_down_people_sign_in_and_guessers_are_still_stopped(account: Account, valkey_down: None) -> None:
    assert enter(account).display_name == "Robin"
    for _ in range(attempts.LOGIN_AT_ADDRESS.times):
        with pytest.raises(NotSignedIn):
            enter(account, password="wrong")
    with pytest.raises(TooManyAttempts):
        enter(account)


def test_without_counting_a_guesser_could_go_on(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "hit", lambda *_: True)
    for _ in range(2 * attempts.LOGIN_AT_ADDRESS.times):
        with pytest.raises(NotSignedIn):
            enter(account, password="wrong")

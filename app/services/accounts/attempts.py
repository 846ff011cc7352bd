"""How often a sign-in may be tried: slow for a guesser, never for ever for the person guessed at.

A login has a few attempts from one address and more from all together, so that a stranger elsewhere does not
easily lock somebody out; an address has a bound over all logins. A success forgives the login's own attempts.

A PIN has few digits, so it has few attempts too: five a working day in one browser, then the password counts,
which forgives them.
"""

from uuid import UUID

from app.errors import PinBlocked, TooManyAttempts
from app.infra.limits import Limit, forgive, hit, is_open

QUARTER_HOUR = 15 * 60
LOGIN_AT_ADDRESS = Limit("login-at-address", times=10, seconds=QUARTER_HOUR)
LOGIN = Limit("login", times=50, seconds=QUARTER_HOUR)
FAILED_AT_ADDRESS = Limit("failed-at-address", times=100, seconds=QUARTER_HOUR)
WORKING_DAY = 12 * 60 * 60
PIN_IN_BROWSER = Limit("pin-in-browser", times=5, seconds=WORKING_DAY)
# Whoever is tried in many browsers, which each begin anew with a session of somebody.
PIN = Limit("pin", times=20, seconds=WORKING_DAY)


def count(login: str, *, address: str) -> None:
    """Count an attempt before the password is looked at; raises TooManyAttempts when there were too many."""
    # Counted first and forgiven after, so that many attempts at the same instant cannot all slip through.
    allowed = is_open(FAILED_AT_ADDRESS, address)
    if not (allowed and hit(LOGIN_AT_ADDRESS, login, address) and hit(LOGIN, login)):
        raise TooManyAttempts


def failed(*, address: str) -> None:
    """Count a wrong attempt against the address."""
    hit(FAILED_AT_ADDRESS, address)


def succeeded(login: str, *, address: str) -> None:
    """Forgive the attempts of a login that was signed in from this address."""
    forgive(LOGIN_AT_ADDRESS, login, address)
    forgive(LOGIN, login)


def count_pin(browser: str, *, user_id: UUID) -> None:
    """Count an attempt before the PIN is looked at; raises PinBlocked when there were too many."""
    if not (hit(PIN_IN_BROWSER, browser, str(user_id)) and hit(PIN, str(user_id))):
        raise PinBlocked


def pins_forgiven(browser: str, *, user_id: UUID) -> None:
    """Forgive the attempts at a PIN of somebody who has now proved who they are."""
    forgive(PIN_IN_BROWSER, browser, str(user_id))
    forgive(PIN, str(user_id))

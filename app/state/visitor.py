"""Who stands behind the event that is being handled, as the guard found out just before the handler ran."""

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from app.errors import NotSignedIn
from app.infra import cookies
from app.services.accounts.clinic_profile import NO_CLINIC, ClinicProfile
from app.services.accounts.sessions import SignedIn
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser: its session token and random browser id (both secret), address and, if any, its user."""

    token: str
    browser: str
    address: str
    signed_in: SignedIn | None = None
    clinic: ClinicProfile = NO_CLINIC
    # The computer is locked: `signed_in` is nobody until a PIN or a password is given.
    is_locked: bool = False

    @property
    def owner(self) -> str:
        """The mark that page state carries: state of another session or browser is never shown."""
        return hashlib.sha256(f"{self.token}\n{self.browser}".encode()).hexdigest()

    @property
    def principal(self) -> Principal | None:
        """The signed-in user's principal, or None."""
        return self.signed_in.principal if self.signed_in else None

    def may(self, permission: str) -> bool:
        """Tell whether the signed-in user holds the permission."""
        return self.principal is not None and self.principal.may(permission)


NOBODY = Visitor(token="", browser="", address="")
_CURRENT: ContextVar[Visitor] = ContextVar("visitor", default=NOBODY)


def visitor() -> Visitor:
    """Return who sent the event that is being handled."""
    return _CURRENT.get()


def acting() -> Principal:
    """Return the principal of the signed-in user; raises NotSignedIn when there is none."""
    principal = visitor().principal
    if principal is None:
        raise NotSignedIn
    return principal


def enter(current: Visitor) -> None:
    """Make this visitor the one that the handler of the running event sees."""
    _CURRENT.set(current)


def from_headers(headers: Mapping[str, str], *, address: str) -> Visitor:
    """Read the two cookies out of the handshake's headers; nobody is looked up yet."""
    given = {"header": headers.get("cookie", ""), "origin": headers.get("origin", "")}
    return Visitor(
        token=cookies.read_cookie(cookies.SESSION, **given),
        browser=cookies.read_cookie(cookies.BROWSER, **given),
        address=address,
    )

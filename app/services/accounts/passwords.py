"""Passwords: Argon2id in, yes or no out, and the same time spent whether or not the login exists."""

import unicodedata
from functools import lru_cache

from passlib.hash import argon2

from app.errors import InvalidField
from app.words import N_

# OWASP ASVS 5.0, appendix C: two passes over at least 19 MiB. About 30 ms on one core.
_hasher = argon2.using(type="ID", time_cost=2, memory_cost=19_456, parallelism=1)

SHORTEST = 15
LONGEST = 200
FEWEST_DIFFERENT = 5


def hash_password(password: str) -> str:
    """Hash a password with a salt of its own."""
    return str(_hasher.hash(_bytes(password)))


def is_right(password: str, *, password_hash: str | None) -> bool:
    """Tell whether the password is the one; without a hash, spend the same time and say no."""
    if len(password) > LONGEST:
        return False
    matches = bool(_hasher.verify(_bytes(password), password_hash or _nobodys_hash()))
    return matches and password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Tell whether the hash was made with weaker settings than today's."""
    return bool(_hasher.needs_update(password_hash))


def require_good(password: str, *, login: str) -> None:
    """Raise InvalidField unless a member of staff may use this password (ASVS 6.2: length, no composition)."""
    if len(password) < SHORTEST:
        raise InvalidField("password", N_("The password needs at least 15 characters."))
    if len(password) > LONGEST:
        raise InvalidField("password", N_("The password may have at most 200 characters."))
    if len(set(password)) < FEWEST_DIFFERENT:
        raise InvalidField("password", N_("The password repeats too few different characters."))
    if login.split("@")[0].casefold() in password.casefold():
        raise InvalidField("password", N_("The password must not contain the login."))


def _bytes(password: str) -> bytes:
    # One spelling, so that a password typed on another keyboard or system still is the same one.
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")

"""PINs: 4 to 8 digits that open a locked computer again, and nothing else.

A PIN is set with the password, is stored as an Argon2id hash, and never starts a session by itself: the browser must
hold a living, locked session of the same clinic (app/services/accounts/locking.py).
"""

import re
from datetime import datetime
from typing import LiteralString

from app.errors import InvalidField, NotSignedIn
from app.services.accounts import attempts
from app.services.accounts.passwords import hash_password, is_right
from app.services.audit.record import record
from app.words import N_
from models.db import execute, first_row, transaction
from models.principal import ActorKind, Principal

SHAPE = re.compile(r"[0-9]{4,8}")
FEWEST_DIFFERENT = 3
LADDERS = ("01234567890", "09876543210")
READ: LiteralString = "SELECT login, password_hash FROM users WHERE id = %(user_id)s::uuid AND is_active"
KEEP: LiteralString = "UPDATE users SET pin_hash = %(pin_hash)s WHERE id = %(user_id)s::uuid AND is_active"


def set_pin(principal: Principal, *, password: str, pin: str, now: datetime) -> None:
    """Give the actor a new PIN; raises InvalidField for a trivial one or the wrong password, TooManyAttempts."""
    if principal.kind is not ActorKind.USER:
        raise NotSignedIn
    require_good_pin(pin)
    with transaction(principal) as session:
        login, password_hash = first_row(session, READ, {"user_id": principal.actor_id}) or ("", None)
    # Whoever finds a computer unlocked must not be able to come back with a PIN of their own.
    attempts.count(login, address=f"pin of {login}")
    if not is_right(password, password_hash=password_hash):
        raise InvalidField("password", N_("The password is not right."))
    attempts.succeeded(login, address=f"pin of {login}")
    pin_hash = hash_password(pin)
    with transaction(principal) as session:
        execute(session, KEEP, {"user_id": principal.actor_id, "pin_hash": pin_hash})
        record(session, principal, action="set-pin", object_kind="user", now=now)


def require_good_pin(pin: str) -> None:
    """Raise InvalidField unless the PIN has 4 to 8 digits that nobody guesses at once."""
    if not SHAPE.fullmatch(pin):
        raise InvalidField("pin", N_("A PIN has 4 to 8 digits."))
    half = len(pin) // 2
    is_trivial = (
        len(set(pin)) < FEWEST_DIFFERENT or any(pin in ladder for ladder in LADDERS) or pin[:half] == pin[half:]
    )
    if is_trivial or _is_year(pin):
        raise InvalidField("pin", N_("This PIN is too easy to guess. Take no row, no repetition and no year."))


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and pin[:2] in ("19", "20")

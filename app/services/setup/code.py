"""The one-time code that makes somebody the first administrator: printed by `up`, stored as a hash only."""

import hashlib
import re
import secrets

# Twelve of 31 signs are 59 random bits; none of them is mistaken for another when it is copied by hand.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH, GROUP = 12, 4


def make_code() -> str:
    """Return a new code as people read it, for example K7QX-2MDP-9RTA."""
    signs = [secrets.choice(SIGNS) for _ in range(LENGTH)]
    return "-".join("".join(signs[at : at + GROUP]) for at in range(0, LENGTH, GROUP))


def hash_of(code: str) -> bytes:
    """Return what is stored of a code; small letters, spaces and missing strokes are the same code."""
    return hashlib.sha256(re.sub(r"[^0-9A-Z]", "", code.upper()).encode()).digest()

"""Tokens that this process has just verified: trusted without asking again for two seconds, but for their times.

    principal = known(token, now=now)           # None: ask `tokens.verify`

A token says at every call when it ends; whether it was revoked is asked of the database when there is no copy. Who
revokes drops the copies on every worker; one that does not hear of it asks again once its copy's time is over.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from app.infra.cache import Edition, cache
from app.infra.cache_keys import Group, Kind
from models.principal import Principal

MOST_COPIES = 20_000


class Copy(NamedTuple):
    """Whom a token spoke for, from when until when (Unix time), and how long that is trusted by our own clock."""

    principal: Principal
    begins: int
    ends: int
    good_until: float
    edition: Edition


_copies: dict[bytes, Copy] = {}


def known(token: str, *, now: datetime) -> Principal | None:
    """Return whom a token speaks for if it was verified a moment ago and none of its client's was revoked since."""
    copy = _copies.get(_name(token))
    if copy is None or time.monotonic() >= copy.good_until or edition_of(copy.principal) != copy.edition:
        return None
    return copy.principal if copy.begins <= now.timestamp() < copy.ends else None


def edition_of(principal: Principal) -> Edition:
    """Return what changes with every revocation of a client that we hear of; read it before the database is asked."""
    return cache().edition(_group(principal.clinic_id, principal.actor_id))


def keep(token: str, principal: Principal, *, claims: Mapping[str, Any], edition: Edition) -> None:
    """Trust a verified token for a moment, unless something of its client was revoked while it was verified."""
    if len(_copies) >= MOST_COPIES:
        _copies.clear()
    good_until = time.monotonic() + Kind.TOKENS.seconds
    _copies[_name(token)] = Copy(principal, claims["nbf"], claims["exp"], good_until, edition)


def drop(clinic_id: UUID, client_id: str) -> None:
    """Ask again for every token of a client, here at once and on all workers; after the commit that revoked."""
    cache().drop([_group(clinic_id, client_id)])


def _group(clinic_id: UUID, client_id: str) -> Group:
    return Group(Kind.TOKENS, clinic_id, client_id)


def _name(token: str) -> bytes:
    # No copy of a secret lies about longer than its request.
    return sha256(token.encode(errors="replace")).digest()

"""Programs that may call the API of one clinic; the secret is shown once and stored as a hash."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, NotFound
from app.services.accounts.permissions import Permission, checked_scopes, require
from app.services.audit.record import record
from models.base import new_id
from models.db import execute, first_row, rows
from models.principal import Principal

SECRET_BYTES = 32
LONGEST_NAME = 100
INSERT: LiteralString = """
INSERT INTO api_clients (id, clinic_id, name, secret_hash, scopes, created_at)
VALUES (%(id)s, %(clinic_id)s, %(name)s, %(secret_hash)s, %(scopes)s, %(now)s)
"""
LIST: LiteralString = """
SELECT id, name, scopes, created_at, revoked_at FROM api_clients
WHERE clinic_id = %(clinic_id)s ORDER BY created_at
"""
REVOKE: LiteralString = """
UPDATE api_clients SET revoked_at = %(now)s
WHERE id = %(id)s AND clinic_id = %(clinic_id)s AND revoked_at IS NULL
"""
READ: LiteralString = """
SELECT clinic_id, secret_hash, scopes FROM api_clients WHERE id = %(id)s AND revoked_at IS NULL
"""


class NewClient(NamedTuple):
    """What the operator hands to the program; the secret cannot be read again."""

    client_id: str
    client_secret: str


class ClientView(NamedTuple):
    """A client as the list shows it."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


class KnownClient(NamedTuple):
    """A client that proved its secret."""

    id: UUID
    clinic_id: UUID
    scopes: frozenset[str]


def create(session: Session, principal: Principal, *, name: str, scopes: list[str], now: datetime) -> NewClient:
    """Make a client of the principal's clinic; raises InvalidField for an unknown scope or an empty name."""
    require(principal, Permission.USERS_WRITE)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidField("name", f"Give a name of at most {LONGEST_NAME} characters.")
    client_id, secret = new_id(), secrets.token_urlsafe(SECRET_BYTES)
    row = {"id": client_id, "clinic_id": principal.clinic_id, "name": name, "now": now}
    granted = checked_scopes(scopes)
    execute(session, INSERT, {**row, "secret_hash": _hash(secret), "scopes": granted})
    _record(session, principal, "create", client_id=client_id, scopes=granted, now=now)
    return NewClient(client_id=str(client_id), client_secret=secret)


def list_all(session: Session, principal: Principal) -> list[ClientView]:
    """Return the clinic's clients, the oldest first."""
    require(principal, Permission.USERS_WRITE)
    return [ClientView(*row) for row in rows(session, LIST, {"clinic_id": principal.clinic_id})]


def revoke(session: Session, principal: Principal, *, client_id: UUID, now: datetime) -> None:
    """End a client; its tokens are refused from then on. Raises NotFound when the clinic has none such."""
    require(principal, Permission.USERS_WRITE)
    row = {"id": client_id, "clinic_id": principal.clinic_id, "now": now}
    if not execute(session, REVOKE, row):
        raise NotFound("There is no such API client.")
    _record(session, principal, "revoke", client_id=client_id, scopes=[], now=now)


def authenticate(session: Session, *, client_id: str, client_secret: str) -> KnownClient | None:
    """Return the client when the secret is right, else None, in the same time for unknown ones."""
    found = None
    with suppress(ValueError):
        found = first_row(session, READ, {"id": UUID(client_id)})
    clinic_id, expected, scopes = found or (None, b"", [])
    if not hmac.compare_digest(_hash(client_secret), bytes(expected)) or clinic_id is None:
        return None
    return KnownClient(id=UUID(client_id), clinic_id=clinic_id, scopes=frozenset(scopes))


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: a slow hash would add nothing.
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def _record(
    session: Session,
    principal: Principal,
    action: str,
    *,
    client_id: UUID,
    scopes: list[str],
    now: datetime,
) -> None:
    detail = {"scopes": scopes} if scopes else None
    record(
        session,
        principal,
        action=action,
        object_kind="api-client",
        object_id=client_id,
        detail=detail,
        now=now,
    )

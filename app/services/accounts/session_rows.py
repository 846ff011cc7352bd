"""The session table: only the hash of a token is stored, and every read asks idle limit, end and revocation."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.grants import Standing
from app.settings import settings
from models.accounts import Role
from models.db import execute, first_row
from models.principal import ActorKind, Principal

TOKEN_BYTES = 32
TOUCH_SECONDS = 60

START: LiteralString = """
INSERT INTO sessions (token_hash, user_id, clinic_id, created_at, last_seen_at, ends_at, browser_hash)
VALUES (%(token_hash)s, %(user_id)s, %(clinic_id)s, %(now)s, %(now)s, %(ends_at)s, %(browser_hash)s)
"""
READ: LiteralString = """
SELECT s.user_id, s.clinic_id, s.ends_at, u.display_name, u.language, s.locked_at IS NOT NULL, s.browser_hash
FROM sessions s JOIN users u ON u.id = s.user_id AND u.is_active
WHERE s.token_hash = %(token_hash)s AND s.revoked_at IS NULL
  AND s.ends_at > %(now)s AND s.last_seen_at > %(seen_after)s
"""
TOUCH: LiteralString = """
UPDATE sessions SET last_seen_at = %(now)s
WHERE token_hash = %(token_hash)s AND revoked_at IS NULL AND ends_at > %(now)s
  AND last_seen_at > %(seen_after)s AND last_seen_at <= %(stale_before)s
"""
LOCK: LiteralString = """
UPDATE sessions SET locked_at = %(now)s WHERE token_hash = %(token_hash)s AND locked_at IS NULL
"""
UNLOCK: LiteralString = """
UPDATE sessions SET locked_at = NULL, last_seen_at = %(now)s
WHERE token_hash = %(token_hash)s AND locked_at IS NOT NULL AND revoked_at IS NULL
"""
REVOKE: LiteralString = """
UPDATE sessions SET revoked_at = %(now)s WHERE token_hash = %(token_hash)s AND revoked_at IS NULL
RETURNING user_id, clinic_id
"""
REVOKE_ALL: LiteralString = """
UPDATE sessions SET revoked_at = %(now)s
WHERE user_id = %(user_id)s AND revoked_at IS NULL AND token_hash IS DISTINCT FROM %(keep)s::bytea
"""


class SessionRow(NamedTuple):
    """A living session as the table has it, with its user."""

    user_id: UUID
    clinic_id: UUID
    ends_at: datetime
    display_name: str
    language: str
    is_locked: bool = False
    browser_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session: who, at which clinic, with which rights, until when at the latest."""

    token: str = field(repr=False)
    principal: Principal
    display_name: str
    role: Role
    user_id: UUID
    language: str
    practitioner_id: UUID | None
    ends_at: datetime
    is_locked: bool = False


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def browser_hash(browser: str) -> bytes | None:
    """Return what is stored of a browser's random id, None for a caller without one."""
    return hashlib.sha256(browser.encode(errors="replace")).digest() if browser else None


def insert(
    session: Session, *, user_id: UUID, clinic_id: UUID, browser: str = "", now: datetime
) -> tuple[str, datetime]:
    """Store a new session and return its token, which is written nowhere, and its end."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends_at = now + timedelta(hours=settings().session_hours)
    place = {"user_id": user_id, "clinic_id": clinic_id, "browser_hash": browser_hash(browser)}
    execute(session, START, {**place, "token_hash": token_hash(token), "now": now, "ends_at": ends_at})
    return token, ends_at


def read(session: Session, *, token: str, now: datetime) -> SessionRow | None:
    """Return the session when it lives at this moment."""
    found = first_row(session, READ, _times(token, now=now))
    return SessionRow(*found) if found else None


def touch(session: Session, *, token: str, now: datetime) -> bool:
    """Put off the idle limit of a living session, at most once a minute; tells whether it wrote."""
    stale_before = now - timedelta(seconds=TOUCH_SECONDS)
    return execute(session, TOUCH, {**_times(token, now=now), "stale_before": stale_before}) > 0


def lock(session: Session, *, token: str, now: datetime) -> bool:
    """Lock a session; tells whether it was open before."""
    return execute(session, LOCK, {"token_hash": token_hash(token), "now": now}) > 0


def unlock(session: Session, *, token: str, now: datetime) -> bool:
    """Open a locked session again; tells whether it was locked and lives."""
    return execute(session, UNLOCK, {"token_hash": token_hash(token), "now": now}) > 0


def revoke(session: Session, *, token: str, now: datetime) -> tuple[UUID, UUID] | None:
    """End a session for good; returns its user and clinic, None when it had ended before."""
    found = first_row(session, REVOKE, {"token_hash": token_hash(token), "now": now})
    return (found[0], found[1]) if found else None


def revoke_all(session: Session, *, user_id: UUID, keep: str | None = None, now: datetime) -> int:
    """End every session of a user, except the one of the token `keep`; returns how many ended."""
    kept = token_hash(keep) if keep else None
    return execute(session, REVOKE_ALL, {"user_id": user_id, "keep": kept, "now": now})


def signed_in(token: str, *, row: SessionRow, standing: Standing) -> SignedIn:
    """Return what the rest of the program sees of a session."""
    principal = Principal(
        clinic_id=row.clinic_id,
        kind=ActorKind.USER,
        actor_id=str(row.user_id),
        permissions=standing.permissions,
        location_ids=standing.location_ids,
    )
    return SignedIn(
        token=token,
        principal=principal,
        display_name=row.display_name,
        role=standing.role,
        user_id=row.user_id,
        language=row.language,
        practitioner_id=standing.practitioner_id,
        ends_at=row.ends_at,
        is_locked=row.is_locked,
    )


def _times(token: str, *, now: datetime) -> dict[str, object]:
    idle = timedelta(minutes=settings().session_idle_minutes)
    return {"token_hash": token_hash(token), "now": now, "seen_after": now - idle}

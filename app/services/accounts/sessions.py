"""Signed-in staff: sign in, ask who a token is, note activity, sign out.

    signed_in = await run_password(sign_in, login=..., password=..., now=utc_now(), address=...)
    signed_in = await run(principal_of, token, now=utc_now())    # None when it has ended

`principal_of` reads the table each time; a caller may keep the answer for two seconds at most. It is no
activity: whoever handles a person's event calls `touch`, whoever pushes to a page does not. A locked session is
nobody's (app/services/accounts/locking.py opens it again).
"""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotSignedIn
from app.services.accounts import attempts, session_rows
from app.services.accounts.grants import Standing, enter_clinic, standing_of
from app.services.accounts.passwords import hash_password, is_right, needs_new_hash
from app.services.accounts.session_rows import SignedIn, revoke_all
from app.services.accounts.users import normal_login
from app.services.audit.record import record
from models.db import execute, first_row, global_transaction, rows
from models.principal import ActorKind, Principal

__all__ = ["SignedIn", "principal_of", "revoke_all", "session_of", "sign_in", "sign_out", "start", "touch"]

WRONG = "The login or the password is not right."
READ_USER: LiteralString = """
SELECT id, password_hash FROM users WHERE login = %(login)s AND is_active
"""
NEW_HASH: LiteralString = "UPDATE users SET password_hash = %(password_hash)s WHERE id = %(user_id)s"
CLINICS: LiteralString = """
SELECT id FROM clinics WHERE %(clinic_id)s::uuid IS NULL OR id = %(clinic_id)s ORDER BY created_at, id
"""


def sign_in(
    *, login: str, password: str, now: datetime, address: str = "", browser: str = "", clinic_id: UUID | None = None
) -> SignedIn:
    """Start a session; raises NotSignedIn for any wrong pair alike, TooManyAttempts after too many.

    Without `clinic_id` it is at the oldest clinic where the user has a role. `browser` is the browser's random id.
    """
    typed = login.strip().casefold()
    attempts.count(typed, address=address)
    with global_transaction() as session:
        user = first_row(session, READ_USER, {"login": normal_login(login)})
    # No transaction is open while the password is hashed, which takes as long without a user.
    if not is_right(password, password_hash=user[1] if user else None) or user is None:
        attempts.failed(address=address)
        raise NotSignedIn(WRONG)
    with global_transaction() as session:
        signed_in = start(session, user_id=user[0], clinic_id=clinic_id, browser=browser, now=now)
    if needs_new_hash(user[1]):
        _keep_new_hash(user[0], password=password)
    attempts.succeeded(typed, address=address)
    attempts.pins_forgiven(browser, user_id=user[0])
    return signed_in


def principal_of(token: str, *, now: datetime) -> SignedIn | None:
    """Return the living session of a token with the rights of this moment, else None; None too while locked."""
    found = session_of(token, now=now)
    return None if found is None or found.is_locked else found


def session_of(token: str, *, now: datetime) -> SignedIn | None:
    """Return the living session of a token, locked or not; only the lock itself may go by a locked one."""
    if not token:
        return None
    with global_transaction() as session:
        row = session_rows.read(session, token=token, now=now)
        if row is None:
            return None
        standing = standing_of(session, clinic_id=row.clinic_id, user_id=row.user_id)
    return session_rows.signed_in(token, row=row, standing=standing) if standing else None


def touch(token: str, *, now: datetime) -> None:
    """Put off the idle limit, because the person did something; written at most once a minute."""
    with global_transaction() as session:
        session_rows.touch(session, token=token, now=now)


def sign_out(token: str, *, now: datetime) -> None:
    """End the session for good; a second time does nothing."""
    with global_transaction() as session:
        ended = session_rows.revoke(session, token=token, now=now)
        if ended is not None:
            user_id, clinic_id = ended
            enter_clinic(session, clinic_id)
            _record(session, "sign-out", user_id=user_id, clinic_id=clinic_id, now=now)


def start(
    session: Session, *, user_id: UUID, clinic_id: UUID | None, browser: str, now: datetime, by: str = "password"
) -> SignedIn:
    """Start a session of somebody who has proved who they are; raises NotSignedIn without a role anywhere."""
    found = _workplace(session, user_id=user_id, clinic_id=clinic_id)
    if found is None:
        raise NotSignedIn(WRONG)
    workplace, standing = found
    token, _ = session_rows.insert(session, user_id=user_id, clinic_id=workplace, browser=browser, now=now)
    _record(session, "sign-in", user_id=user_id, clinic_id=workplace, detail={"by": by}, now=now)
    row = session_rows.read(session, token=token, now=now)
    if row is None:
        raise NotSignedIn(WRONG)
    return session_rows.signed_in(token, row=row, standing=standing)


def _workplace(session: Session, *, user_id: UUID, clinic_id: UUID | None) -> tuple[UUID, Standing] | None:
    # Row-level security shows the roles of one clinic at a time, so the clinics are asked in turn.
    for (candidate,) in rows(session, CLINICS, {"clinic_id": clinic_id}):
        standing = standing_of(session, clinic_id=candidate, user_id=user_id)
        if standing is not None:
            return candidate, standing
    return None


def _keep_new_hash(user_id: UUID, *, password: str) -> None:
    password_hash = hash_password(password)
    with global_transaction() as session:
        execute(session, NEW_HASH, {"user_id": user_id, "password_hash": password_hash})


def _record(
    session: Session,
    action: str,
    *,
    user_id: UUID,
    clinic_id: UUID,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    principal = Principal(clinic_id=clinic_id, kind=ActorKind.USER, actor_id=str(user_id))
    record(session, principal, action=action, object_kind="user", object_id=user_id, detail=detail, now=now)

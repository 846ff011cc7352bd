"""The shared computer: lock a session, say whose PIN may open it, and hand the computer over.

    lock(token, now=...)                         # the session now answers nothing but `unlock`
    locked_desk(token, browser=..., now=...)     # who may give a PIN: signed in at this browser today, with a PIN
    unlock(token, browser=..., user_id=..., pin=..., now=...)

The person who locked it goes on in the same session. Anybody else gets a session of their own and the former one
ends: its token was kept in this browser's cookie only, which now holds the new one.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import NotSignedIn, WrongPin
from app.services.accounts import attempts, session_rows, sessions
from app.services.accounts.grants import enter_clinic
from app.services.accounts.passwords import is_right
from app.services.accounts.session_rows import SessionRow, SignedIn
from app.services.audit.record import record
from models.db import first_row, global_transaction, rows
from models.principal import ActorKind, Principal

ZONE: LiteralString = "SELECT timezone FROM clinics WHERE id = %(clinic_id)s"
# Row-level security shows the roles of the entered clinic only.
PEOPLE: LiteralString = """
SELECT u.id, u.display_name, u.pin_hash FROM users u
WHERE u.is_active AND u.pin_hash IS NOT NULL
  AND (u.id = %(user_id)s OR u.id IN (
    SELECT s.user_id FROM sessions s
    WHERE s.browser_hash = %(browser_hash)s AND s.clinic_id = %(clinic_id)s AND s.created_at >= %(since)s))
  AND EXISTS (SELECT 1 FROM role_grants g WHERE g.clinic_id = %(clinic_id)s AND g.user_id = u.id)
ORDER BY u.display_name, u.id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose PIN opens this computer now."""

    id: UUID
    name: str
    is_current: bool


def lock(token: str, *, now: datetime) -> bool:
    """Lock a living session and tell whether there is one; a second time changes nothing."""
    with global_transaction() as session:
        row = session_rows.read(session, token=token, now=now)
        if row is None:
            return False
        if session_rows.lock(session, token=token, now=now):
            _record(session, row, "lock", user_id=row.user_id, now=now)
    return True


def locked_desk(token: str, *, browser: str, now: datetime) -> list[Person]:
    """Return whose PIN opens the locked session in this browser; raises NotSignedIn without such a session."""
    with global_transaction() as session:
        row = _locked(session, token, browser=browser, now=now)
        return [
            Person(id=user_id, name=name, is_current=user_id == row.user_id)
            for user_id, name, _ in _people(session, row, browser=browser, now=now)
        ]


def unlock(token: str, *, browser: str, user_id: UUID, pin: str, now: datetime) -> SignedIn:
    """Open the computer with a PIN and return whose session it now is.

    Raises NotSignedIn without a living locked session in this browser, PinBlocked, and WrongPin alike for a wrong
    PIN and for somebody who did not sign in here today.
    """
    with global_transaction() as session:
        row = _locked(session, token, browser=browser, now=now)
        hashes = {found[0]: found[2] for found in _people(session, row, browser=browser, now=now)}
    attempts.count_pin(browser, user_id=user_id)
    # No transaction is open while the PIN is hashed, which takes as long for somebody unknown.
    if not is_right(pin, password_hash=hashes.get(user_id)):
        _note_refusal(row, user_id=user_id, now=now)
        raise WrongPin
    opened = _reopen(token, row=row, now=now) if user_id == row.user_id else None
    opened = opened or _hand_over(token, row=row, user_id=user_id, browser=browser, now=now)
    attempts.pins_forgiven(browser, user_id=user_id)
    return opened


def _locked(session: Session, token: str, *, browser: str, now: datetime) -> SessionRow:
    row = session_rows.read(session, token=token, now=now) if token else None
    is_here = row is not None and row.is_locked and row.browser_hash == session_rows.browser_hash(browser)
    if row is None or not is_here or not browser:
        raise NotSignedIn
    enter_clinic(session, row.clinic_id)
    return row


def _people(session: Session, row: SessionRow, *, browser: str, now: datetime) -> list[tuple[UUID, str, str]]:
    (timezone,) = first_row(session, ZONE, {"clinic_id": row.clinic_id}) or ("UTC",)
    zone = ZoneInfo(timezone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    wanted = {"user_id": row.user_id, "clinic_id": row.clinic_id, "since": midnight}
    found = rows(session, PEOPLE, {**wanted, "browser_hash": session_rows.browser_hash(browser)})
    return [(user_id, name, pin_hash) for user_id, name, pin_hash in found]


def _reopen(token: str, *, row: SessionRow, now: datetime) -> SignedIn | None:
    with global_transaction() as session:
        if session_rows.unlock(session, token=token, now=now):
            _record(session, row, "unlock", user_id=row.user_id, now=now)
    return sessions.principal_of(token, now=now)


def _hand_over(token: str, *, row: SessionRow, user_id: UUID, browser: str, now: datetime) -> SignedIn:
    with global_transaction() as session:
        if session_rows.revoke(session, token=token, now=now) is None:
            raise NotSignedIn
        _record(session, row, "hand-over", user_id=user_id, now=now)
        return sessions.start(session, user_id=user_id, clinic_id=row.clinic_id, browser=browser, now=now, by="pin")


def _note_refusal(row: SessionRow, *, user_id: UUID, now: datetime) -> None:
    with global_transaction() as session:
        _record(session, row, "refuse-pin", user_id=user_id, now=now)


def _record(session: Session, row: SessionRow, action: str, *, user_id: UUID, now: datetime) -> None:
    enter_clinic(session, row.clinic_id)
    principal = Principal(clinic_id=row.clinic_id, kind=ActorKind.USER, actor_id=str(row.user_id))
    record(session, principal, action=action, object_kind="user", object_id=user_id, now=now)

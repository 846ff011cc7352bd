"""Staff accounts: make one with a role, set a password, end an account.

An account may work for several clinics, of which row-level security shows one at a time; so here only the operator
of the installation (the command line) ends an account or sets its password. A clinic's administrators do it for the
accounts that are at home there: staff.py.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, NotFound, NotPermitted
from app.services.accounts.passwords import hash_password, require_good
from app.services.accounts.permissions import Permission, require
from app.services.accounts.session_rows import revoke_all
from app.services.audit.record import record
from app.words import N_
from models.accounts import Role
from models.base import new_id
from models.db import execute, first_row, rows
from models.principal import ActorKind, Principal

LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]{2,63}")
LONGEST_NAME = 100

INSERT: LiteralString = """
INSERT INTO users (id, login, display_name, password_hash, is_active, language, home_clinic_id, created_at)
VALUES (%(id)s, %(login)s, %(display_name)s, %(password_hash)s, true, %(language)s, %(clinic_id)s, %(now)s)
ON CONFLICT (login) DO NOTHING
"""
GRANT: LiteralString = """
INSERT INTO role_grants (clinic_id, id, user_id, role, location_id, practitioner_id)
VALUES (%(clinic_id)s, %(id)s, %(user_id)s, %(role)s, %(location_id)s, %(practitioner_id)s)
"""
LIST: LiteralString = """
SELECT u.id, u.login, u.display_name, u.is_active, array_agg(DISTINCT g.role ORDER BY g.role)
FROM role_grants g JOIN users u ON u.id = g.user_id
WHERE g.clinic_id = %(clinic_id)s GROUP BY u.id ORDER BY u.login
"""
MEMBER: LiteralString = """
SELECT u.id, u.login FROM users u WHERE u.login = %(login)s
  AND EXISTS (SELECT 1 FROM role_grants g WHERE g.clinic_id = %(clinic_id)s AND g.user_id = u.id)
"""
END: LiteralString = "UPDATE users SET is_active = false WHERE id = %(user_id)s AND is_active"
NEW_HASH: LiteralString = "UPDATE users SET password_hash = %(password_hash)s WHERE id = %(user_id)s"


class UserView(NamedTuple):
    """A member of staff as the list of accounts shows it."""

    id: UUID
    login: str
    display_name: str
    is_active: bool
    roles: list[str]


def create(
    session: Session,
    principal: Principal,
    *,
    login: str,
    display_name: str,
    password: str,
    role: Role,
    location_id: UUID | None = None,
    practitioner_id: UUID | None = None,
    language: str = "en",
    now: datetime,
) -> UUID:
    """Make an account with one role and return its id; raises InvalidField for a taken login or weak password."""
    require(principal, Permission.USERS_WRITE)
    if principal.location_ids is not None and location_id not in principal.location_ids:
        raise NotPermitted(permission=Permission.USERS_WRITE)
    login, display_name = good_login(login), good_name(display_name)
    require_good(password, login=login)
    user_id = new_id()
    row = {"id": user_id, "login": login, "display_name": display_name, "language": language, "now": now}
    row["clinic_id"] = principal.clinic_id
    if not execute(session, INSERT, {**row, "password_hash": hash_password(password)}):
        raise InvalidField("login", N_("This login is taken. Please choose another."))
    _grant(session, principal, user_id, role=role, location_id=location_id, practitioner_id=practitioner_id)
    detail = {"role": role.value, "location_id": str(location_id) if location_id else None}
    _record(session, principal, "create", user_id=user_id, detail=detail, now=now)
    return user_id


def list_all(session: Session, principal: Principal) -> list[UserView]:
    """Return everybody who has a role at the clinic, by login."""
    require(principal, Permission.USERS_WRITE)
    return [UserView(*row) for row in rows(session, LIST, {"clinic_id": principal.clinic_id})]


def deactivate(session: Session, principal: Principal, *, login: str, now: datetime) -> int:
    """End an account and every session of it at once; returns how many sessions ended."""
    user_id = _member(session, principal, login)
    execute(session, END, {"user_id": user_id})
    ended = revoke_all(session, user_id=user_id, now=now)
    _record(session, principal, "deactivate", user_id=user_id, detail={"sessions_ended": ended}, now=now)
    return ended


def set_password(session: Session, principal: Principal, *, login: str, password: str, now: datetime) -> int:
    """Give an account a new password and end its sessions; returns how many ended."""
    user_id = _member(session, principal, login)
    require_good(password, login=normal_login(login))
    execute(session, NEW_HASH, {"user_id": user_id, "password_hash": hash_password(password)})
    ended = revoke_all(session, user_id=user_id, now=now)
    _record(session, principal, "set-password", user_id=user_id, detail={"sessions_ended": ended}, now=now)
    return ended


def normal_login(login: str) -> str:
    """Return the one spelling of a login, empty when it cannot be one."""
    spelled = login.strip().casefold()
    return spelled if LOGIN.fullmatch(spelled) else ""


def good_login(login: str) -> str:
    """Return the one spelling of a login; raises InvalidField."""
    spelled = normal_login(login)
    if not spelled:
        raise InvalidField(
            "login", N_("A login has 3 to 64 letters, digits or . _ + @ - and starts with a letter or digit.")
        )
    return spelled


def good_name(name: str) -> str:
    """Return a person's name with single spaces; raises InvalidField."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidField("display_name", N_("Give a name of at most 100 characters."))
    return name


def _member(session: Session, principal: Principal, login: str) -> UUID:
    require(principal, Permission.USERS_WRITE)
    if principal.kind is not ActorKind.SYSTEM:
        raise NotPermitted("Only the operator of this installation can do this.")
    place = {"login": normal_login(login), "clinic_id": principal.clinic_id}
    found = first_row(session, MEMBER, place)
    if found is None:
        raise NotFound("There is no such account at this clinic.")
    user_id: UUID = found[0]
    return user_id


def _grant(
    session: Session,
    principal: Principal,
    user_id: UUID,
    *,
    role: Role,
    location_id: UUID | None,
    practitioner_id: UUID | None,
) -> None:
    place = {"clinic_id": principal.clinic_id, "id": new_id(), "user_id": user_id}
    bounds = {"location_id": location_id, "practitioner_id": practitioner_id}
    execute(session, GRANT, {**place, "role": role.value, **bounds})


def _record(
    session: Session,
    principal: Principal,
    action: str,
    *,
    user_id: UUID,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    record(session, principal, action=action, object_kind="user", object_id=user_id, detail=dict(detail), now=now)

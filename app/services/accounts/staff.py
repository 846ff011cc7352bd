"""Staff of a clinic as its administrators see them: accounts that are at home there, and everybody's roles.

An account of several clinics has no home: one clinic gives and takes its own roles, the operator does the rest.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, NotFound, NotPermitted, OwnAccess, StaleVersion
from app.services.accounts.passwords import hash_password, require_good
from app.services.accounts.permissions import Permission, require
from app.services.accounts.roles_left import lock_roles, require_administrator_left
from app.services.accounts.session_rows import revoke_all
from app.services.accounts.users import good_name
from app.services.audit.record import record
from app.words import LANGUAGES, N_
from models.accounts import Role
from models.db import execute, rows
from models.principal import Principal

PEOPLE: LiteralString = """
SELECT u.id, u.login, u.display_name, u.language, u.is_active, u.home_clinic_id IS NOT DISTINCT FROM %(clinic_id)s::uuid
  FROM users u
 WHERE u.home_clinic_id = %(clinic_id)s::uuid
    OR EXISTS (SELECT 1 FROM role_grants g WHERE g.clinic_id = %(clinic_id)s::uuid AND g.user_id = u.id)
 ORDER BY u.is_active DESC, u.display_name, u.id
"""
ROLES: LiteralString = """
SELECT user_id, id, role, location_id, practitioner_id FROM role_grants
 WHERE clinic_id = %(clinic_id)s::uuid ORDER BY role, location_id NULLS FIRST, id
"""
CHANGE: LiteralString = """
UPDATE users SET display_name = %(display_name)s, language = %(language)s WHERE id = %(user_id)s::uuid
"""
ACTIVATE: LiteralString = "UPDATE users SET is_active = %(is_active)s WHERE id = %(user_id)s::uuid"
NEW_HASH: LiteralString = """
UPDATE users SET password_hash = %(password_hash)s WHERE id = %(user_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class RoleView:
    """One role; without a location it holds at all of them."""

    id: UUID
    role: Role
    location_id: UUID | None
    practitioner_id: UUID | None


@dataclass(frozen=True, slots=True)
class StaffView:
    """One member of staff; `is_at_home` says whether this clinic may end the account and set its password."""

    id: UUID
    login: str
    display_name: str
    language: str
    is_active: bool
    is_at_home: bool
    roles: tuple[RoleView, ...]


def list_staff(session: Session, principal: Principal) -> list[StaffView]:
    """Return everybody of the clinic with their roles, who can sign in first, by name; raises NotPermitted."""
    _require(principal)
    roles: dict[UUID, list[RoleView]] = defaultdict(list)
    for user_id, role_id, role, location_id, practitioner_id in rows(
        session, ROLES, {"clinic_id": principal.clinic_id}
    ):
        roles[user_id].append(RoleView(role_id, Role(role), location_id, practitioner_id))
    people = rows(session, PEOPLE, {"clinic_id": principal.clinic_id})
    return [
        StaffView(user_id, login, display_name, language, is_active, is_at_home, tuple(roles[user_id]))
        for user_id, login, display_name, language, is_active, is_at_home in people
    ]


def change_person(
    session: Session,
    principal: Principal,
    *,
    user_id: UUID,
    display_name: str,
    language: str,
    seen: tuple[str, str],
    now: datetime,
) -> None:
    """Change a name and a language; `seen` are the two as they were shown. Raises InvalidField, StaleVersion."""
    person = _reach(session, principal, user_id)
    if seen != (person.display_name, person.language):
        raise StaleVersion
    if language not in LANGUAGES:
        raise InvalidField("language", N_("Choose a language from the list."))
    values = {"user_id": user_id, "display_name": good_name(display_name), "language": language}
    execute(session, CHANGE, values)
    _record(session, principal, "change", user_id=user_id, now=now)


def end_account(session: Session, principal: Principal, *, user_id: UUID, now: datetime) -> int:
    """Let somebody sign in no more and end their sessions at once; returns how many ended.

    Raises NotFound, NotPermitted, OwnAccess, LastAdministrator.
    """
    _reach(session, principal, user_id)
    if str(user_id) == principal.actor_id:
        raise OwnAccess
    execute(session, ACTIVATE, {"user_id": user_id, "is_active": False})
    require_administrator_left(session, principal.clinic_id)
    ended = revoke_all(session, user_id=user_id, now=now)
    _record(session, principal, "deactivate", user_id=user_id, detail={"sessions_ended": ended}, now=now)
    return ended


def open_account(session: Session, principal: Principal, *, user_id: UUID, now: datetime) -> None:
    """Let somebody sign in again, with the roles and the password they had; raises NotFound, NotPermitted."""
    _reach(session, principal, user_id)
    execute(session, ACTIVATE, {"user_id": user_id, "is_active": True})
    _record(session, principal, "activate", user_id=user_id, now=now)


def set_new_password(session: Session, principal: Principal, *, user_id: UUID, password: str, now: datetime) -> int:
    """Give somebody a new password and end their sessions; returns how many ended.

    Raises NotFound, NotPermitted, InvalidField.
    """
    person = _reach(session, principal, user_id)
    require_good(password, login=person.login)
    execute(session, NEW_HASH, {"user_id": user_id, "password_hash": hash_password(password)})
    ended = revoke_all(session, user_id=user_id, now=now)
    _record(session, principal, "set-password", user_id=user_id, detail={"sessions_ended": ended}, now=now)
    return ended


def _reach(session: Session, principal: Principal, user_id: UUID) -> StaffView:
    """Lock the clinic's accounts and return one that it may change."""
    _require(principal)
    lock_roles(session, principal.clinic_id)
    person = next((one for one in list_staff(session, principal) if one.id == user_id), None)
    if person is None:
        raise NotFound(N_("There is no such account at this clinic."))
    if not person.is_at_home:
        raise NotPermitted(N_("This account belongs to another clinic too. Only the operator can change it."))
    return person


def _require(principal: Principal) -> None:
    require(principal, Permission.USERS_WRITE)
    if principal.location_ids is not None:
        raise NotPermitted(permission=Permission.USERS_WRITE)


def _record(
    session: Session,
    principal: Principal,
    action: str,
    *,
    user_id: UUID,
    detail: dict[str, object] | None = None,
    now: datetime,
) -> None:
    record(session, principal, action=action, object_kind="user", object_id=user_id, detail=detail, now=now)

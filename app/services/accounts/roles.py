"""Roles given and taken, at one location or everywhere; nobody takes their own last right to do so."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, NotFound, OwnAccess
from app.services.accounts.roles_left import lock_roles, require_administrator_left
from app.services.accounts.staff import RoleView, StaffView, list_staff
from app.services.audit.record import record
from app.words import N_
from models.accounts import Role
from models.base import new_id
from models.clinics import Location
from models.db import execute
from models.practitioners import Practitioner
from models.principal import Principal

GIVE: LiteralString = """
INSERT INTO role_grants (clinic_id, id, user_id, role, location_id, practitioner_id)
VALUES (%(clinic_id)s, %(id)s, %(user_id)s, %(role)s, %(location_id)s, %(practitioner_id)s)
ON CONFLICT (clinic_id, user_id, role, location_id) DO UPDATE SET practitioner_id = EXCLUDED.practitioner_id
"""
TAKE: LiteralString = "DELETE FROM role_grants WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid"


def give_role(
    session: Session,
    principal: Principal,
    *,
    user_id: UUID,
    role: Role,
    location_id: UUID | None = None,
    practitioner_id: UUID | None = None,
    now: datetime,
) -> None:
    """Give a role at a location, or everywhere; the same twice is once. A practitioner's role says who they are.

    Raises NotFound, NotPermitted, InvalidField.
    """
    lock_roles(session, principal.clinic_id)
    _person(session, principal, user_id)
    _require_known(session, principal, role, location_id=location_id, practitioner_id=practitioner_id)
    bounds = {"location_id": location_id, "practitioner_id": practitioner_id}
    ids = {"clinic_id": principal.clinic_id, "id": new_id(), "user_id": user_id}
    execute(session, GIVE, {**ids, "role": role.value, **bounds})
    _record(session, principal, "give-role", user_id=user_id, role=role, location_id=location_id, now=now)


def take_role(session: Session, principal: Principal, *, user_id: UUID, role_id: UUID, now: datetime) -> None:
    """Take a role back; raises NotFound, NotPermitted, OwnAccess, LastAdministrator."""
    lock_roles(session, principal.clinic_id)
    person = _person(session, principal, user_id)
    taken = next((one for one in person.roles if one.id == role_id), None)
    if taken is None:
        raise NotFound(N_("There is no such role."))
    if str(user_id) == principal.actor_id and _is_key(taken):
        raise OwnAccess
    execute(session, TAKE, {"clinic_id": principal.clinic_id, "id": role_id})
    if _is_key(taken):
        require_administrator_left(session, principal.clinic_id)
    _record(session, principal, "take-role", user_id=user_id, role=taken.role, location_id=taken.location_id, now=now)


def _is_key(role: RoleView) -> bool:
    return role.role is Role.ADMINISTRATOR and role.location_id is None


def _person(session: Session, principal: Principal, user_id: UUID) -> StaffView:
    person = next((one for one in list_staff(session, principal) if one.id == user_id), None)
    if person is None:
        raise NotFound(N_("There is no such account at this clinic."))
    return person


def _require_known(
    session: Session,
    principal: Principal,
    role: Role,
    *,
    location_id: UUID | None,
    practitioner_id: UUID | None,
) -> None:
    if location_id is not None and session.get(Location, (principal.clinic_id, location_id)) is None:
        raise InvalidField("location_id", N_("This does not exist."))
    if practitioner_id is not None and session.get(Practitioner, (principal.clinic_id, practitioner_id)) is None:
        raise InvalidField("practitioner_id", N_("This does not exist."))
    if (role is Role.PRACTITIONER) != (practitioner_id is not None):
        raise InvalidField("practitioner_id", N_("Say which practitioner this person is; other roles have none."))


def _record(
    session: Session,
    principal: Principal,
    action: str,
    *,
    user_id: UUID,
    role: Role,
    location_id: UUID | None,
    now: datetime,
) -> None:
    detail = {"role": role.value, "location_id": str(location_id) if location_id else None}
    record(session, principal, action=action, object_kind="user", object_id=user_id, detail=detail, now=now)

"""Who may do what: the roles, the one check, and what several roles add up to."""

from uuid import UUID

import pytest

from app.errors import InvalidField, NotPermitted
from app.services.accounts.grants import PRECEDENCE, scope_of
from app.services.accounts.permissions import (
    API_SCOPES,
    GUEST_PERMISSIONS,
    JOB_PERMISSIONS,
    KIOSK_PERMISSIONS,
    OPERATOR_PERMISSIONS,
    PATIENT_PERMISSIONS,
    ROLE_PERMISSIONS,
    Permission,
    checked_scopes,
    require,
    require_any,
)
from models.accounts import Role
from models.principal import ActorKind, Principal

CLINIC, HERE, THERE = (UUID(int=number) for number in (1, 2, 3))
PUBLIC = (PATIENT_PERMISSIONS, GUEST_PERMISSIONS, KIOSK_PERMISSIONS)


def holding(*permissions: str, at: frozenset[UUID] | None = None) -> Principal:
    return Principal(CLINIC, ActorKind.USER, "u", frozenset(permissions), at)


def test_every_role_has_permissions_and_all_of_them_are_known() -> None:
    known = set(Permission)
    assert set(ROLE_PERMISSIONS) == set(Role) == set(PRECEDENCE)
    for granted in (*ROLE_PERMISSIONS.values(), *PUBLIC, JOB_PERMISSIONS, OPERATOR_PERMISSIONS, API_SCOPES):
        assert granted <= known


def test_every_permission_is_held_by_somebody() -> None:
    held = frozenset[str]().union(*ROLE_PERMISSIONS.values(), *PUBLIC, JOB_PERMISSIONS)
    assert held == set(Permission)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("clinical:read", {Role.PRACTITIONER, Role.NURSE}),
        ("reports:read", {Role.MANAGER, Role.ADMINISTRATOR}),
        ("settings:write", {Role.ADMINISTRATOR}),
        ("users:write", {Role.ADMINISTRATOR}),
        ("absences:write", {Role.RECEPTIONIST, Role.MANAGER, Role.ADMINISTRATOR}),
        ("audit:read", {Role.ADMINISTRATOR}),
        ("board:read", set(Role)),
        ("patients:read", set(Role)),
    ],
)
def test_who_holds_what_is_meant_so(permission: str, roles: set[Role]) -> None:
    assert {role for role, granted in ROLE_PERMISSIONS.items() if permission in granted} == roles


def test_people_without_an_account_reach_no_list_of_patients_or_appointments() -> None:
    for granted in PUBLIC:
        assert granted <= {"slots:read", "appointments:own", "kiosk:use"}


def test_a_missing_permission_is_refused() -> None:
    require(holding("board:read"), "board:read")
    with pytest.raises(NotPermitted):
        require(holding("board:read"), "board:write")
    require_any(holding("board:read"), "reports:read", "board:read")
    with pytest.raises(NotPermitted):
        require_any(holding("board:read"), "reports:read", "slots:read")


def test_a_permission_reaches_its_locations_only() -> None:
    require(holding("board:read", at=frozenset({HERE})), "board:read", location_id=HERE)
    require(holding("board:read"), "board:read", location_id=THERE)
    for places in (frozenset({HERE}), frozenset[UUID]()):
        with pytest.raises(NotPermitted):
            require(holding("board:read", at=places), "board:read", location_id=THERE)


def test_roles_at_the_same_place_add_up() -> None:
    permissions, places = scope_of([(Role.NURSE, None), (Role.MANAGER, None)])
    assert permissions == ROLE_PERMISSIONS[Role.NURSE] | ROLE_PERMISSIONS[Role.MANAGER]
    assert places is None


def test_a_role_never_reaches_a_location_that_it_was_not_given_for() -> None:
    shared = ROLE_PERMISSIONS[Role.RECEPTIONIST] & ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    assert scope_of([(Role.RECEPTIONIST, HERE), (Role.ADMINISTRATOR, THERE)]) == (shared, {HERE, THERE})
    assert scope_of([(Role.ADMINISTRATOR, HERE), (Role.NURSE, None)]) == (ROLE_PERMISSIONS[Role.NURSE], None)


def test_scopes_are_known_permissions_that_a_program_may_have() -> None:
    assert checked_scopes(["slots:read", "patients:read", "slots:read"]) == ["patients:read", "slots:read"]
    for scopes in ([], ["nonsense"], ["users:write"], ["slots:read", "audit:read"]):
        with pytest.raises(InvalidField):
            checked_scopes(scopes)

"""Accounts: what a login and a password may be, and who may end them."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.errors import InvalidField, NotFound, NotPermitted, NotSignedIn
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts import users
from app.services.accounts.operator import operator_of
from app.services.accounts.permissions import OPERATOR_PERMISSIONS
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from models.principal import ActorKind, Principal
from models.records import AuditEvent
from tests.accounts import PASSWORD, enter
from tests.builders import NOW, building, clerk_of, make_clinic, staff_of

pytestmark = pytest.mark.database


@pytest.fixture
def clinic(database: DatabaseUrls, valkey: str) -> Clinic:
    with building() as session:
        return make_clinic(session)


@pytest.fixture
def operator(clinic: Clinic) -> Principal:
    return Principal(clinic.id, ActorKind.SYSTEM, "command-line", OPERATOR_PERMISSIONS)


def add(principal: Principal, **fields: Any) -> str:
    login = fields.pop("login", f"user-{new_id()}")
    known = {"display_name": "Robin", "password": PASSWORD, "role": Role.NURSE}
    with transaction(principal) as session:
        users.create(session, principal, login=login, **{**known, **fields}, now=NOW)
    return login


def test_a_new_member_of_staff_can_sign_in(clinic: Clinic, operator: Principal) -> None:
    login = add(operator)
    assert enter((clinic, login)).role is Role.NURSE


def test_a_password_of_another_keyboard_is_the_same_password(clinic: Clinic, operator: Principal) -> None:
    login = add(operator, password="Zürich für immer")
    assert enter((clinic, login), password="Zu\u0308rich fu\u0308r immer").role is Role.NURSE


def test_a_long_password_counts_to_its_last_letter(clinic: Clinic, operator: Principal) -> None:
    password = "Ab1-z" * 40
    login = add(operator, password=password)
    assert enter((clinic, login), password=password).role is Role.NURSE
    with pytest.raises(NotSignedIn):
        enter((clinic, login), password=password[:-1] + "y")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "a" * 20}, "password"),
        ({"password": "x1y2z" * 60}, "password"),
        ({"password": "my-login-and-more", "login": "my-login"}, "password"),
        ({"login": "ab"}, "login"),
        ({"login": "has space"}, "login"),
        ({"login": "x" * 65}, "login"),
        ({"login": "nul\x00nul"}, "login"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "x" * 101}, "display_name"),
        ({"display_name": "a\x1b[0m"}, "display_name"),
    ],
)
def test_impossible_values_name_their_field(operator: Principal, fields: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        add(operator, **fields)
    assert refusal.value.field == field


def test_a_taken_login_is_refused_in_any_case(operator: Principal) -> None:
    login = add(operator)
    with pytest.raises(InvalidField, match="taken"):
        add(operator, login=login.upper())


def test_an_administrator_makes_accounts_and_a_clerk_does_not(clinic: Clinic) -> None:
    add(staff_of(clinic, role=Role.ADMINISTRATOR))
    with pytest.raises(NotPermitted):
        add(clerk_of(clinic))


def test_a_new_password_ends_the_sessions_and_the_old_password(clinic: Clinic, operator: Principal) -> None:
    login = add(operator)
    enter((clinic, login))
    with transaction(operator) as session:
        fields = {"login": login, "password": "another long password"}
        assert users.set_password(session, operator, **fields, now=NOW) == 1
    assert enter((clinic, login), password="another long password").role is Role.NURSE


def test_no_clinic_takes_over_or_ends_an_account_of_another(clinic: Clinic, operator: Principal) -> None:
    login = add(operator)
    with building() as session:
        other = make_clinic(session)
    intruder = Principal(other.id, ActorKind.SYSTEM, "command-line", OPERATOR_PERMISSIONS)
    administrator = staff_of(clinic, role=Role.ADMINISTRATOR)
    for principal, refusal in ((intruder, NotFound), (administrator, NotPermitted)):
        with transaction(principal) as session:
            with pytest.raises(refusal):
                users.deactivate(session, principal, login=login, now=NOW)
            with pytest.raises(refusal):
                users.set_password(session, principal, login=login, password=PASSWORD, now=NOW)


def test_the_list_shows_the_own_clinic_only(clinic: Clinic, operator: Principal) -> None:
    login = add(operator)
    with building() as session:
        other = Principal(make_clinic(session).id, ActorKind.SYSTEM, "x", OPERATOR_PERMISSIONS)
    add(other)
    with transaction(operator) as session:
        shown = users.list_all(session, operator)
    assert [(user.login, user.roles, user.is_active) for user in shown] == [(login, ["nurse"], True)]


def test_every_change_of_an_account_stands_in_the_audit_log(clinic: Clinic, operator: Principal) -> None:
    login = add(operator)
    with transaction(operator) as session:
        users.set_password(session, operator, login=login, password="another long password", now=NOW)
        users.deactivate(session, operator, login=login, now=NOW)
    with building() as session:
        mine = select(AuditEvent).where(AuditEvent.clinic_id == clinic.id).order_by(col(AuditEvent.id))
        written = list(session.exec(mine))
    assert [row.action for row in written] == ["create", "set-password", "deactivate"]
    assert "another long password" not in str([row.model_dump() for row in written])


def test_the_operator_names_a_clinic_when_there_are_several(clinic: Clinic) -> None:
    with building() as session:
        make_clinic(session)
    assert operator_of(clinic.host_name).clinic_id == clinic.id
    for name in ("", "no-such-host.test"):
        with pytest.raises(InvalidField, match="--clinic"):
            operator_of(name)

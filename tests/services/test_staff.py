"""Accounts and roles in the hands of a clinic's administrators."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from app.errors import InvalidField, LastAdministrator, NotFound, NotPermitted, NotSignedIn, OwnAccess, StaleVersion
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts import roles, staff, users
from app.services.accounts.sessions import principal_of
from models.accounts import Role, RoleGrant, User
from models.base import new_id
from models.clinics import Clinic
from models.db import execute, transaction
from models.principal import Principal
from tests.accounts import PASSWORD, enter
from tests.builders import NOW, building, make_clinic, make_location, make_practitioner, staff_of

pytestmark = pytest.mark.database
OTHER = "another long password"


class Office:
    """A clinic with an administrator who is a real account."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic: Clinic = make_clinic(session)
        first = staff_of(self.clinic, role=Role.ADMINISTRATOR)
        self.admin_id = self.hire(Role.ADMINISTRATOR, by=first)
        self.admin = self.as_(self.admin_id)

    def as_(self, user_id: UUID, role: Role = Role.ADMINISTRATOR) -> Principal:
        return staff_of(self.clinic, role=role, actor_id=str(user_id))

    def hire(self, role: Role, *, by: Principal | None = None, login: str = "", **more: Any) -> UUID:
        fields = {"login": login or f"user-{new_id()}", "display_name": "Robin", "password": PASSWORD, "role": role}
        return self.do(users.create, by=by or self.admin, **fields, **more, now=NOW)

    def do(self, verb: Any, *, by: Principal | None = None, **values: Any) -> Any:
        principal = by or self.admin
        with transaction(principal) as session:
            return verb(session, principal, **values)

    def person(self, user_id: UUID) -> staff.StaffView:
        return next(one for one in self.do(staff.list_staff) if one.id == user_id)


@pytest.fixture
def office(database: DatabaseUrls, valkey: str) -> Office:
    return Office()


def test_an_ended_account_is_out_at_once_and_comes_back_with_its_roles(office: Office) -> None:
    login = f"user-{new_id()}"
    user_id = office.hire(Role.NURSE, login=login)
    token = enter((office.clinic, login)).token
    assert office.do(staff.end_account, user_id=user_id, now=NOW) == 1
    assert principal_of(token, now=NOW) is None
    with pytest.raises(NotSignedIn):
        enter((office.clinic, login))
    office.do(staff.open_account, user_id=user_id, now=NOW)
    assert enter((office.clinic, login)).role is Role.NURSE


def test_a_new_password_ends_every_session(office: Office) -> None:
    login = f"user-{new_id()}"
    user_id = office.hire(Role.NURSE, login=login)
    token = enter((office.clinic, login)).token
    office.do(staff.set_new_password, user_id=user_id, password=OTHER, now=NOW)
    assert principal_of(token, now=NOW) is None
    assert enter((office.clinic, login), password=OTHER).role is Role.NURSE
    with pytest.raises(InvalidField) as refusal:
        office.do(staff.set_new_password, user_id=user_id, password="short", now=NOW)
    assert refusal.value.field == "password"


def test_the_last_administrator_keeps_the_role_and_the_account(office: Office) -> None:
    helper = office.as_(office.hire(Role.MANAGER))
    granted = office.person(office.admin_id).roles[0].id
    for verb, values in (
        (roles.take_role, {"role_id": granted}),
        (staff.end_account, {}),
    ):
        with pytest.raises(LastAdministrator):
            office.do(verb, by=helper, user_id=office.admin_id, **values, now=NOW)
    assert office.person(office.admin_id).roles
    assert office.person(office.admin_id).is_active


def test_without_the_guard_a_clinic_is_left_to_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "require_administrator_left", lambda session, clinic_id: None)
    helper = office.as_(office.hire(Role.MANAGER))
    granted = office.person(office.admin_id).roles[0].id
    office.do(roles.take_role, by=helper, user_id=office.admin_id, role_id=granted, now=NOW)
    held = [role.role for one in office.do(staff.list_staff) for role in one.roles]
    assert Role.ADMINISTRATOR not in held


def test_nobody_takes_their_own_access_away(office: Office) -> None:
    office.hire(Role.ADMINISTRATOR)
    mine = office.person(office.admin_id).roles[0].id
    with pytest.raises(OwnAccess):
        office.do(roles.take_role, user_id=office.admin_id, role_id=mine, now=NOW)
    with pytest.raises(OwnAccess):
        office.do(staff.end_account, user_id=office.admin_id, now=NOW)


def _two_take_each_others_role(office: Office) -> int:
    """Let both transactions be open at once; return how many administrators are left."""
    second = office.hire(Role.ADMINISTRATOR)
    pairs = [(office.admin, second), (office.as_(second), office.admin_id)]
    granted = {user_id: office.person(user_id).roles[0].id for _, user_id in pairs}
    with transaction(office.admin) as first, transaction(office.as_(second)) as other:
        execute(other, "SET LOCAL lock_timeout = '200ms'", {})
        for session, (actor, user_id) in zip((first, other), pairs, strict=True):
            roles.take_role(session, actor, user_id=user_id, role_id=granted[user_id], now=NOW)
    return sum(bool(one.roles) for one in office.do(staff.list_staff))


def test_two_administrators_do_not_take_each_others_role_at_once(office: Office) -> None:
    with pytest.raises(psycopg.errors.LockNotAvailable):
        _two_take_each_others_role(office)


def test_without_the_lock_they_do(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "lock_roles", lambda session, clinic_id: None)
    assert _two_take_each_others_role(office) == 0


def test_a_role_is_given_once_at_a_location_and_everywhere(office: Office) -> None:
    user_id = office.hire(Role.NURSE)
    with building() as session:
        place = make_location(session, clinic=office.clinic)
    for _ in range(2):
        office.do(roles.give_role, user_id=user_id, role=Role.RECEPTIONIST, now=NOW)
        office.do(roles.give_role, user_id=user_id, role=Role.RECEPTIONIST, location_id=place.id, now=NOW)
    held = [(role.role, role.location_id) for role in office.person(user_id).roles]
    assert held == [(Role.NURSE, None), (Role.RECEPTIONIST, None), (Role.RECEPTIONIST, place.id)]


def test_the_database_itself_keeps_a_clinic_wide_role_single(office: Office) -> None:
    user_id = office.hire(Role.NURSE)
    with pytest.raises(psycopg.errors.UniqueViolation), building() as session:
        session.add(RoleGrant(clinic_id=office.clinic.id, user_id=user_id, role=Role.NURSE))


def test_a_practitioners_role_says_who_they_are(office: Office) -> None:
    user_id = office.hire(Role.NURSE)
    with building() as session:
        person = make_practitioner(session, clinic=office.clinic)
    give = {"user_id": user_id, "now": NOW}
    for values in (
        {"role": Role.PRACTITIONER},
        {"role": Role.PRACTITIONER, "practitioner_id": new_id()},
        {"role": Role.MANAGER, "practitioner_id": person.id},
    ):
        with pytest.raises(InvalidField) as refusal:
            office.do(roles.give_role, **give, **values)
        assert refusal.value.field == "practitioner_id"
    office.do(roles.give_role, **give, role=Role.PRACTITIONER, practitioner_id=person.id)
    assert office.person(user_id).roles[-1].practitioner_id == person.id


def test_an_account_that_is_at_home_elsewhere_is_not_changed_but_its_roles_here_are(office: Office) -> None:
    guest = new_id()
    with building() as session:
        session.add(User(id=guest, login=f"{guest}", display_name="Guest", password_hash="-", created_at=NOW))
        session.flush()
        grant = RoleGrant(clinic_id=office.clinic.id, user_id=guest, role=Role.NURSE)
        session.add(grant)
        session.flush()
    for verb, values in ((staff.end_account, {}), (staff.set_new_password, {"password": OTHER})):
        with pytest.raises(NotPermitted):
            office.do(verb, user_id=guest, **values, now=NOW)
    office.do(roles.take_role, user_id=guest, role_id=grant.id, now=NOW)
    assert guest not in {one.id for one in office.do(staff.list_staff)}


def test_nobody_of_another_clinic_is_reached(office: Office) -> None:
    stranger = Office()
    for verb in (staff.end_account, staff.open_account):
        with pytest.raises(NotFound):
            office.do(verb, user_id=stranger.admin_id, now=NOW)


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.PRACTITIONER, Role.NURSE, Role.MANAGER])
def test_only_administrators_see_and_change_accounts(office: Office, role: Role) -> None:
    someone = office.as_(new_id(), role)
    for verb, values in (
        (staff.list_staff, {}),
        (staff.end_account, {"user_id": office.admin_id, "now": NOW}),
        (staff.set_new_password, {"user_id": office.admin_id, "password": OTHER, "now": NOW}),
        (roles.give_role, {"user_id": office.admin_id, "role": Role.MANAGER, "now": NOW}),
        (roles.take_role, {"user_id": office.admin_id, "role_id": new_id(), "now": NOW}),
    ):
        with pytest.raises(NotPermitted):
            office.do(verb, by=someone, **values)


def test_an_administrator_of_one_location_makes_no_administrator_of_all(office: Office) -> None:
    with building() as session:
        place = make_location(session, clinic=office.clinic)
    fields = {"role": Role.ADMINISTRATOR, "actor_id": str(new_id())}
    limited = staff_of(office.clinic, location_ids=frozenset({place.id}), **fields)
    with pytest.raises(NotPermitted):
        office.hire(Role.ADMINISTRATOR, by=limited)
    with pytest.raises(NotPermitted):
        office.do(roles.give_role, by=limited, user_id=office.admin_id, role=Role.MANAGER, now=NOW)


def test_a_name_changes_unless_somebody_changed_it_before(office: Office) -> None:
    user_id = office.hire(Role.NURSE)
    about = {"user_id": user_id, "language": "de", "now": NOW}
    office.do(staff.change_person, **about, display_name="Sam", seen=("Robin", "en"))
    assert (office.person(user_id).display_name, office.person(user_id).language) == ("Sam", "de")
    with pytest.raises(StaleVersion):
        office.do(staff.change_person, **about, display_name="Kim", seen=("Robin", "en"))

"""Signing in, being known, idling, signing out; who guesses is slowed down, and learns nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.errors import NotSignedIn
from app.infra import limits
from app.services.accounts import passwords, sessions, users
from app.services.accounts.permissions import OPERATOR_PERMISSIONS, ROLE_PERMISSIONS
from app.services.accounts.sessions import principal_of, sign_out, touch
from app.settings import settings
from models.accounts import Role, RoleGrant, User, UserSession
from models.base import new_id
from models.db import rows, transaction
from models.principal import ActorKind, Principal
from models.records import AuditEvent
from tests.accounts import PASSWORD, Account, enter, make_user
from tests.builders import NOW, building, make_clinic, make_location

pytestmark = pytest.mark.database


def after(**span: float) -> Any:
    return NOW + timedelta(**span)


def test_the_right_pair_gives_the_roles_rights_at_the_clinic(account: Account) -> None:
    entered = enter(account)
    assert entered.principal.clinic_id == account[0].id
    assert entered.principal.kind is ActorKind.USER
    assert entered.principal.permissions == ROLE_PERMISSIONS[Role.RECEPTIONIST]
    assert (entered.role, entered.display_name) == (Role.RECEPTIONIST, "Robin")
    assert principal_of(entered.token, now=NOW) == entered


def test_the_login_may_be_typed_in_any_case_with_spaces_around(account: Account) -> None:
    assert enter(account, login=f"  {account[1].upper()} ").display_name == "Robin"


def test_only_the_tokens_hash_is_stored(account: Account) -> None:
    token = enter(account).token
    with building() as session:
        stored = rows(session, "SELECT s::text FROM sessions s", {})
    assert len(token) >= 43
    assert not any(token in row[0] or token.encode().hex() in row[0] for row in stored)


def test_every_sign_in_is_another_session(account: Account) -> None:
    assert enter(account).token != enter(account).token


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "correct horse batterz"},
        {"password": ""},
        {"password": "x" * 100_000},
        {"password": "\ud800\x00"},
        {"login": "nobody-of-this-name"},
        {"login": ""},
        {"login": "\x00\ud800"},
        {"login": "' OR 1=1 --"},
    ],
)
def test_every_wrong_pair_gets_the_same_answer(account: Account, wrong: dict[str, str]) -> None:
    limits.forgive(sessions.attempts.LOGIN, wrong.get("login", "").strip().casefold())
    with pytest.raises(NotSignedIn) as refusal:
        enter(account, **wrong)
    assert str(refusal.value) == sessions.WRONG


def test_an_ended_account_and_one_without_a_role_get_that_answer_too(account: Account) -> None:
    with building() as session:
        session.exec(select(User).where(User.login == account[1])).one().is_active = False
    with pytest.raises(NotSignedIn, match=sessions.WRONG):
        enter(account)
    with building() as session:
        session.exec(select(User).where(User.login == account[1])).one().is_active = True
        session.delete(session.exec(select(RoleGrant).where(RoleGrant.clinic_id == account[0].id)).one())
    with pytest.raises(NotSignedIn, match=sessions.WRONG):
        enter(account)


def test_an_unknown_login_costs_the_same_hash_as_a_wrong_password(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []

    class Counting:
        def verify(self, password: bytes, password_hash: str) -> bool:
            verified.append(password_hash)
            return False

    passwords._nobodys_hash()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    for login in (account[1], f"nobody-{new_id()}", "\x00"):
        with pytest.raises(NotSignedIn):
            enter(account, login=login)
    # One hash of the same cost in each case.
    assert [stored.split("$")[:4] for stored in verified] == [verified[0].split("$")[:4]] * 3


def test_an_idle_session_ends_and_activity_puts_that_off(account: Account) -> None:
    token = enter(account).token
    idle = settings().session_idle_minutes
    assert principal_of(token, now=after(minutes=idle - 1)) is not None
    assert principal_of(token, now=after(minutes=idle)) is None
    touch(token, now=after(minutes=idle - 1))
    assert principal_of(token, now=after(minutes=2 * idle - 2)) is not None
    assert principal_of(token, now=after(minutes=2 * idle - 1)) is None


def test_asking_who_it_is_is_no_activity(account: Account) -> None:
    token, idle = enter(account).token, settings().session_idle_minutes
    for minute in range(idle):
        assert principal_of(token, now=after(minutes=minute)) is not None
    assert principal_of(token, now=after(minutes=idle)) is None


def test_a_session_that_idled_out_is_not_woken_by_activity(account: Account) -> None:
    token, idle = enter(account).token, settings().session_idle_minutes
    touch(token, now=after(minutes=idle))
    assert principal_of(token, now=after(minutes=idle)) is None


def test_activity_is_written_at_most_once_a_minute(account: Account) -> None:
    token = enter(account).token
    seen = []
    for second in (1, 59, 60, 61, 119, 120):
        touch(token, now=after(seconds=second))
        with building() as session:
            mine = select(UserSession).where(UserSession.clinic_id == account[0].id)
            seen.append((session.exec(mine).one().last_seen_at - NOW).seconds)
    assert seen == [0, 0, 60, 60, 60, 120]


def test_no_activity_outlives_the_longest_session(account: Account) -> None:
    token = enter(account).token
    for minute in range(0, settings().session_hours * 60, 10):
        touch(token, now=after(minutes=minute))
    assert principal_of(token, now=after(hours=settings().session_hours, seconds=-1)) is not None
    assert principal_of(token, now=after(hours=settings().session_hours)) is None


def test_signing_out_ends_this_session_for_good_and_no_other(account: Account) -> None:
    one, other = enter(account).token, enter(account).token
    sign_out(one, now=NOW)
    sign_out(one, now=NOW)
    touch(one, now=after(minutes=2))
    assert principal_of(one, now=NOW) is None
    assert principal_of(other, now=NOW) is not None


def test_a_taken_role_or_an_ended_account_counts_at_the_next_event(account: Account) -> None:
    token = enter(account).token
    with building() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.clinic_id == account[0].id)).one()
        grant.role = Role.NURSE
    signed_in = principal_of(token, now=NOW)
    assert signed_in is not None
    assert signed_in.role is Role.NURSE
    assert not signed_in.principal.may("messages:read")
    with building() as session:
        session.delete(session.merge(grant))
    assert principal_of(token, now=NOW) is None


def test_ending_an_account_ends_its_sessions_at_once(account: Account) -> None:
    token = enter(account).token
    operator = Principal(account[0].id, ActorKind.SYSTEM, "command-line", OPERATOR_PERMISSIONS)
    with transaction(operator) as session:
        assert users.deactivate(session, operator, login=account[1], now=NOW) == 1
    assert principal_of(token, now=NOW) is None


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "x" * 10_000])
def test_a_token_of_nobody_is_nobody(account: Account, token: str) -> None:
    assert principal_of(token, now=NOW) is None
    touch(token, now=NOW)
    sign_out(token, now=NOW)


def test_signing_in_and_out_stand_in_the_audit_log(account: Account) -> None:
    entered = enter(account)
    sign_out(entered.token, now=NOW)
    with building() as session:
        mine = select(AuditEvent).where(AuditEvent.clinic_id == account[0].id).order_by(col(AuditEvent.id))
        written = list(session.exec(mine))
    assert [row.action for row in written] == ["sign-in", "sign-out"]
    assert {row.actor for row in written} == {entered.principal.actor}


def test_a_user_of_two_clinics_enters_the_one_that_is_asked_for(account: Account, password_hash: str) -> None:
    with building() as session:
        other = make_clinic(session)
        user = session.exec(select(User).where(User.login == account[1])).one()
        session.add(RoleGrant(clinic_id=other.id, user_id=user.id, role=Role.MANAGER))
        third = make_clinic(session)
    assert enter(account, clinic_id=other.id).role is Role.MANAGER
    assert enter(account, clinic_id=account[0].id).role is Role.RECEPTIONIST
    with pytest.raises(NotSignedIn):
        enter(account, clinic_id=third.id)


def test_a_role_at_one_location_reaches_no_other(account: Account, password_hash: str) -> None:
    with building() as session:
        place = make_location(session, clinic=account[0])
        login = make_user(session, account[0], password_hash=password_hash)
        user = session.exec(select(User).where(User.login == login)).one()
        session.exec(select(RoleGrant).where(RoleGrant.user_id == user.id)).one().location_id = place.id
    assert enter((account[0], login)).principal.location_ids == frozenset({place.id})


def test_an_outdated_hash_is_made_anew_on_the_way_in(account: Account) -> None:
    from passlib.hash import argon2

    weak = argon2.using(type="ID", time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with building() as session:
        session.exec(select(User).where(User.login == account[1])).one().password_hash = weak
    enter(account)
    with building() as session:
        assert session.exec(select(User).where(User.login == account[1])).one().password_hash != weak
    enter(account)

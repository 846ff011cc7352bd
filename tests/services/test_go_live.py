"""The end of a demonstration: whole or not at all, only of a demonstration, and nothing of another clinic."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from app.errors import InvalidField, NotPermitted, NotSignedIn, Overloaded
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.sessions import principal_of, sign_in
from app.services.setup import go_live as going_live
from app.services.setup.going import read_farewell
from app.services.setup.progress import steps_done
from app.services.setup.standing import standing_at
from app.settings import Mode, settings
from app.setup_errors import DemonstrationOver
from models.accounts import Role, RoleGrant
from models.base import new_id
from models.db import DatabaseRole, global_transaction, rows, transaction
from models.tables import CLINIC_TABLES
from tests.accounts import PASSWORD
from tests.builders import NOW, building, staff_of
from tests.services.shown_clinic import Shown, filled

pytestmark = pytest.mark.database
# The keys stay, as migration 0004 says; what is left of the others is the new administrator.
KEPT = {"clinic_keys"}
OWNED: LiteralString = """
SELECT c.table_name FROM information_schema.columns c
  JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
 WHERE c.table_schema = 'public' AND c.column_name = 'clinic_id' AND t.table_type = 'BASE TABLE'
"""
DEFINITION: LiteralString = "SELECT pg_get_functiondef('remove_demonstration'::regproc)"
ENTER: LiteralString = "SELECT set_config('holdfast.clinic_id', %s, false)"


@pytest.fixture
def shown(database: DatabaseUrls, valkey: str, password_hash: str) -> Shown:
    return filled(password_hash, is_demonstration=True)


@pytest.fixture
def neighbour(database: DatabaseUrls, valkey: str, password_hash: str) -> Shown:
    return filled(password_hash, is_demonstration=False)


def test_every_table_of_a_clinic_is_emptied_or_kept_for_a_reason(database: DatabaseUrls) -> None:
    with psycopg.connect(database.owner) as owner:
        owned = {table for (table,) in owner.execute(OWNED)}
        (definition,) = owner.execute(DEFINITION).fetchone() or ("",)
    assert owned >= CLINIC_TABLES
    named = {table for table in owned if f"'{table}'" in definition or f"FROM {table}" in definition}
    assert owned - named == KEPT, "a new table goes with the demonstration too: replace remove_demonstration()"


def test_what_was_shown_is_gone_and_one_administrator_is_left(shown: Shown) -> None:
    before = shown.left()
    user_id = shown.go_live(login="ines-ferro", display_name="Ines Ferro")
    left = {table: count for table, count in shown.left().items() if count}
    assert left == {"clinic_keys": before["clinic_keys"], "role_grants": 1, "audit_events": 2}
    standing = standing_at(shown.host)
    assert (standing.is_demonstration, standing.is_being_set_up, standing.has_people) == (False, True, True)
    signed_in = sign_in(login="ines-ferro", password=PASSWORD, now=NOW, address="here", clinic_id=shown.clinic.id)
    assert (signed_in.user_id, signed_in.role) == (user_id, Role.ADMINISTRATOR)
    with transaction(signed_in.principal) as session:
        assert steps_done(session, signed_in.principal) == frozenset()
        logged: LiteralString = "SELECT actor, action, detail FROM audit_events WHERE action = 'clinic.go-live'"
        ((actor, _, detail),) = rows(session, logged, {})
    assert actor == f"user:{user_id}"
    assert (detail["patients"], detail["appointments"], detail["logins"]) == (1, 1, 1)


def test_production_knows_nobody_of_a_demonstration_that_is_still_there(
    shown: Shown, neighbour: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = sign_in(login=shown.login, password=PASSWORD, now=NOW, clinic_id=shown.clinic.id)
    assert principal_of(began.token, now=NOW) is not None
    monkeypatch.setattr(settings(), "mode", Mode.PRODUCTION)
    assert principal_of(began.token, now=NOW) is None
    with pytest.raises(NotSignedIn):
        sign_in(login=shown.login, password=PASSWORD, now=NOW, clinic_id=shown.clinic.id)
    assert sign_in(login=neighbour.login, password=PASSWORD, now=NOW, clinic_id=neighbour.clinic.id)


def test_what_goes_is_counted_before(shown: Shown) -> None:
    with transaction(shown.admin) as session:
        farewell = read_farewell(session, shown.admin)
    assert farewell.name == "Riverside"
    going = farewell.going
    assert (going.patients, going.appointments, going.practitioners, going.logins) == (1, 1, 1, 1)


def test_a_neighbour_keeps_every_row(shown: Shown, neighbour: Shown) -> None:
    before = neighbour.left()
    token = neighbour.sign_in()
    shown.go_live()
    assert neighbour.left() == {**before, "audit_events": before["audit_events"] + 1}
    assert principal_of(token, now=NOW) is not None


def test_sessions_and_logins_of_the_demonstration_end(shown: Shown) -> None:
    token = shown.sign_in()
    shown.go_live()
    assert principal_of(token, now=NOW) is None
    with pytest.raises(NotSignedIn):
        shown.sign_in()


def test_a_login_of_the_demonstration_may_be_taken_again(shown: Shown) -> None:
    shown.go_live(login=shown.login)
    assert principal_of(shown.sign_in(), now=NOW) is not None


def test_the_second_time_nothing_happens(shown: Shown) -> None:
    user_id = shown.go_live()
    left = shown.left()
    again = staff_of(shown.clinic, role=Role.ADMINISTRATOR, actor_id=str(user_id))
    for principal in (shown.admin, again):
        with pytest.raises(DemonstrationOver):
            shown.go_live(principal=principal)
    assert shown.left() == left


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "River"}, "name"),
        ({"password": "short"}, "password"),
        ({"login": "?"}, "login"),
        ({"display_name": ""}, "display_name"),
    ],
    ids=["name", "password", "login", "display name"],
)
def test_what_was_typed_wrong_removes_nothing(shown: Shown, fields: dict[str, str], field: str) -> None:
    before = shown.left()
    with pytest.raises(InvalidField) as refusal:
        shown.go_live(**fields)
    assert refusal.value.field == field
    assert shown.left() == before


def test_a_login_of_another_clinic_is_not_taken_over(shown: Shown, neighbour: Shown) -> None:
    before = shown.left()
    with pytest.raises(InvalidField, match="taken"):
        shown.go_live(login=neighbour.login)
    assert shown.left() == before


def test_an_interruption_leaves_everything(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown.left()
    token = shown.sign_in()

    def crash(*_: object, **__: object) -> None:
        raise OSError("the machine stopped here")

    monkeypatch.setattr(going_live, "_begin", crash)
    with pytest.raises(OSError, match="stopped here"):
        shown.go_live()
    assert shown.left() == {**before, "audit_events": before["audit_events"] + 1}, "only the sign-in was added"
    assert standing_at(shown.host).is_demonstration
    assert principal_of(token, now=NOW) is not None


def test_a_clinic_that_is_no_demonstration_is_refused(neighbour: Shown, database: DatabaseUrls) -> None:
    before = neighbour.left()
    with pytest.raises(DemonstrationOver):
        neighbour.go_live()
    for url in (database.app, database.owner):
        with psycopg.connect(url) as connection:
            connection.execute(ENTER, (str(neighbour.clinic.id),))
            with pytest.raises(errors.InsufficientPrivilege, match="no demonstration"):
                connection.execute("SELECT remove_demonstration()")
    assert neighbour.left() == before


def test_without_the_refusals_a_real_clinic_would_be_gone(neighbour: Shown, database: DatabaseUrls) -> None:
    with psycopg.connect(database.owner) as owner:
        (definition,) = owner.execute(DEFINITION).fetchone() or ("",)
        owner.execute(definition.replace("AND is_demonstration FOR UPDATE", "FOR UPDATE"))
        owner.execute(ENTER, (str(neighbour.clinic.id),))
        with pytest.raises(errors.InsufficientPrivilege, match="append-only"), owner.transaction():
            owner.execute("SELECT remove_demonstration()")
        owner.execute("ALTER TABLE audit_events DISABLE TRIGGER kept")
        owner.execute("SELECT remove_demonstration()")
        left = owner.execute(
            "SELECT count(*) FROM appointments WHERE clinic_id = %s", (neighbour.clinic.id,)
        ).fetchone()
        owner.rollback()
    assert left == (0,)


def test_the_application_makes_no_clinic_a_demonstration(neighbour: Shown, database: DatabaseUrls) -> None:
    for change in ("is_demonstration = true", "id = gen_random_uuid()", "host_name = 'x'"):
        with psycopg.connect(database.app) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"UPDATE clinics SET {change} WHERE id = %s", (neighbour.clinic.id,))  # type: ignore[arg-type]


def test_an_account_that_another_clinic_needs_is_ended_and_not_deleted(shown: Shown, neighbour: Shown) -> None:
    user_id = UUID(shown.admin.actor_id)
    with building() as session:
        session.add(RoleGrant(clinic_id=neighbour.clinic.id, user_id=user_id, role=Role.NURSE))
    shown.go_live()
    with global_transaction(role=DatabaseRole.OWNER) as session:
        known: LiteralString = "SELECT is_active, home_clinic_id FROM users WHERE id = %(id)s"
        assert rows(session, known, {"id": user_id}) == [(False, None)]
    with pytest.raises(NotSignedIn):
        sign_in(login=shown.login, password=PASSWORD, now=NOW, address="there", clinic_id=neighbour.clinic.id)


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.PRACTITIONER, Role.NURSE, Role.MANAGER])
def test_only_an_administrator_of_the_whole_clinic_ends_the_demonstration(shown: Shown, role: Role) -> None:
    part = staff_of(shown.clinic, role=Role.ADMINISTRATOR, location_ids=frozenset({new_id()}))
    for principal in (staff_of(shown.clinic, role=role), part):
        with pytest.raises(NotPermitted):
            shown.go_live(principal=principal)
    assert standing_at(shown.host).is_demonstration


def crossed_by_bookings(monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """Let somebody's booking cross the removal so many times."""
    left, real = [times], going_live._go_live

    def crossed(*given: Any, **values: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise errors.ForeignKeyViolation
        return real(*given, **values)

    monkeypatch.setattr(going_live, "_go_live", crossed)


def test_a_booking_that_crosses_it_makes_it_begin_again(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    crossed_by_bookings(monkeypatch, times=2)
    shown.go_live()
    assert not standing_at(shown.host).is_demonstration


def test_bookings_that_go_on_crossing_it_are_said(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    crossed_by_bookings(monkeypatch, times=going_live.TRIES)
    with pytest.raises(Overloaded):
        shown.go_live()
    assert standing_at(shown.host).is_demonstration

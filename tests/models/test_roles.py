"""The logins that serve people and jobs: modest, bound to one clinic at a time, and unable to rewrite the log."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import errors, sql

from app.infra.embedded.roles import DatabaseUrls
from app.services.audit.record import record
from models.base import new_id
from models.db import DatabaseRole, execute, global_transaction, rows, transaction
from models.principal import Principal
from models.tables import CLINIC_TABLES
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_appointment,
    make_clinic,
    make_device,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slots,
)

pytestmark = pytest.mark.database
SERVING = (DatabaseRole.APP, DatabaseRole.WORKER)
FILLED = (
    "locations",
    "rooms",
    "devices",
    "practitioners",
    "services",
    "practitioner_services",
    "schedules",
    "slots",
    "patients",
    "appointments",
    "appointment_slots",
    "audit_events",
)


def fill() -> Principal:
    """Make a clinic with a row in each of the tables FILLED."""
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic)
        make_room(session, location=location)
        make_device(session, location=location)
        schedule = make_schedule(session, clinic=clinic, location=location)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        slots = make_slots(session, schedule=schedule, count=1)
        patient = make_patient(session, clinic=clinic)
        make_appointment(session, slots=slots, service=service, patient=patient)
    clerk = clerk_of(clinic)
    with transaction(clerk) as session:
        record(session, clerk, action="create", object_kind="patient", object_id=patient.id, now=NOW)
    return clerk


@pytest.fixture(scope="module")
def ours(database: DatabaseUrls) -> Principal:
    return fill()


@pytest.fixture(scope="module")
def theirs(database: DatabaseUrls) -> Principal:
    return fill()


def count(session: Any, table: str, clinic_id: Any) -> int:
    # As text: what times the statements knows them by their words.
    query = sql.SQL("SELECT count(*) FROM {} WHERE clinic_id = %(clinic_id)s").format(sql.Identifier(table))
    statement = query.as_string()
    return int(rows(session, statement, {"clinic_id": clinic_id})[0][0])  # type: ignore[arg-type]


@pytest.mark.parametrize("role", SERVING)
def test_the_serving_roles_own_nothing_and_pass_no_wall(database: DatabaseUrls, role: DatabaseRole) -> None:
    attributes: LiteralString = """
    SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
           (SELECT count(*) FROM pg_auth_members m WHERE m.member = r.oid),
           (SELECT count(*) FROM pg_shdepend d WHERE d.refobjid = r.oid AND d.deptype = 'o')
    FROM pg_roles r WHERE rolname = current_user
    """
    with global_transaction(role=role) as session:
        assert rows(session, "SELECT current_user, session_user", {}) == [(f"holdfast_{role}", f"holdfast_{role}")]
        assert rows(session, attributes, {}) == [(False, False, False, False, False, 0, 0)]


@pytest.mark.parametrize("role", SERVING)
@pytest.mark.parametrize("table", FILLED)
def test_a_clinic_sees_its_own_rows_and_none_of_another(
    ours: Principal, theirs: Principal, table: str, role: DatabaseRole
) -> None:
    with transaction(ours, role=role) as session:
        assert count(session, table, ours.clinic_id) > 0
        assert count(session, table, theirs.clinic_id) == 0


@pytest.mark.parametrize("role", SERVING)
def test_without_a_clinic_no_clinics_row_is_seen(ours: Principal, role: DatabaseRole) -> None:
    # Also on a connection that served a clinic just before.
    with transaction(ours, role=role) as session:
        assert count(session, "patients", ours.clinic_id) > 0
    with global_transaction(role=role) as session:
        for table in sorted(CLINIC_TABLES):
            assert rows(session, f"SELECT count(*) FROM {table}", {}) == [(0,)], table  # type: ignore[arg-type]


@pytest.mark.parametrize("table", FILLED)
def test_with_row_security_off_the_other_clinic_would_be_seen(
    database: DatabaseUrls, ours: Principal, theirs: Principal, table: str
) -> None:
    name = sql.Identifier(table)
    seen = sql.SQL("SELECT count(*) FROM {} WHERE clinic_id = %s").format(name)
    with psycopg.connect(database.owner) as owner:
        owner.execute("SELECT set_config('holdfast.clinic_id', %s, true)", (str(ours.clinic_id),))
        owner.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name))
        assert owner.execute(seen, (theirs.clinic_id,)).fetchone() == (0,)
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(name))
        harm = owner.execute(seen, (theirs.clinic_id,)).fetchone()
        owner.rollback()
    assert harm is not None
    assert harm[0] > 0


def test_a_clinic_can_neither_change_nor_take_nor_plant_another_ones_rows(ours: Principal, theirs: Principal) -> None:
    ids = {"ours": ours.clinic_id, "theirs": theirs.clinic_id, "id": new_id(), "now": NOW}
    with transaction(ours) as session:
        change: LiteralString = "UPDATE patients SET language = 'xx' WHERE clinic_id = %(theirs)s"
        assert execute(session, change, ids) == 0
    for statement in STRAY:
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), transaction(ours) as session:
            execute(session, statement, ids)


STRAY: tuple[LiteralString, ...] = (
    "UPDATE locations SET clinic_id = %(theirs)s WHERE clinic_id = %(ours)s",
    "INSERT INTO locations (clinic_id, id, name, timezone, address, phone, country, is_active)"
    " VALUES (%(theirs)s, %(id)s, 'x', 'UTC', '', '', 'DE', true)",
    "INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind)"
    " VALUES (%(theirs)s, %(id)s, %(now)s, 'user:x', 'view', 'patient')",
)
REWRITES: tuple[LiteralString, ...] = (
    "UPDATE audit_events SET actor = 'user:nobody'",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events",
    "UPDATE audit_events SET sequence = 1, digest = ''",
    "INSERT INTO audit_events (clinic_id, id, at, actor, action, object_kind)"
    " SELECT clinic_id, id, at, actor, action, object_kind FROM audit_events"
    " ON CONFLICT (clinic_id, id) DO UPDATE SET actor = 'user:nobody'",
)
WAYS_AROUND: tuple[LiteralString, ...] = (
    "ALTER TABLE audit_events DISABLE TRIGGER append_only",
    "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_events OWNER TO CURRENT_USER",
    "DROP TRIGGER append_only ON audit_events",
    "DROP TRIGGER kept ON audit_events",
    # A clinic that is no demonstration cannot be made one, whose log may go.
    "UPDATE clinics SET is_demonstration = true",
    "SELECT remove_demonstration()",
    "DROP TABLE audit_events",
    "DROP FUNCTION refuse_audit_rewrite() CASCADE",
    "CREATE RULE forget AS ON INSERT TO audit_events DO INSTEAD NOTHING",
    "CREATE OR REPLACE FUNCTION refuse_audit_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
    "SET session_replication_role = replica",
    "SET ROLE holdfast_owner",
    "SET SESSION AUTHORIZATION holdfast_owner",
    "COPY audit_events FROM PROGRAM 'true'",
    "COPY audit_events TO '/tmp/audit'",
    "SET row_security = off; SELECT * FROM audit_events",
    # Granting what one lacks is a warning only; it must not have helped.
    "GRANT UPDATE ON audit_events TO CURRENT_USER; UPDATE audit_events SET actor = 'user:nobody'",
    "CREATE TABLE public.mine (id int)",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
)


@pytest.fixture(params=SERVING)
def serving(
    request: pytest.FixtureRequest, database: DatabaseUrls, ours: Principal
) -> Iterator[psycopg.Connection[Any]]:
    url = database.app if request.param is DatabaseRole.APP else database.worker
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('holdfast.clinic_id', %s, true)", (str(ours.clinic_id),))
        yield connection
        connection.rollback()


@pytest.mark.parametrize("statement", REWRITES)
def test_nobody_who_serves_rewrites_the_audit_log(serving: psycopg.Connection[Any], statement: LiteralString) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        serving.execute(statement)


@pytest.mark.parametrize("statement", WAYS_AROUND)
def test_nobody_who_serves_finds_a_way_around(serving: psycopg.Connection[Any], statement: LiteralString) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        serving.execute(statement)


@pytest.mark.parametrize("statement", REWRITES[:3])
def test_even_the_owner_meets_the_trigger_and_without_it_the_row_would_be_gone(
    database: DatabaseUrls, ours: Principal, statement: LiteralString
) -> None:
    with psycopg.connect(database.owner) as owner:
        with pytest.raises(errors.InsufficientPrivilege, match="append-only"), owner.transaction():
            owner.execute(statement)
        owner.execute("ALTER TABLE audit_events DISABLE TRIGGER USER")
        owner.execute(statement)
        left = owner.execute("SELECT count(*) FROM audit_events WHERE actor <> 'user:nobody'").fetchone()
        owner.rollback()
    assert left == (0,)

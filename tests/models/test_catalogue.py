"""Read from the catalogue: the clinic comes first in every key, and the snapshot tells every difference."""

import difflib
from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest

from app.infra.embedded.roles import DatabaseUrls
from models.tables import CLINIC_TABLES, GLOBAL_TABLES
from tests.models.catalogue import SNAPSHOT, describe

pytestmark = pytest.mark.database

KEYS: LiteralString = """
SELECT c.relname, i.indexrelid::regclass::text, a.attname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE c.relnamespace = 'public'::regnamespace AND (i.indisunique OR i.indisexclusion)
"""
PRIMARY: LiteralString = """
SELECT c.relname, a.attname FROM pg_class c
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
FOREIGN: LiteralString = """
SELECT c.relname, n.conname, t.relname,
       EXISTS (SELECT 1 FROM generate_subscripts(n.conkey, 1) AS place
               JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = n.conkey[place]
               JOIN pg_attribute b ON b.attrelid = n.confrelid AND b.attnum = n.confkey[place]
               WHERE a.attname = 'clinic_id' AND b.attname = 'clinic_id'),
       n.confdeltype::text
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid JOIN pg_class t ON t.oid = n.confrelid
WHERE n.contype = 'f' AND c.relnamespace = 'public'::regnamespace
"""
OUT_OF_REACH: LiteralString = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
AND NOT (c.relrowsecurity AND EXISTS (
    SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname AND p.cmd = 'ALL' AND p.roles = '{public}'
    AND p.qual = p.with_check
    AND p.qual LIKE '%%clinic_id = (NULLIF(current_setting(''holdfast.clinic_id''%%'))
"""


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.owner) as connection:
        yield connection
        connection.rollback()


def broken_keys(connection: psycopg.Connection[Any]) -> set[str]:
    """Return every key of a clinic's table that does not begin with the clinic."""
    keys = connection.execute(KEYS).fetchall()
    found = {name for table, name, first in keys if table not in GLOBAL_TABLES and first != "clinic_id"}
    primary = connection.execute(PRIMARY).fetchall()
    return found | {table for table, first in primary if table not in GLOBAL_TABLES and first != "clinic_id"}


def broken_references(connection: psycopg.Connection[Any]) -> set[str]:
    """Return every foreign key between two clinics' tables that could leave the clinic."""
    return {
        f"{table}.{name}"
        for table, name, target, keeps_clinic, _ in connection.execute(FOREIGN).fetchall()
        if not {table, target} & GLOBAL_TABLES and not keeps_clinic
    }


def unguarded_tables(connection: psycopg.Connection[Any]) -> set[str]:
    """Return every clinic's table without row-level security by clinic for reads and writes."""
    return {table for (table,) in connection.execute(OUT_OF_REACH)} - GLOBAL_TABLES


def test_every_table_is_known_and_either_global_or_a_clinics(owner: psycopg.Connection[Any]) -> None:
    stored = {table for table, _ in owner.execute(PRIMARY)}
    assert stored == GLOBAL_TABLES | CLINIC_TABLES


def test_the_clinic_is_first_in_every_primary_unique_and_exclusion_key(owner: psycopg.Connection[Any]) -> None:
    keys = [name for table, name, _ in owner.execute(KEYS) if table not in GLOBAL_TABLES]
    assert len(keys) > len(CLINIC_TABLES)
    assert "ex_appointments_patient" in keys
    assert broken_keys(owner) == set()


def test_no_foreign_key_between_clinics_tables_can_leave_the_clinic(owner: psycopg.Connection[Any]) -> None:
    assert len(owner.execute(FOREIGN).fetchall()) > 20
    assert broken_references(owner) == set()


def test_no_composite_foreign_key_sets_null(owner: psycopg.Connection[Any]) -> None:
    # It would empty the clinic too.
    assert {action for *_, action in owner.execute(FOREIGN)} <= {"a", "c"}


def test_row_security_stands_on_every_clinics_table(owner: psycopg.Connection[Any]) -> None:
    assert unguarded_tables(owner) == set()


def test_the_checks_find_a_table_that_breaks_them(owner: psycopg.Connection[Any]) -> None:
    owner.execute("CREATE TABLE loose (id uuid PRIMARY KEY, clinic_id uuid, patient_id uuid, UNIQUE (patient_id))")
    owner.execute("CREATE TABLE keyless (clinic_id uuid)")
    owner.execute("CREATE UNIQUE INDEX ux_loose ON loose (patient_id, clinic_id)")
    owner.execute("ALTER TABLE loose ADD EXCLUDE USING gist (patient_id WITH =, clinic_id WITH =)")
    owner.execute("CREATE TABLE looser (clinic_id uuid, id uuid REFERENCES loose (id), PRIMARY KEY (clinic_id, id))")
    owner.execute("ALTER TABLE patients DISABLE ROW LEVEL SECURITY")
    owner.execute("ALTER POLICY own_clinic ON slots USING (true)")
    assert broken_keys(owner) == {
        "loose",
        "keyless",
        "loose_pkey",
        "loose_patient_id_key",
        "ux_loose",
        "loose_patient_id_clinic_id_excl",
    }
    assert broken_references(owner) == {"looser.looser_id_fkey"}
    assert unguarded_tables(owner) == {"loose", "keyless", "looser", "patients", "slots"}


def test_the_catalogue_is_the_committed_one(owner: psycopg.Connection[Any]) -> None:
    committed, found = SNAPSHOT.read_text().splitlines(), describe(owner).splitlines()
    difference = [line for line in difflib.ndiff(committed, found) if line[:1] in "+-"]
    advice = "Meant so? Then run `python -m tests.models.catalogue` and commit the snapshot."
    assert difference == [], "\n".join([*difference, advice])

"""The demonstration clinic in the tests' database, and how it is taken away again."""

from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg

from app.infra.embedded.roles import DatabaseUrls
from app.services import demo
from app.services.accounts.keys import forget_vaults
from models.db import transaction
from models.principal import ActorKind, Principal

# A Wednesday, 10:40 in New York.
NOW = datetime(2025, 6, 11, 14, 40, tzinfo=UTC)
STAFF = Principal(clinic_id=demo.CLINIC_ID, kind=ActorKind.SYSTEM, actor_id="test")
# Children before parents; nothing else lives in these tables' demonstration rows.
TABLES = (
    "waitlist_offers",
    "waitlist_entries",
    "queue_tickets",
    "prescriptions",
    "notes",
    "documents",
    "displaced_appointments",
    "idempotency_keys",
    "outbox_events",
    "messages",
    "appointment_slots",
    "appointments",
    "series",
    "patient_search_tokens",
    "patients",
    "slots",
    "schedule_rules",
    "schedule_exceptions",
    "holidays",
    "schedules",
    "role_grants",
    "practitioner_services",
    "services",
    "practitioners",
    "rooms",
    "devices",
    "locations",
    "clinic_keys",
)


def remove(database: DatabaseUrls) -> None:
    """Take the demonstration away again, so that every test may load it and none finds it."""
    with psycopg.connect(database.superuser or database.owner) as connection:
        if database.superuser:
            # Children go before parents, so nothing is left to check for each of 37,000 slots.
            connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE audit_events DISABLE TRIGGER USER")
        for table in ("audit_events", *TABLES):
            connection.execute(f"DELETE FROM {table} WHERE clinic_id = %s", (demo.CLINIC_ID,))  # type: ignore[arg-type]
        connection.execute("DELETE FROM sessions WHERE clinic_id = %s", (demo.CLINIC_ID,))
        connection.execute("DELETE FROM users WHERE home_clinic_id = %s", (demo.CLINIC_ID,))
        connection.execute("DELETE FROM clinics WHERE id = %s", (demo.CLINIC_ID,))
        connection.execute("ALTER TABLE audit_events ENABLE TRIGGER USER")
    forget_vaults()


def _driver(session: Any) -> psycopg.Connection[Any]:
    return session.connection().connection.driver_connection


def ask(statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with transaction(STAFF) as session:
        return list(_driver(session).execute(statement, parameters or None).fetchall())


def one(statement: LiteralString, *parameters: object) -> Any:
    return ask(statement, *parameters)[0][0]

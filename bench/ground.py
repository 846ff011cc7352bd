"""Where the measurements run: a throw-away PostgreSQL of our own with durable commits, and starts nobody has taken.

The measured clinic is the large data set's (`seed --large`); on top of it come practitioners whose starts are all
free, with ids that pgbench can compute from a number.
"""

import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes
from typing import LiteralString
from uuid import UUID

from app.infra.embedded.postgres import EmbeddedPostgres
from app.services.accounts.keys import forget_vaults
from app.services.accounts.permissions import JOB_PERMISSIONS, ROLE_PERMISSIONS
from app.services.demo.ids import LARGE, Kind, numbered
from app.settings import settings
from models.accounts import Role
from models.db import DatabaseRole, dispose_engines, execute, transaction
from models.migrate import upgrade
from models.principal import ActorKind, Principal

CLINIC = numbered(Kind.CLINIC, 1, family=LARGE)
SERVICE = numbered(Kind.SERVICE, 900_001, family=LARGE)
SESSION_SERVICE = numbered(Kind.SERVICE, 900_002, family=LARGE)
LOCATION = numbered(Kind.LOCATION, 900_001, family=LARGE)
FIRST = 900_000_000
PRACTITIONERS = 200
SLOTS_EACH = 2_400
FREE_STARTS = PRACTITIONERS * SLOTS_EACH
HOT_SLOTS = 10
PATIENTS = 300_000
# The patients from here on belong to the expiry measurement.
EXPIRY_PATIENTS = 240_000

CLERK = Principal(CLINIC, ActorKind.USER, "bench", ROLE_PERMISSIONS[Role.RECEPTIONIST])
OWNER = Principal(CLINIC, ActorKind.SYSTEM, "bench", JOB_PERMISSIONS)

PLACES: LiteralString = """
WITH place AS (
  INSERT INTO locations (clinic_id, id, name, timezone, address, phone, country, is_active)
  VALUES (%(clinic_id)s, %(location)s, 'Bench', 'Europe/Berlin', '', '', 'DE', true)
), kinds AS (
  INSERT INTO services (clinic_id, id, name, specialty, duration_minutes, buffer_before_minutes, buffer_after_minutes,
                        capacity, price_amount, currency, prepayment, hold_minutes, notice_minutes, horizon_days,
                        is_video, is_active)
  VALUES (%(clinic_id)s, %(service)s, 'Bench visit', 'bench', 20, 0, 0, 1, 4500, 'EUR', 'none', 5, 0, 730, false, true),
         (%(clinic_id)s, %(session)s, 'Bench session', 'bench', 20, 0, 0, 20, 4500, 'EUR', 'none', 5, 0, 730, false,
          true)
), people AS (
  INSERT INTO practitioners (clinic_id, id, display_name, specialty, license_number, languages, is_active)
  SELECT %(clinic_id)s, (%(practitioner)s || lpad((%(first)s + n)::text, 12, '0'))::uuid, 'Bench ' || n, 'bench',
         'bench-' || n, '{}', true
    FROM generate_series(1, %(practitioners)s) n
), offers AS (
  INSERT INTO practitioner_services (clinic_id, id, practitioner_id, service_id)
  SELECT %(clinic_id)s, gen_random_uuid(), (%(practitioner)s || lpad((%(first)s + n)::text, 12, '0'))::uuid, offered
    FROM generate_series(1, %(practitioners)s) n, unnest(ARRAY[%(service)s, %(session)s]) offered
)
INSERT INTO schedules (clinic_id, id, practitioner_id, location_id, slot_minutes, is_active)
SELECT %(clinic_id)s, (%(schedule)s || lpad((%(first)s + n)::text, 12, '0'))::uuid,
       (%(practitioner)s || lpad((%(first)s + n)::text, 12, '0'))::uuid, %(location)s, 20, true
  FROM generate_series(1, %(practitioners)s) n
"""
# 24 starts a day, ascending in (practitioner, time), from the day after tomorrow on.
FREE: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, starts_at, ends_at)
SELECT %(clinic_id)s, (%(slot)s || lpad((%(first)s + p * %(each)s + k)::text, 12, '0'))::uuid,
       (%(schedule)s || lpad((%(first)s + p + 1)::text, 12, '0'))::uuid,
       (%(practitioner)s || lpad((%(first)s + p + 1)::text, 12, '0'))::uuid, %(location)s, 'bench',
       date_trunc('day', now()) + (k / 24 + 2) * interval '1 day' + (24 + k %% 24) * interval '20 minutes',
       date_trunc('day', now()) + (k / 24 + 2) * interval '1 day' + (25 + k %% 24) * interval '20 minutes'
  FROM generate_series(0, %(practitioners)s - 1) p, generate_series(0, %(each)s - 1) k
"""
# One session each for the first practitioners, at an hour at which they have no other start.
HOT: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, service_id, starts_at, ends_at,
                   max_capacity)
SELECT %(clinic_id)s, (%(slot)s || lpad((%(first)s + %(number)s + n)::text, 12, '0'))::uuid,
       (%(schedule)s || lpad((%(first)s + n)::text, 12, '0'))::uuid,
       (%(practitioner)s || lpad((%(first)s + n)::text, 12, '0'))::uuid, %(location)s, 'bench', %(session)s,
       date_trunc('day', now()) + (%(day)s + 2) * interval '1 day' + interval '2 hours',
       date_trunc('day', now()) + (%(day)s + 2) * interval '1 day' + interval '2 hours 20 minutes', %(capacity)s
  FROM generate_series(1, %(hot)s) n
"""
PEOPLE: LiteralString = """
INSERT INTO patients (clinic_id, id, given_name_sealed, family_name_sealed, birth_date_sealed, language, verification,
                      version, created_at, updated_at)
SELECT %(clinic_id)s, (%(patient)s || lpad((%(first)s + n)::text, 12, '0'))::uuid, '-', '-', '-', 'en', 'verified', 1,
       now(), now() FROM generate_series(0, %(patients)s - 1) n
"""


@contextmanager
def measured_server(folder: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """Start a server with the product's own settings (fsync on), migrated, and point this process at it.

    It is thrown away at the end; in a folder that is named it stays, and the next start finds its data.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)
    server = EmbeddedPostgres(place / "postgres")
    settings().home = place / "home"
    settings().master_key = b64encode(token_bytes(32)).decode()
    try:
        server.start()
        use(server)
        upgrade()
        yield server
    finally:
        dispose_engines()
        server.stop()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def use(server: EmbeddedPostgres, *, connections: int = 16) -> None:
    """Point this process at a server, with so many connections."""
    urls = server.urls()
    dispose_engines()
    forget_vaults()
    settings().database_url, settings().database_owner_url = urls.app, urls.owner
    settings().database_worker_url, settings().redis_url = urls.worker, ""
    settings().pool_size, settings().pool_wait_seconds, settings().statement_timeout_ms = connections, 60.0, 600_000


def lay_free_starts() -> None:
    """Add the practitioners, free starts and patients that the measurements use up."""
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        for sql in (PLACES, FREE, PEOPLE):
            execute(session, sql, free_start_parameters())
    vacuum()


def lay_hot_sessions(*, day: int, capacity: int) -> list[UUID]:
    """Add ten sessions on one day with so many places each, and return their slots."""
    number = FREE_STARTS + day * HOT_SLOTS
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        execute(session, HOT, {**free_start_parameters(), "number": number, "day": day, "capacity": capacity})
    return [slot_id(number + n) for n in range(1, HOT_SLOTS + 1)]


def vacuum() -> None:
    """Give the planner figures for what was loaded."""
    from models.db import engine

    with engine(DatabaseRole.OWNER).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE slots, patients, appointments, practitioners, practitioner_services")


def slot_id(number: int) -> UUID:
    """Return the n-th free start's slot."""
    return _id(Kind.SLOT, FIRST + number)


def patient_id(number: int) -> UUID:
    """Return the n-th patient of the measurements."""
    return _id(Kind.PATIENT, FIRST + number % PATIENTS)


def sql_id(kind: Kind, number: str) -> str:
    """Return the SQL expression of an id from pgbench's number."""
    return f"('{_prefix(kind)}' || lpad(({FIRST} + {number})::text, 12, '0'))::uuid"


def _id(kind: Kind, number: int) -> UUID:
    return UUID(f"{_prefix(kind)}{number:012d}")


def _prefix(kind: Kind) -> str:
    return f"01900000-0000-{LARGE}-8{kind:03x}-"


def free_start_parameters() -> dict[str, object]:
    kinds = {kind.name.lower(): _prefix(kind) for kind in (Kind.PRACTITIONER, Kind.SCHEDULE, Kind.SLOT, Kind.PATIENT)}
    counts = {"practitioners": PRACTITIONERS, "each": SLOTS_EACH, "hot": HOT_SLOTS, "patients": PATIENTS}
    ids = {"clinic_id": CLINIC, "location": LOCATION, "service": SERVICE, "session": SESSION_SERVICE}
    return {**kinds, **counts, **ids, "first": FIRST}

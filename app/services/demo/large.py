"""The benchmarks' data set, made in bulk in a clinic of its own: `./holdfast seed --large` or `--huge`.

Large, at scale 1: 200 practitioners x 120 days x 24 slots of 20 minutes = 576,000 slots (one in ten a session with 20
places), 500,000 patients, 2.0 million appointments, of which about 250,000 are live (the first 30 days are 60 %
full) and the others cancelled. A smaller scale has fewer practitioners, patients and appointments; the days stay.

Huge: the same practitioners, patients and slots, of which the first 12 days are 60 % full (100,000 live), and days
that are over until there are 20 million appointments: 3.8 years. A smaller scale has a shorter past and nothing else.

Ids are computed from numbers (`ids.sql_id`, `large_sql`), so a pgbench script needs no look-up. Names and birth
dates are invented and sealed row by row under the clinic's keys, so the application opens them; there are no
phone numbers and no search tokens, so patient search finds nobody in this clinic, and no logins.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, LiteralString

from sqlalchemy import text
from sqlmodel import Session

from app.errors import NotPermitted
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.demo import large_sql as sql
from app.services.demo import names
from app.services.demo import past_sql as past
from app.services.demo.bulk import copy_rows
from app.services.demo.ids import LARGE, Kind, numbered
from app.services.demo.lighter import lighter
from app.services.patients.sealing import sealed_columns
from app.settings import settings
from models.db import DatabaseRole, engine, execute, first_row, transaction
from models.principal import ActorKind, Principal

CLINIC_ID = numbered(Kind.CLINIC, 1, family=LARGE)
CHUNK = 100_000
HUGE_APPOINTMENTS, HUGE_FULL_DAYS = 20_000_000, 12
SEALED = ("given_name", "family_name", "birth_date")
ALONE: LiteralString = (
    "SELECT pg_advisory_xact_lock(hashtextextended('load-large', 0)),"
    " set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),"
    " set_config('idle_in_transaction_session_timeout', '0', true),"
    " set_config('maintenance_work_mem', '512MB', true), set_config('work_mem', '128MB', true)"
)
GROUND = (
    sql.MAKE_CLINIC,
    sql.MAKE_SITES,
    sql.MAKE_SERVICES,
    sql.MAKE_PRACTITIONERS,
    sql.MAKE_OFFERS,
    sql.MAKE_SCHEDULES,
    sql.MAKE_RULES,
)
# Analysed at once: without figures about fresh rows, the foreign keys' checks choose a wrong index.
KNOW_GROUND = "ANALYZE clinics, locations, services, practitioners, schedules"
KNOW_PARENTS = "ANALYZE slots, patients"
KNOW_ALL = "ANALYZE appointments, appointment_slots"
LOADED_TABLES = ("patients", "slots", "appointments", "appointment_slots")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is loaded."""

    practitioners: int
    patients: int
    appointments: int
    full_days: int = sql.FULL_DAYS
    past_days: int = 0

    @property
    def slots(self) -> int:
        """How many lie in the future: every practitioner has the same number."""
        return self.practitioners * sql.SLOTS_EACH

    @property
    def past_slots(self) -> int:
        """How many are over."""
        return self.practitioners * self.past_days * sql.SLOTS_A_DAY


def size_of(scale: float) -> Size:
    """Return the counts of the large set at a scale between 0.05 (ten practitioners) and 1."""
    if not 0.05 <= scale <= 1:
        raise ValueError("The scale lies between 0.05 and 1.")
    tens = round(20 * scale)
    return Size(practitioners=tens * 10, patients=tens * 25_000, appointments=tens * 100_000)


def huge_size(appointments: int, *, practitioners: int = 200) -> Size:
    """Return the counts of the huge set with so many appointments: the same future, and a past of whole days."""
    live = practitioners * HUGE_FULL_DAYS * sql.SLOTS_A_DAY * 7 // 4
    a_day = practitioners * sql.SLOTS_A_DAY * past.VISITS_A_SLOT
    if appointments < live:
        raise ValueError(f"With {practitioners} practitioners there are at least {live:,} appointments.")
    return Size(practitioners, practitioners * 2_500, appointments, HUGE_FULL_DAYS, (appointments - live) // a_day)


def load_large(*, now: datetime, size: Size, tell: Tell) -> bool:
    """Make the data set in one transaction; False when there is one already.

    Raises NotPermitted in production, and RuntimeError when a slot's count differs from its live appointments.
    """
    if not settings().is_demonstration:
        raise NotPermitted("The benchmark's data is refused in production.")
    loader = Principal(clinic_id=CLINIC_ID, kind=ActorKind.SYSTEM, actor_id="seed")
    with transaction(loader, role=DatabaseRole.OWNER) as session:
        execute(session, ALONE, {})
        if (first_row(session, sql.EXISTS, {}) or (0,))[0]:
            return False
        _load(session, size, now=now, tell=tell)
    tell("Tidying up (VACUUM, ANALYZE)")
    _vacuum()
    return True


def _load(session: Session, size: Size, *, now: datetime, tell: Tell) -> None:
    known = {
        "now": now,
        "first_day": now.date() + timedelta(days=1),
        "rules_from": now.date() + timedelta(days=0 if size.past_days else 1) - timedelta(days=size.past_days),
        "practitioners": size.practitioners,
        "patients": size.patients,
        "slots": size.slots,
        "full_days": size.full_days,
    }
    for statement in (*GROUND, KNOW_GROUND):
        execute(session, statement, known)
    _load_patients(session, size, now=now, tell=tell)
    # The slots first, keys and all: an appointment finds its slot by its id.
    with lighter(session, ["slots"], tell=tell):
        _load_slots(session, size, known, tell)
    execute(session, KNOW_PARENTS, {})
    with lighter(session, ["appointments", "appointment_slots"], tell=tell):
        _load_appointments(session, size, known, tell)
    execute(session, KNOW_ALL, {})
    wrong = (first_row(session, sql.COUNT_WRONG, {}) or (None,))[0]
    tell(f"Slots whose count differs from their live appointments: {wrong}")
    if wrong != 0:
        raise RuntimeError("The counts of the loaded slots are wrong; nothing was kept.")


def _load_slots(session: Session, size: Size, known: dict[str, Any], tell: Tell) -> None:
    for statement, count in ((past.MAKE_PAST_SLOTS, size.past_slots), (sql.MAKE_SLOTS, size.slots)):
        for first, last in _chunks(1, count):
            execute(session, statement, {**known, "first": first, "last": last})
            tell(f"{last:,} of {count:,} slots")


def _load_appointments(session: Session, size: Size, known: dict[str, Any], tell: Tell) -> None:
    made = 0
    for statement, slots in ((past.MAKE_PAST, size.past_slots), (sql.MAKE_LIVE, size.slots)):
        for first, last in _chunks(1, slots):
            made += execute(session, statement, {**known, "before": made, "first": first, "last": last})
            tell(f"{made:,} of {size.appointments:,} appointments")
    for first, last in _chunks(made + 1, size.appointments):
        execute(session, sql.MAKE_ENDED, {**known, "first": first, "last": last})
        tell(f"{last:,} of {size.appointments:,} appointments")


def _load_patients(session: Session, size: Size, *, now: datetime, tell: Tell) -> None:
    vault = vault_of(session, CLINIC_ID)
    columns = ("clinic_id", "id", "version", "language", "verification", "created_at", "updated_at")
    sealed = tuple(f"{field}_sealed" for field in SEALED)
    for first, last in _chunks(1, size.patients):
        rows = _patient_rows(first, last, vault=vault, now=now)
        copy_rows(session, "patients", (*columns, *sealed), rows)
        tell(f"{last:,} of {size.patients:,} patients sealed and loaded")


def _patient_rows(first: int, last: int, *, vault: Vault, now: datetime) -> Iterator[tuple[Any, ...]]:
    chance = Random(first)
    for number in range(first, last + 1):
        patient_id = numbered(Kind.PATIENT, number, family=LARGE)
        language = names.language(chance)
        given, family = names.full_name(chance, of=language)
        born = now.date() - timedelta(days=chance.randrange(100, 33_000))
        fields = {"given_name": given, "family_name": family, "birth_date": born.isoformat()}
        sealed = sealed_columns(vault, patient_id, fields=fields).values()
        yield CLINIC_ID, patient_id, 1, language, "verified", now, now, *sealed


def _chunks(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Give (first, last) of each part, both included."""
    return ((start, min(start + CHUNK - 1, last)) for start in range(first, last + 1, CHUNK))


def _vacuum() -> None:
    """Vacuum now, so that autovacuum does not do it in the middle of a measurement."""
    with engine(DatabaseRole.OWNER).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        for table in LOADED_TABLES:
            connection.execute(text(f"VACUUM (ANALYZE) {table}"))

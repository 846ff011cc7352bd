"""The benchmarks' data set: counts, computable ids, and that keys and indexes stand as before afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.keys import forget_vaults, vault_of
from app.services.demo import large
from app.services.demo.ids import LARGE, Kind, numbered, sql_id
from app.settings import Mode, settings
from models.db import DatabaseRole, transaction
from models.principal import ActorKind, Principal

pytestmark = pytest.mark.database

NOW = datetime(2025, 6, 11, 14, 40, tzinfo=UTC)
SMALL = large.Size(practitioners=2, patients=5_000, appointments=8_000)
STAFF = Principal(clinic_id=large.CLINIC_ID, kind=ActorKind.SYSTEM, actor_id="test")
TABLES = (
    "appointment_slots",
    "appointments",
    "patients",
    "slots",
    "schedule_rules",
    "schedules",
    "practitioner_services",
    "services",
    "practitioners",
    "locations",
    "clinic_keys",
)
CATALOGUE: LiteralString = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace"
    " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2, 3"
)


def _driver(session: Any) -> psycopg.Connection[Any]:
    return session.connection().connection.driver_connection


def ask(statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with transaction(STAFF) as session:
        return list(_driver(session).execute(statement, parameters or None).fetchall())


def remove() -> None:
    with transaction(STAFF, role=DatabaseRole.OWNER) as session:
        for table in TABLES:
            _driver(session).execute(f"DELETE FROM {table} WHERE clinic_id = %s", (large.CLINIC_ID,))  # type: ignore[arg-type]
        _driver(session).execute("DELETE FROM clinics WHERE id = %s", (large.CLINIC_ID,))
    forget_vaults()


@pytest.fixture(autouse=True)
def small(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    remove()
    yield
    monkeypatch.undo()
    remove()


def load(size: large.Size = SMALL, *, tell: large.Tell = lambda _: None) -> bool:
    return large.load_large(now=NOW, size=size, tell=tell)


@pytest.mark.long
def test_it_has_its_size_its_counts_are_right_and_its_ids_can_be_computed() -> None:
    told: list[str] = []
    before = ask(CATALOGUE)
    assert load(tell=told.append)
    assert "Slots whose count differs from their live appointments: 0" in told
    assert ask(CATALOGUE) == before
    for table, count in (("slots", SMALL.slots), ("patients", 5_000), ("appointments", 8_000)):
        assert ask(f"SELECT count(*) FROM {table}") == [(count,)]  # type: ignore[arg-type]
    sessions, live = ask("SELECT count(*) FILTER (WHERE max_capacity = 20), sum(current_bookings) FROM slots")[0]
    assert sessions == SMALL.slots // 10
    assert ask("SELECT count(*) FROM appointments WHERE live") == [(live,)]
    # Slot 2881 + 25 is the second practitioner's, on the second day at 09:20.
    found = ask("SELECT practitioner_id, starts_at FROM slots WHERE id = %s", _id(Kind.SLOT, 2_881 + 25))
    assert found == [(_id(Kind.PRACTITIONER, 2), datetime(2025, 6, 13, 9, 20, tzinfo=UTC))]
    assert ask(f"SELECT {sql_id(Kind.SLOT, '2881 + 25')}") == [(_id(Kind.SLOT, 2_906),)]  # type: ignore[arg-type]
    assert not load(tell=told.append)


@pytest.mark.long
def test_the_application_opens_its_patients() -> None:
    load()
    with transaction(STAFF) as session:
        vault = vault_of(session, large.CLINIC_ID)
    (sealed,) = ask("SELECT family_name_sealed FROM patients WHERE id = %s", _id(Kind.PATIENT, 4_711))[0]
    assert len(vault.open("patients", "family_name", _id(Kind.PATIENT, 4_711), sealed)) > 1


@pytest.mark.long
def test_a_failure_leaves_no_row_and_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ask(CATALOGUE)
    monkeypatch.setattr(large.sql, "MAKE_ENDED", "SELECT 1 / 0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        load()
    assert ask(CATALOGUE) == before
    assert ask("SELECT count(*) FROM slots") == [(0,)]


@pytest.mark.long
def test_a_wrong_count_is_noticed_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful = large.sql.MAKE_LIVE.replace(
        "generate_series(1, s.current_bookings)", "generate_series(2, s.current_bookings)"
    )
    monkeypatch.setattr(large.sql, "MAKE_LIVE", forgetful)
    with pytest.raises(RuntimeError, match="counts"):
        load()
    assert ask("SELECT count(*) FROM slots") == [(0,)]


@pytest.mark.long
def test_production_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "mode", Mode.PRODUCTION)
    with pytest.raises(NotPermitted):
        load()


@pytest.mark.long
@pytest.mark.parametrize(("scale", "practitioners"), [(1, 200), (0.1, 20), (0.05, 10)])
def test_the_scale_changes_people_not_days(scale: float, practitioners: int) -> None:
    size = large.size_of(scale)
    assert size == large.Size(practitioners, practitioners * 2_500, practitioners * 10_000)
    assert size.slots == practitioners * 2_880


@pytest.mark.long
def test_the_huge_set_has_the_same_future_and_a_longer_past() -> None:
    future: LiteralString = (
        "SELECT (SELECT count(*) FROM slots WHERE starts_at > %s),"
        " (SELECT count(*) FROM appointments WHERE live AND starts_at > %s)"
    )
    seen = []
    for appointments in (3_000, 9_000):
        size = large.huge_size(appointments, practitioners=5)
        told: list[str] = []
        assert load(size, tell=told.append)
        assert "Slots whose count differs from their live appointments: 0" in told
        assert ask("SELECT count(*) FROM appointments") == [(appointments,)]
        seen.append(ask(future, NOW, NOW))
        oldest, past = ask("SELECT min(starts_at), count(*) FROM slots WHERE starts_at < %s", NOW)[0]
        assert past == size.past_slots
        assert (NOW.date() - oldest.date()).days == size.past_days
        remove()
    assert seen[0] == seen[1]


@pytest.mark.long
def test_three_quarters_of_the_past_took_place_and_nobody_was_at_two_places() -> None:
    load(large.huge_size(9_000, practitioners=5))
    kept, ended = ask(
        "SELECT count(*) FILTER (WHERE status = 'fulfilled'), count(*) FILTER (WHERE NOT live)"
        " FROM appointments WHERE starts_at < %s",
        NOW,
    )[0]
    assert 0.7 < kept / (kept + ended) < 0.8
    # The constraints that were taken off for the loading stand again, over what was loaded.
    with pytest.raises(psycopg.errors.ExclusionViolation), transaction(STAFF, role=DatabaseRole.OWNER) as session:
        _driver(session).execute(
            "UPDATE appointments a SET patient_id = o.patient_id, starts_at = o.starts_at, ends_at = o.ends_at,"
            " occupies_from = o.starts_at, occupies_until = o.ends_at"
            " FROM (SELECT * FROM appointments WHERE clinic_id = %(clinic_id)s AND status = 'fulfilled'"
            "        ORDER BY id LIMIT 1) o"
            " WHERE a.clinic_id = %(clinic_id)s AND a.id = (SELECT max(id::text)::uuid FROM appointments"
            "        WHERE clinic_id = %(clinic_id)s AND live)",
            {"clinic_id": STAFF.clinic_id},
        )


@pytest.mark.long
def test_a_past_cannot_be_shorter_than_nothing() -> None:
    with pytest.raises(ValueError, match="at least"):
        large.huge_size(1_000)


def _id(kind: Kind, number: int) -> UUID:
    return numbered(kind, number, family=LARGE)

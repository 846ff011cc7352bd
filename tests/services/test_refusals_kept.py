"""A refusal is kept for its key: by the transaction that refused when that wrote nothing, else after it was undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from app.errors import ClinicError, SlotUnavailable
from app.services.booking import idempotency, retry
from app.services.booking.answer import Answer, RequestKey, request_key, single_use_key
from app.services.booking.idempotency import KEEP, KEEP_UNWRITTEN, keep
from models.db import execute, rows, transaction
from models.principal import Principal
from tests.builders import NOW, building, clerk_of, make_clinic, make_patient, make_schedule, make_service, make_slot
from tests.calls import cancel, hold

pytestmark = pytest.mark.database
RENAME = "UPDATE slots SET specialty = 'changed' WHERE clinic_id = %(clinic_id)s AND id = %(slot_id)s"


class Full:
    """A start that somebody has, and somebody else who wants it."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            schedule = make_schedule(session, clinic=self.clinic)
            self.slot = make_slot(session, schedule=schedule)
            self.service = make_service(session, clinic=self.clinic, practitioners=[schedule.practitioner_id])
            first, self.patient = (make_patient(session, clinic=self.clinic) for _ in range(2))
        self.clerk = clerk_of(self.clinic)
        self.held = hold(self.clerk, self.slot, self.service, first)
        self.key = request_key(self.clerk, method="POST", path="/appointments", key="k", body={})

    def hold(self, key: RequestKey) -> Answer:
        return hold(self.clerk, self.slot, self.service, self.patient, key=key)

    def kept(self) -> list[int]:
        with transaction(self.clerk) as session:
            return [status for (status,) in rows(session, "SELECT status FROM idempotency_keys WHERE key = 'k'", {})]


class Half:
    """A verb that changes a slot and refuses then."""

    def __init__(self, full: Full) -> None:
        self.full = full

    def __call__(self, session: Session, *, clearing: bool) -> Answer:
        execute(session, RENAME, {"clinic_id": self.full.clinic.id, "slot_id": self.full.slot.id})
        raise SlotUnavailable

    def attempt(self) -> None:
        with pytest.raises(SlotUnavailable):
            retry.attempt(self.full.clerk, self, key=self.full.key, now=NOW)

    @property
    def is_left_behind(self) -> bool:
        with transaction(self.full.clerk) as session:
            asked = {"id": self.full.slot.id}
            return rows(session, "SELECT specialty FROM slots WHERE id = %(id)s", asked) == [("changed",)]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The transactions that `retry` has opened, by their clinic."""
    seen: list[UUID] = []

    @contextmanager
    def counted(principal: Principal, **more: Any) -> Iterator[Session]:
        seen.append(principal.clinic_id)
        with transaction(principal, **more) as session:
            yield session

    monkeypatch.setattr(retry, "transaction", counted)
    return seen


def test_who_finds_a_start_full_costs_one_transaction_and_hears_the_same_again(opened: list[UUID]) -> None:
    full = Full()
    opened.clear()
    with pytest.raises(SlotUnavailable):
        full.hold(full.key)
    assert len(opened) == 1
    assert full.kept() == [409]
    cancel(full.clerk, full.held)
    with pytest.raises(SlotUnavailable):
        full.hold(full.key)
    assert full.hold(single_use_key(full.clerk, "hold")).status == 201


def test_what_was_written_before_a_refusal_is_undone_and_the_refusal_kept(opened: list[UUID]) -> None:
    full = Full()
    half = Half(full)
    opened.clear()
    half.attempt()
    assert not half.is_left_behind
    assert len(opened) == 2
    assert full.kept() == [409]


def test_control_without_the_question_whether_something_was_written_half_a_change_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = Full()
    half = Half(full)
    monkeypatch.setattr(idempotency, "KEEP_UNWRITTEN", KEEP)
    half.attempt()
    assert half.is_left_behind


def test_a_refusal_of_a_key_that_was_answered_meanwhile_gives_that_answer() -> None:
    full = Full()

    def answered_meanwhile(session: Session, *, clearing: bool) -> Answer:
        with transaction(full.clerk) as other:
            keep(other, full.clinic.id, full.key, status=201, body={"id": "first"}, now=NOW)
        raise SlotUnavailable

    assert retry.attempt(full.clerk, answered_meanwhile, key=full.key, now=NOW).body == {"id": "first"}


def test_a_refusal_by_the_database_itself_is_kept_too() -> None:
    full = Full()

    def broken(session: Session, *, clearing: bool) -> Answer:
        with pytest.raises(Exception, match="division"):
            rows(session, "SELECT 1 / 0", {})
        raise SlotUnavailable

    with pytest.raises(ClinicError):
        retry.attempt(full.clerk, broken, key=full.key, now=NOW)
    assert full.kept() == [409]


def test_a_refusal_kept_at_once_need_not_be_on_disk_and_other_answers_must(database: object) -> None:
    full = Full()
    shown = "SELECT current_setting('synchronous_commit')"
    with transaction(full.clerk) as session:
        before = rows(session, shown, {})
        refused = idempotency.keep_refusal_at_once(
            session, full.clinic.id, full.key, refusal=SlotUnavailable(), now=NOW
        )
        assert refused
        assert rows(session, shown, {}) == [("off",)]
    with transaction(full.clerk) as session:
        assert rows(session, shown, {}) == before
    assert "synchronous_commit" in KEEP_UNWRITTEN

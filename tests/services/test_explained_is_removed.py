"""Not offered means at least one reason, offered means none, and removing the named reasons makes a time offered.

Random clinics around clock changes are asked about many times; every answer is held against the list of starts and
against a real hold, and the reasons are then removed in a savepoint. With any one rule's detection taken out, the
property fails.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from app.errors import ClinicError
from app.infra.embedded.roles import DatabaseUrls
from app.services.availability import open_starts
from app.services.availability.explain import Explanation, ReasonCode, explain, one_time
from app.services.booking.answer import single_use_key
from app.services.booking.hold import Wish, hold
from app.services.booking.refusals import Contended
from models.appointments import Channel
from models.db import DatabaseRole, driver, rows, transaction
from tests.services.explained_clinic import Question, make_troubled_clinic, questions
from tests.services.removals import remove

pytestmark = pytest.mark.database

CLINICS, ASKED, REMOVALS = 14, 30, 3
SLOT = "SELECT id FROM slots WHERE clinic_id = %(clinic)s AND practitioner_id = %(who)s AND starts_at = %(at)s"


class Asked:
    """The questions that were asked, with the reasons of those times that are not offered.

    Every answer is held against a hold; reasons are removed as often as told for each code.
    """

    def __init__(self, *, removals: int) -> None:
        self.seen: Counter[str] = Counter()
        self.refused: list[tuple[Question, list[ReasonCode]]] = []
        self.wrong: list[str] = []
        self._removals = removals

    def ask(self, question: Question) -> None:
        """Ask a question and note what is wrong with its answer."""
        wrong, codes = answered(question)
        if not wrong and any(self.seen[code] < self._removals for code in codes):
            wrong = left_over(question)
        self.wrong += [wrong] if wrong else []
        self.seen.update(codes or ["offered"])
        if codes:
            self.refused.append((question, codes))


def answered(question: Question) -> tuple[str, list[ReasonCode]]:
    """Return what is wrong with the answer to a question, nothing if nothing is, and the codes that it names."""
    with transaction(question.principal, role=DatabaseRole.OWNER) as session:
        found = explanation(session, question, now=question.made.now)
        codes = [reason.code for reason in found.reasons]
        accepted = is_accepted(session, question, location_id=question.location_id, now=question.made.now)
    if found.offered != accepted:
        return f"{question}: named {codes}, and the hold was {'accepted' if accepted else 'refused'}", codes
    return ("" if found.offered == (not codes) else f"{question}: offered is {found.offered} with {codes}"), codes


def left_over(question: Question) -> str:
    """Return what still removes the time when exactly the named reasons are removed, nothing if nothing does."""
    with transaction(question.principal, role=DatabaseRole.OWNER) as session:
        driver(session).execute("SAVEPOINT before_removal")
        found = explanation(session, question, now=question.made.now)
        codes = [reason.code for reason in found.reasons]
        place = found.location_id or question.location_id
        now = remove(session, question, location_id=place, codes=codes)
        then = [reason.code for reason in explanation(session, question, now=now, location_id=place).reasons]
        accepted = is_accepted(session, question, location_id=place, now=now)
        driver(session).execute("ROLLBACK TO SAVEPOINT before_removal")
        session.expunge_all()
    return "" if accepted and not then else f"{question}: without {codes} there is still {then}, {accepted=}"


def explanation(session: Session, question: Question, *, now: datetime, location_id: UUID | None = None) -> Explanation:
    return explain(
        session,
        question.principal,
        service_id=question.service.id,
        practitioner_id=question.practitioner_id,
        starts_at=question.starts_at,
        location_id=location_id or question.location_id,
        patient_id=question.patient_id,
        now=now,
    )


def is_accepted(session: Session, question: Question, *, location_id: UUID | None, now: datetime) -> bool:
    """Tell whether a hold takes the time, and see that the list of starts says the same to who names no patient."""
    listed = open_starts(
        session,
        question.principal,
        service_id=question.service.id,
        practitioner_id=question.practitioner_id,
        location_id=location_id,
        since=question.starts_at,
        until=question.starts_at + timedelta(microseconds=1),
        now=now,
    )
    slot_ids = [start.id for start in listed] or _slots_at(session, question, location_id)
    held = any(_is_held(session, question, slot_id, now=now) for slot_id in slot_ids)
    assert question.patient_id is not None or held == bool(listed), str(question)
    return held


def _slots_at(session: Session, question: Question, location_id: UUID | None) -> list[UUID]:
    begins = question.starts_at - timedelta(minutes=question.service.buffer_before_minutes)
    asked = {"clinic": question.made.clinic_id, "who": question.practitioner_id, "at": begins, "place": location_id}
    found = rows(session, SLOT + " AND (%(place)s::uuid IS NULL OR location_id = %(place)s::uuid)", asked)
    return [row[0] for row in found]


def _is_held(session: Session, question: Question, slot_id: UUID, *, now: datetime) -> bool:
    principal, patient_id = question.principal, question.patient_id or question.made.patients[-1].id
    wish = Wish(slot_id, question.service.id, patient_id, Channel.API)
    driver(session).execute("SAVEPOINT before_hold")
    try:
        for clearing in (False, True):
            driver(session).execute("SAVEPOINT one_look")
            try:
                hold(session, principal, wish=wish, key=single_use_key(principal, "hold"), now=now, clearing=clearing)
            except Contended:
                driver(session).execute("ROLLBACK TO SAVEPOINT one_look")
            except ClinicError:
                return False
            else:
                return True
        return False
    finally:
        driver(session).execute("ROLLBACK TO SAVEPOINT before_hold")


@pytest.fixture(scope="module")
def asked(database: DatabaseUrls, valkey: str) -> Asked:
    """Every question about the suite's clinics, asked once."""
    made = Asked(removals=REMOVALS)
    for seed in range(CLINICS):
        for question in questions(make_troubled_clinic(seed), count=ASKED):
            made.ask(question)
    return made


def test_reasons_are_whole_and_true(asked: Asked) -> None:
    assert not asked.wrong, "\n".join(asked.wrong)


def test_the_run_has_met_every_reason(asked: Asked) -> None:
    assert {code for code in (*ReasonCode, "offered") if not asked.seen[code]} == set(), asked.seen


@pytest.mark.parametrize("code", ReasonCode, ids=lambda code: code.value)
def test_without_any_one_detection_the_reasons_are_not_enough(
    code: ReasonCode, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = one_time.in_order
    monkeypatch.setattr(one_time, "in_order", lambda found: real(reason for reason in found if reason.code != code))
    affected = (question for question, codes in asked.refused if code in codes)
    assert any(answered(question)[0] or left_over(question) for question in affected)


@pytest.mark.long
def test_reasons_are_whole_and_true_in_many_clinics(database: DatabaseUrls) -> None:
    """HOLDFAST_TEST_SEEDS chooses other clinics, as `first:last`."""
    first, _, last = os.environ.get("HOLDFAST_TEST_SEEDS", "1000:1016").partition(":")
    made = Asked(removals=1_000_000)
    for seed in range(int(first), int(last)):
        for question in questions(make_troubled_clinic(seed), count=100):
            made.ask(question)
    assert not made.wrong, "\n".join(made.wrong)

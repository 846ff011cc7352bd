"""A request that is repeated, doubled or cut off books once, and every caller hears the first answer."""

from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlmodel import Session

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import hold as holding
from app.services.booking import idempotency
from app.services.booking.answer import Answer, RequestKey, request_key, single_use_key
from app.services.booking.retry import attempt
from models.appointments import Channel
from models.db import driver
from models.principal import Principal
from tests.builders import NOW, building, clerk_of, make_clinic, make_patient, make_schedule, make_service, make_slot
from tests.calls import hold
from tests.concurrency.crowd import crowd, tally
from tests.invariants import assert_sound, live_count


def one_free_start() -> tuple[Principal, holding.Wish]:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        slot = make_slot(session, schedule=schedule)
        patient = make_patient(session, clinic=clinic)
    return clerk_of(clinic), holding.Wish(slot.id, service.id, patient.id, Channel.DESK)


def hold_wish(clerk: Principal, wish: holding.Wish, key: RequestKey) -> Answer:
    return hold(clerk, wish.slot_id, wish.service_id, wish.patient_id, key=key)


def key_of(clerk: Principal) -> RequestKey:
    return request_key(clerk, method="POST", path="/appointments", key="the-same", body={"wish": 1})


def test_the_same_key_20_times_at_once_gives_one_appointment_and_one_answer() -> None:
    clerk, wish = one_free_start()
    heard = crowd([partial(hold_wish, clerk, wish, key_of(clerk))] * 20)
    assert tally(heard) == {201: 20}
    assert len({h.body["id"] for h in heard if isinstance(h, Answer)}) == 1
    assert live_count(clerk.clinic_id) == 1
    assert_sound(clerk.clinic_id)


def test_control_without_kept_answers_the_twins_hear_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "require_unanswered", lambda *_: None)
    monkeypatch.setattr(idempotency, "require_unanswered", lambda *_: None)
    clerk, wish = one_free_start()
    heard = tally(crowd([partial(hold_wish, clerk, wish, key_of(clerk))] * 20))
    assert heard[201] == 1
    assert sum(heard.values()) == 20


class CutOff:
    """A hold whose server process is killed at a chosen moment, the first time only."""

    def __init__(self, clerk: Principal, wish: holding.Wish, database: DatabaseUrls, *, after_commit: bool) -> None:
        self.clerk, self.wish, self.database = clerk, wish, database
        self.after_commit = after_commit
        self.kills = 0

    def __call__(self, session: Session, *, clearing: bool, key: RequestKey) -> Answer:
        answer = holding.hold(session, self.clerk, wish=self.wish, key=key, now=NOW, clearing=clearing)
        if not self.kills:
            self.kills += 1
            connection = driver(session)
            backend = connection.info.backend_pid
            if self.after_commit:
                connection.commit()
            with psycopg.connect(self.database.superuser, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
            if self.after_commit:
                # What a COMMIT meets whose answer is lost on the way.
                connection.execute("SELECT 1")
        return answer


def run_cut_off(database: DatabaseUrls, *, after_commit: bool, same_key: bool = True) -> tuple[UUID, Any, CutOff]:
    clerk, wish = one_free_start()
    verb = CutOff(clerk, wish, database, after_commit=after_commit)
    key = key_of(clerk)

    def call(session: Session, *, clearing: bool) -> Answer:
        return verb(session, clearing=clearing, key=key if same_key else single_use_key(clerk, "hold"))

    (heard,) = crowd([partial(attempt, clerk, call, key=key, now=NOW)])
    return clerk.clinic_id, heard, verb


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_backend_killed_between_claim_and_answer_still_gives_one_appointment(
    database: DatabaseUrls, after_commit: bool
) -> None:
    clinic_id, heard, verb = run_cut_off(database, after_commit=after_commit)
    assert verb.kills == 1
    assert tally([heard]) == {201: 1}
    assert live_count(clinic_id) == 1
    assert_sound(clinic_id)


def test_control_with_another_key_a_retry_after_the_commit_is_refused_although_it_booked(
    database: DatabaseUrls,
) -> None:
    clinic_id, heard, _ = run_cut_off(database, after_commit=True, same_key=False)
    assert tally([heard]) == {"slot-unavailable": 1}
    assert live_count(clinic_id) == 1

"""Two generators at the same time make each slot once."""

import contextlib
import itertools
import threading
from datetime import time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.infra.embedded.roles import DatabaseUrls
from app.services.schedules import generate
from app.services.schedules.edit import change_schedules
from app.services.schedules.generate import generate_slots
from app.settings import settings
from models.clinics import Location
from models.db import DatabaseRole, transaction
from models.principal import Principal
from models.schedules import ScheduleRule
from tests.services.timetable import MONDAY, NOW, add, make_clinic, make_rule, make_schedule, slots_of
from tests.services.week_edits import end_rule

pytestmark = pytest.mark.database


@pytest.fixture
def job(database: DatabaseUrls) -> Principal:
    return make_clinic()


def test_two_generators_at_once_leave_no_overlap(job: Principal) -> None:
    overlapping, made = _race(job)
    assert overlapping == 0
    # All of the first grid and none of the other: the older schedule comes first, whoever is faster.
    assert made == 14


def test_two_copies_of_the_nightly_run_make_each_slot_once(job: Principal) -> None:
    with transaction(job) as session:
        for _ in range(3):
            make_rule(session, make_schedule(session, job.clinic_id), weekday=0, starts=11, ends=18)
    begin, made = threading.Barrier(2), []

    def fill() -> None:
        begin.wait()
        with transaction(job, role=DatabaseRole.WORKER) as session:
            made.append(generate_slots(session, job, until=MONDAY + timedelta(days=7), now=NOW))

    threads = [threading.Thread(target=fill) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 3 * 2 * 14]


def test_a_generator_makes_nothing_of_rules_that_somebody_ends_meanwhile(
    job: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _end_a_rule_while_its_slots_are_made(job, monkeypatch) == 0


def test_control_without_the_lock_slots_are_made_of_a_rule_that_has_ended(
    job: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "lock_timetables", lambda *_: None)
    assert _end_a_rule_while_its_slots_are_made(job, monkeypatch, patience=20) > 0


def _end_a_rule_while_its_slots_are_made(
    job: Principal, monkeypatch: pytest.MonkeyPatch, *, patience: float = 0.5
) -> int:
    """Return how many slots are left of a rule that was ended when the generator had planned them."""
    monkeypatch.setattr(settings(), "redis_url", "")
    with transaction(job) as session:
        schedule = make_schedule(session, job.clinic_id)
        make_rule(session, schedule, weekday=0, starts=11, ends=18)
        rule = session.exec(select(ScheduleRule).where(ScheduleRule.clinic_id == job.clinic_id)).one()
    planned, ended, arranged = threading.Event(), threading.Event(), generate.arrange

    def arrange_slowly(*args: Any, **more: Any) -> Any:
        found = arranged(*args, **more)
        planned.set()
        # With the lock nobody can end the rule before this transaction has ended.
        ended.wait(patience)
        return found

    monkeypatch.setattr(generate, "arrange", arrange_slowly)

    def fill() -> None:
        with transaction(job, role=DatabaseRole.WORKER) as session:
            generate_slots(session, job, until=MONDAY, now=NOW)

    filling = threading.Thread(target=fill)
    filling.start()
    planned.wait()
    last_on = rule.valid_from - timedelta(days=1)
    change_schedules(job, partial(end_rule, principal=job, rule_id=rule.id, last_on=last_on, now=NOW))
    ended.set()
    filling.join()
    with transaction(job) as session:
        return len(slots_of(session, schedule))


def _race(job: Principal) -> tuple[int, int]:
    """Let two schedules of one practitioner, with grids that never meet, be filled at the same time."""
    with transaction(job) as session:
        second_site = Location(clinic_id=job.clinic_id, name="B", timezone="Europe/Berlin", country="DE")
        add(session, second_site)
        here = make_schedule(session, job.clinic_id, slot_minutes=30)
        there = make_schedule(session, job.clinic_id, practitioner_id=here.practitioner_id, location_id=second_site.id)
        make_rule(session, here, weekday=0, starts=11, ends=18)
        shifted = ScheduleRule(
            clinic_id=job.clinic_id,
            schedule_id=there.id,
            weekday=0,
            starts_local=time(11, 5),
            ends_local=time(18),
            valid_from=MONDAY,
        )
        add(session, shifted)
    inserted = threading.Barrier(2, timeout=1)

    def fill(schedule_id: UUID) -> None:
        with transaction(job, role=DatabaseRole.WORKER) as session:
            generate_slots(session, job, until=MONDAY, now=NOW, schedule_id=schedule_id)
            # With the lock the other one cannot come here before this transaction has ended.
            with contextlib.suppress(threading.BrokenBarrierError):
                inserted.wait()

    threads = [threading.Thread(target=fill, args=(schedule.id,)) for schedule in (here, there)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(job) as session:
        slots = sorted(slots_of(session, here) + slots_of(session, there), key=lambda slot: slot.starts_at)
    return sum(a.ends_at > b.starts_at for a, b in itertools.pairwise(slots)), len(slots)

"""Each job twice gives the same result, and a night's run belongs to one copy."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from sqlmodel import Session

from app.services.clock import utc_now
from app.services.job_runs import begin_run, end_run
from models.accounts import RevokedToken
from models.base import new_id
from models.db import DatabaseRole, execute, global_transaction
from models.principal import Principal
from models.schedules import ScheduleRule
from scheduler import jobs, schedule
from tests.builders import building, make_clinic, make_schedule
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")


def going_on() -> bool:
    return False


def counts(world: World) -> list[int]:
    return [n for (n,) in world.ask("SELECT current_bookings FROM slots WHERE clinic_id = %(clinic_id)s ORDER BY id")]


def test_sweeping_twice_gives_each_place_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(slots=3)
    monkeypatch.setattr(jobs, "every_clinic", lambda session: [world.clinic_id])
    for number in (0, 1):
        world.hold(number, now=utc_now() - timedelta(minutes=20))
    world.hold(2)
    assert jobs.sweep_holds(going_on) == 2
    assert counts(world) == [0, 0, 1]
    jobs.sweep_holds(going_on)
    assert counts(world) == [0, 0, 1]
    expiries = world.ask("SELECT 1 FROM audit_events WHERE clinic_id = %(clinic_id)s AND action = 'expire'")
    assert len(expiries) == 2


def test_sweeping_announces_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    world.hold(now=utc_now() - timedelta(minutes=20))
    told: list[object] = []
    monkeypatch.setattr(jobs, "every_clinic", lambda session: [world.clinic_id])
    monkeypatch.setattr(jobs, "announce", told.extend)
    jobs.sweep_holds(going_on)
    assert [change.clinic_id for change in told if change.clinic_id == world.clinic_id] == [world.clinic_id]


def test_what_fails_in_one_clinic_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = make_world(), make_world()
    for world in (broken, sound):
        world.hold(now=utc_now() - timedelta(minutes=20))
    sweep = jobs.sweep

    def fail_there(session: Session, principal: Principal, **more: Any) -> list[Any]:
        if principal.clinic_id == broken.clinic_id:
            raise ValueError("broken")
        return sweep(session, principal, **more)

    monkeypatch.setattr(jobs, "sweep", fail_there)
    monkeypatch.setattr(jobs, "every_clinic", lambda session: [broken.clinic_id, sound.clinic_id])
    with pytest.raises(ValueError, match="broken"):
        jobs.sweep_holds(going_on)
    assert (counts(broken), counts(sound)) == ([1, 0], [0, 0])


def test_filling_the_horizon_twice_makes_each_slot_once() -> None:
    with building() as session:
        clinic = make_clinic(session)
        timetable = make_schedule(session, clinic=clinic)
        for weekday in range(7):
            rule = {"weekday": weekday, "starts_local": time(9), "ends_local": time(10), "valid_from": date(2026, 1, 1)}
            session.add(ScheduleRule(clinic_id=clinic.id, schedule_id=timetable.id, **rule))
    first = jobs.fill_horizon(going_on)
    assert first >= 80 * 4
    assert jobs.fill_horizon(going_on) == 0


def test_cleaning_up_twice_deletes_what_is_over_and_keeps_the_rest() -> None:
    world = make_world()
    world.hold(now=utc_now() - timedelta(hours=25))
    world.hold(1)
    token_id = str(new_id())
    with building() as session:
        session.add(RevokedToken(token_id=token_id, ends_at=utc_now() - timedelta(days=2)))
        session.add(RevokedToken(token_id=f"{token_id}-now", ends_at=utc_now()))
    world.alter(
        "UPDATE outbox_events SET state = 'done', done_at = now() - interval '31 days'"
        " WHERE clinic_id = %(clinic_id)s AND created_at < now() - interval '1 day'"
    )
    assert jobs.clean_up(going_on) >= 3
    jobs.clean_up(going_on)
    assert len(world.ask("SELECT 1 FROM idempotency_keys WHERE clinic_id = %(clinic_id)s")) == 1
    assert len(world.outbox()) == 1
    left = world.ask("SELECT token_id FROM revoked_tokens WHERE token_id LIKE %(like)s", like=f"{token_id}%")
    assert left == [(f"{token_id}-now",)]


def test_a_nights_run_belongs_to_whoever_asks_first() -> None:
    done: list[int] = []
    job = jobs.nightly(f"job-{new_id()}", lambda _: done.append(1) or 7)
    assert job(going_on) == 7
    assert job(going_on) == 0
    assert done == [1]


def test_a_run_that_failed_is_run_again_after_an_hour() -> None:
    name, done = f"job-{new_id()}", []

    def work(_: jobs.Stopping) -> int:
        done.append(1)
        if len(done) == 1:
            raise ValueError("broken")
        return 7

    job = jobs.nightly(name, work)
    assert job(going_on) == 0
    assert job(going_on) == 0
    with building() as session:
        execute(
            session,
            "UPDATE job_runs SET started_at = now() - interval '2 hours' WHERE job = %(job)s",
            {"job": name},
        )
    assert job(going_on) == 7


def test_a_run_that_was_taken_over_cannot_end_the_other() -> None:
    name = f"job-{new_id()}"
    with global_transaction(role=DatabaseRole.WORKER) as session:
        mine = begin_run(session, job=name, period="n")
    with building() as session:
        execute(session, "UPDATE job_runs SET started_at = now() - interval '2 h' WHERE job = %(job)s", {"job": name})
    with global_transaction(role=DatabaseRole.WORKER) as session:
        assert begin_run(session, job=name, period="n") is not None
        assert mine is not None
        assert not end_run(session, job=name, period="n", started_at=mine, outcome="done")


def test_the_night_begins_at_two() -> None:
    assert jobs.night_of(datetime(2027, 1, 5, 1, 59, tzinfo=UTC)) == "2027-01-04"
    assert jobs.night_of(datetime(2027, 1, 5, 2, 0, tzinfo=UTC)) == "2027-01-05"


def test_a_tick_survives_a_database_that_is_away() -> None:
    def away(_: jobs.Stopping) -> int:
        raise psycopg.OperationalError

    schedule._tick(schedule.Entry("test", 1, away), going_on)()


def test_every_job_ticks_alone_and_is_coalesced() -> None:
    scheduler = schedule.metronome(going_on)
    scheduler.start(paused=True)
    entries = {job.id: job for job in scheduler.get_jobs()}
    scheduler.shutdown()
    assert set(entries) == {"sweep", "outbox", "waitlist", "horizon", "clean-up", "documents"}
    assert all(job.coalesce and job.max_instances == 1 and job.misfire_grace_time is None for job in entries.values())


def test_a_stopping_process_starts_nothing_new() -> None:
    world = make_world()
    world.hold(now=utc_now() - timedelta(minutes=20))
    assert jobs.sweep_holds(lambda: True) == 0
    assert counts(world) == [1, 0]

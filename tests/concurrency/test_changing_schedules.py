"""Schedules change while people book, cancel and run out of time: either is first, nobody deadlocks, nobody is lost."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.expire import sweep
from app.services.booking.hold import Wish
from app.services.booking.hold import hold as hold_in
from app.services.booking.locks import lock_slots
from app.services.schedules import locks, reconcile
from app.services.schedules.edit import change_schedules
from app.services.schedules.leave import add_leave, remove_leave
from app.services.schedules.set_up import Settings
from models.appointments import Channel
from models.db import DatabaseRole, rows, transaction
from tests.builders import building, job_of
from tests.calls import cancel, hold
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import crowd, tally
from tests.invariants import assert_sound
from tests.services.schedule_world import MONDAY, ScheduleWorld, at
from tests.services.week_edits import change_cut

TUESDAY = MONDAY + timedelta(days=1)
CALLERS = 48
LIVE = """
SELECT a.id, s.status FROM appointments a
  JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
  JOIN slots s ON s.clinic_id = t.clinic_id AND s.id = t.slot_id
 WHERE a.clinic_id = %(clinic_id)s AND a.live
"""


def done(call: Callable[[], Any]) -> Answer:
    """Count an edit among the answers."""
    call()
    return Answer(299, {})


def leave(world: ScheduleWorld, day: int = 1) -> Callable[[], Answer]:
    on = MONDAY + timedelta(days=day)
    wanted = {"starts_local": at(on, "00:00"), "ends_local": at(on + timedelta(days=1), "00:00")}
    return partial(done, partial(world.change, add_leave, practitioner_id=world.practitioners[0].id, **wanted))


def require_nobody_lost(world: ScheduleWorld) -> None:
    """Everybody who is live has their slots, and stands on the worklist if one of them is blocked."""
    with building() as session:
        found = rows(session, LIVE, {"clinic_id": world.clinic_id})  # type: ignore[arg-type]
    assert {appointment_id for appointment_id, status in found if status == "blocked"} == world.displaced().keys()
    assert_sound(world.clinic_id)


def test_50_holds_of_slots_that_are_taken_away_win_or_are_refused(database: DatabaseUrls) -> None:
    world = ScheduleWorld()
    slots = world.slots(day=TUESDAY)
    calls = [
        partial(hold, world.clerk, slots[n % 6], world.service, world.patients[n % 12], now=world.now)
        for n in range(CALLERS)
    ]
    with counted_deadlocks(database) as deadlocks:
        heard = tally(crowd([*calls[:24], leave(world), leave(world, 2), *calls[24:]]))
    assert deadlocks() == 0
    assert heard[299] == 2
    assert heard[201] == len(world.displaced())
    # Twelve people ask four times each: some are told that they have a place already.
    assert set(heard) <= {299, 201, "slot-unavailable", "patient-overlap"}
    assert world.slots(day=TUESDAY) == []
    require_nobody_lost(world)


def test_holds_cancels_sweeps_and_changes_of_the_same_slots_never_deadlock(database: DatabaseUrls) -> None:
    world = ScheduleWorld(duration_minutes=60)
    slots = world.slots(day=TUESDAY)
    held = [hold(world.clerk, slots[n], world.service, world.patients[n], now=world.now) for n in (0, 2, 4)]
    later = world.now + timedelta(minutes=6)
    job = job_of(world.clinic)

    def swept() -> Answer:
        with transaction(job, role=DatabaseRole.WORKER) as session:
            sweep(session, job, batch=5, now=later)
        return Answer(299, {})

    cuts = [
        partial(done, partial(world.change, change_cut, schedule_id=world.schedules[0].id, settings=Settings(m)))
        for m in (20, 15, 60, 30)
    ]
    calls = [partial(cancel, world.clerk, answer, now=world.now) for answer in held]
    calls += [
        partial(hold, world.clerk, slot, world.service, world.patients[n + 5], now=later)
        for n, slot in enumerate(slots)
    ]
    with counted_deadlocks(database) as deadlocks:
        heard = tally(crowd([*calls, *cuts, swept, leave(world), swept, *cuts, swept]))
    assert deadlocks() == 0
    assert heard[299] == 12
    require_nobody_lost(world)


def test_the_same_leave_from_many_desks_is_one_and_two_changes_wait_for_each_other(database: DatabaseUrls) -> None:
    world = ScheduleWorld()
    with counted_deadlocks(database) as deadlocks:
        heard = tally(crowd([leave(world) for _ in range(12)]))
    assert (deadlocks(), heard) == (0, {299: 12})
    with building() as session:
        asked = "SELECT id FROM leaves WHERE clinic_id = %(clinic_id)s"
        ((leave_id,),) = rows(session, asked, {"clinic_id": world.clinic_id})
    change_schedules(world.manager, partial(remove_leave, principal=world.manager, leave_id=leave_id, now=world.now))
    assert len(world.slots(day=TUESDAY)) == 6


def _hold_while_a_change_takes_the_slot_away(world: ScheduleWorld) -> None:
    """Let a change come to a slot that somebody is holding, who then commits."""
    slot = world.slots(day=TUESDAY)[0]
    wish = Wish(slot.id, world.service.id, world.patients[0].id, Channel.DESK)
    with ThreadPoolExecutor(1) as thread:
        with transaction(world.clerk) as session:
            hold_in(session, world.clerk, wish=wish, key=single_use_key(world.clerk, "hold"), now=world.now)
            changing = thread.submit(leave(world))
            _until_somebody_waits()
        changing.result()


def _until_somebody_waits() -> None:
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(500):
        with building() as session:
            if rows(session, asked, {})[0][0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_change_waits_for_a_hold_and_displaces_it() -> None:
    world = ScheduleWorld()
    _hold_while_a_change_takes_the_slot_away(world)
    assert len(world.displaced()) == 1
    require_nobody_lost(world)


def test_control_without_the_lock_the_change_deletes_a_slot_that_it_believes_nobody_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconcile, "lock_slots_to_change", lambda *_: None)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        _hold_while_a_change_takes_the_slot_away(ScheduleWorld())


def _lock_the_rest_while_a_change_waits(world: ScheduleWorld) -> None:
    """Lock slots as a visit of several does: the first one, and the last one when a change waits for the first."""
    slots = sorted(slot.id for slot in world.slots(day=TUESDAY))
    with ThreadPoolExecutor(1) as thread:
        with suppress(psycopg.errors.DeadlockDetected), transaction(world.clerk) as session:
            lock_slots(session, world.clinic_id, slots[:1])
            changing = thread.submit(leave(world))
            _until_somebody_waits()
            lock_slots(session, world.clinic_id, slots[-1:])
        changing.result()


def test_a_change_locks_slots_in_the_order_of_the_booking_verbs(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        _lock_the_rest_while_a_change_waits(ScheduleWorld())
    assert deadlocks() == 0


def test_control_with_slots_locked_in_the_other_order_they_deadlock(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ORDER BY id" in locks.LOCK_SLOTS_TO_CHANGE
    descending = locks.LOCK_SLOTS_TO_CHANGE.replace("ORDER BY id", "ORDER BY id DESC")
    monkeypatch.setattr(locks, "LOCK_SLOTS_TO_CHANGE", descending)
    with counted_deadlocks(database) as deadlocks:
        _lock_the_rest_while_a_change_waits(ScheduleWorld())
    assert deadlocks() > 0

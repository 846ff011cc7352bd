"""Undos, no-shows, cancellations and overbooking at once with what contradicts them: one true story, one winner."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import claim as claiming
from app.services.booking import locks, visiting
from app.services.booking.answer import Answer
from app.settings import settings
from models.appointments import Appointment, AppointmentStatus
from tests.builders import (
    NOW,
    TOMORROW,
    building,
)
from tests.calls import cancel, hold, reschedule, visit
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import Meeting, crowd, tally
from tests.concurrency.floor import Floor
from tests.invariants import assert_sound, live_count


@pytest.mark.parametrize("end", ["cancel", "mark_no_show"])
def test_an_undo_and_19_holds_of_the_freed_place_give_one_winner(database: DatabaseUrls, end: str) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=10, rooms=1)
        booked = floor.book(floor.here[0], floor.patients[0])
        at = NOW if end == "cancel" else TOMORROW
        if end == "cancel":
            cancel(floor.clerk, booked, now=at)
        else:
            visit(floor.clerk, "mark_no_show", booked, now=at)
        calls: list[Callable[[], Answer]] = [partial(visit, floor.clerk, "undo", booked, now=at)]
        holding = partial(hold, floor.clerk, floor.here[0], floor.service, now=at)
        calls += [partial(holding, patient) for patient in floor.patients[1:20]]
        heard = tally(crowd(calls))
    assert heard[200] + heard[201] == 1
    assert heard["slot-unavailable"] + heard["room-unavailable"] == 19
    assert deadlocks() == 0
    assert live_count(floor.clinic.id) == 1
    assert_sound(floor.clinic.id)


@pytest.mark.parametrize("limit", [1, 5])
def test_50_callers_overbook_one_start_as_often_as_the_limit_says(database: DatabaseUrls, limit: int) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=26, overbook_limit=limit)
        floor.book(floor.here[0], floor.patients[0])
        calls = [
            partial(hold, floor.clerk, floor.here[0], floor.service, patient, overbook_reason="in pain")
            for patient in floor.patients[1:51]
        ]
        heard = tally(crowd(calls))
    assert heard == {201: limit, "slot-unavailable": 50 - limit}
    assert deadlocks() == 0
    assert live_count(floor.clinic.id) == 1 + limit
    assert_sound(floor.clinic.id)


def test_control_without_the_limits_condition_and_check_more_are_overbooked(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without("ck_slots_overbooked")
    condition = "AND overbooked < overbook_limit"
    assert condition in claiming.OVERBOOK
    monkeypatch.setattr(claiming, "OVERBOOK", claiming.OVERBOOK.replace(condition, ""))
    floor = Floor(starts=6, overbook_limit=1)
    floor.book(floor.here[0], floor.patients[0])
    over = partial(hold, floor.clerk, floor.here[0], floor.service, overbook_reason="in pain")
    heard = tally(crowd([partial(over, patient) for patient in floor.patients[1:]]))
    assert heard[201] > 1


def test_a_no_show_and_an_arrival_at_once_leave_one_true_story(database: DatabaseUrls) -> None:
    """Whichever comes first: an arrival after the no-show is a late one, a no-show after the arrival is refused."""
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=2)
        booked = floor.book(floor.here[0], floor.patients[0])
        verbs = ("mark_no_show", "arrive") * 4
        heard = tally(crowd([partial(visit, floor.clerk, verb, booked, now=TOMORROW) for verb in verbs]))
    assert heard[200] in (1, 2)
    assert heard[200] + heard["invalid-transition"] == 8
    assert deadlocks() == 0
    with building() as session:
        (row,) = session.exec(select(Appointment).where(Appointment.clinic_id == floor.clinic.id))
    assert row.status is AppointmentStatus.ARRIVED
    assert (row.arrived_at, row.noshow_at) == (TOMORROW, None)
    assert_sound(floor.clinic.id)


def test_control_without_locks_a_no_show_and_an_arrival_contradict_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    met = Meeting()

    def meet(*_: Any, **__: Any) -> None:
        met.wait()

    monkeypatch.setattr(visiting, "lock_visits", lambda *_, **__: None)
    monkeypatch.setattr(visiting, "lock_appointment", lambda *_, **__: None)
    for verb in ("arrive", "mark_no_show"):
        monkeypatch.setattr(f"app.services.booking.{verb}.require_transition", meet)
    floor = Floor(starts=2)
    booked = floor.book(floor.here[0], floor.patients[0])
    calls = [partial(visit, floor.clerk, verb, booked, now=TOMORROW) for verb in ("mark_no_show", "arrive")]
    heard = crowd(calls)
    assert tally(heard) == {200: 2}
    # Each was told that its own is what follows the booking; with locks the second of them is version 4.
    assert {(h.body["status"], h.body["version"]) for h in heard if isinstance(h, Answer)} == {
        ("noshow", 3),
        ("arrived", 3),
    }


def test_what_is_cancelled_while_it_is_moved_gives_back_the_place_that_it_has(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=24, rooms=2)
        booked = [floor.book(slot, patient) for slot, patient in zip(floor.here, floor.patients, strict=False)]
        calls: list[Callable[[], Answer]] = []
        for number, one in enumerate(booked):
            calls.append(partial(reschedule, floor.clerk, one, floor.there[number]))
            calls.append(partial(cancel, floor.clerk, one))
        heard = tally(crowd(calls))
    assert heard["overloaded"] == 0
    assert heard[200] + heard["invalid-transition"] == 48
    assert deadlocks() == 0
    assert live_count(floor.clinic.id) == 0
    assert_sound(floor.clinic.id)


def test_control_without_a_second_look_at_the_slots_a_cancellation_locks_out_of_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cancellation waits for the old slot, and would then give back a new one that it never locked."""
    floor = Floor(starts=2)
    booked = floor.book(floor.here[0], floor.patients[0])
    looks: list[bool] = []
    real = locks.slots_of

    def moved_meanwhile(session: Any, clinic_id: Any, ids: Any) -> Any:
        found = real(session, clinic_id, ids)
        if not looks:
            looks.append(True)
            reschedule(floor.clerk, booked, floor.there[1])
        return found

    monkeypatch.setattr(locks, "slots_of", moved_meanwhile)
    monkeypatch.setattr(settings(), "retry_limit", 0)
    (heard,) = crowd([partial(cancel, floor.clerk, booked)])
    # Without another try the verb says that it was overtaken, instead of going on with the wrong slots locked.
    assert tally([heard]) == {"overloaded": 1}
    assert_sound(floor.clinic.id)
    looks.clear()
    monkeypatch.setattr(settings(), "retry_limit", 3)
    assert cancel(floor.clerk, booked).body["status"] == "cancelled"
    assert_sound(floor.clinic.id)

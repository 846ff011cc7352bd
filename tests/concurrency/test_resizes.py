"""Appointments that grow into the same time, and holds of it: one has it, nobody waits in a circle."""

from collections.abc import Callable
from functools import partial

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import claim as claiming
from app.services.booking import place
from app.services.booking.answer import Answer, request_key
from tests.calls import hold, resize
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import crowd, tally
from tests.concurrency.floor import Floor
from tests.invariants import assert_sound, broken_counters, live_count

CONDITION = "AND current_bookings < max_capacity"


def test_a_visit_that_grows_and_30_holds_of_the_added_slot_give_one_winner(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=16)
        booked = floor.book(floor.here[0], floor.patients[0])
        minutes = 2 * _minutes(floor)
        calls: list[Callable[[], Answer]] = [partial(resize, floor.clerk, booked, minutes)]
        calls += [partial(hold, floor.clerk, floor.here[1], floor.service, one) for one in floor.patients[1:31]]
        heard = tally(crowd(calls))
    assert heard[200] + heard[201] == 1
    assert heard["slot-unavailable"] == 30
    assert deadlocks() == 0
    assert live_count(floor.clinic.id) == 1 + heard[201]
    assert_sound(floor.clinic.id)


def test_control_without_the_condition_of_the_claim_the_added_slot_is_taken_twice(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without("ck_slots_current_bookings", "ex_appointments_practitioner")
    for module, name in ((claiming, "CLAIM"), (place, "PUT")):
        statement = getattr(module, name)
        assert CONDITION in statement
        monkeypatch.setattr(module, name, statement.replace(CONDITION, ""))
    for name in ("hold.lock_names", "hold.lock_slots", "claim_again.lock_names"):
        monkeypatch.setattr(f"app.services.booking.{name}", lambda *_: None)
    monkeypatch.setattr("app.services.booking.claim_again.refusal_under_locks", lambda *_, **__: None)
    monkeypatch.setattr("app.services.booking.hold.refusal_of_plan", lambda *_: None)
    floor = Floor(starts=16)
    booked = floor.book(floor.here[0], floor.patients[0])
    resize(floor.clerk, booked, 2 * _minutes(floor))
    heard = tally(crowd([partial(hold, floor.clerk, floor.here[1], floor.service, floor.patients[1])]))
    assert heard[201] == 1


def test_neighbours_that_grow_towards_each_other_end_without_a_deadlock(database: DatabaseUrls) -> None:
    """Each grows to the end of the other's free slot between them: one of each pair has it."""
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=30)
        minutes = _minutes(floor)
        people = iter(floor.patients)
        booked = [floor.book(floor.here[at], next(people)) for at in range(0, 30, 2)]
        heard = tally(crowd([partial(resize, floor.clerk, one, 2 * minutes) for one in booked]))
        assert heard == {200: len(booked)}
        heard = tally(crowd([partial(resize, floor.clerk, one, 3 * minutes) for one in booked]))
    assert heard[200] == 0
    assert deadlocks() == 0
    assert broken_counters(floor.clinic.id) == []


def test_the_same_key_20_times_resizes_once(database: DatabaseUrls) -> None:
    floor = Floor(starts=4)
    booked = floor.book(floor.here[0], floor.patients[0])
    key = request_key(floor.clerk, method="POST", path="/resize", key="the-same", body=1)
    heard = crowd([partial(resize, floor.clerk, booked, 2 * _minutes(floor), key=key, version=2)] * 20)
    assert tally(heard) == {200: 20}
    assert {one.body["version"] for one in heard if isinstance(one, Answer)} == {3}
    assert_sound(floor.clinic.id)


def _minutes(floor: Floor) -> int:
    slot = floor.here[0]
    return int((slot.ends_at - slot.starts_at).total_seconds()) // 60

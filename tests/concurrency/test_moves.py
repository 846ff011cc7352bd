"""Moves against each other and against holds: no deadlock, no lost place, one winner."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import claim as claiming
from app.services.booking import claim_again as moving
from app.services.booking import locks
from app.services.booking.answer import Answer, request_key
from tests.calls import hold, reschedule, reschedule_many
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import Meeting, crowd, tally
from tests.concurrency.floor import Floor
from tests.invariants import assert_sound, live_count

PAIRS = 50


def test_50_pairs_that_want_each_others_places_at_once_end_without_a_deadlock(database: DatabaseUrls) -> None:
    """Each of a pair asks for the other's place: alone neither can have it, and both keep what they had."""
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=PAIRS)
        pairs = floor.pairs(PAIRS)
        calls = [partial(reschedule, floor.clerk, one, floor.there[n]) for n, (one, _) in enumerate(pairs)]
        calls += [partial(reschedule, floor.clerk, other, floor.here[n]) for n, (_, other) in enumerate(pairs)]
        heard = tally(crowd(calls))
    assert heard == {"slot-unavailable": 2 * PAIRS}
    assert deadlocks() == 0
    assert live_count(floor.clinic.id) == 2 * PAIRS
    assert_sound(floor.clinic.id)


def test_50_pairs_exchange_their_places_while_the_twins_exchange_them_back(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=PAIRS, rooms=2)
        pairs = floor.pairs(PAIRS)
        moves = [[(one, floor.there[n]), (other, floor.here[n])] for n, (one, other) in enumerate(pairs)]
        back = [[(other, floor.here[n]), (one, floor.there[n])] for n, (one, other) in enumerate(pairs)]
        heard = tally(crowd([partial(reschedule_many, floor.clerk, move) for move in moves + back]))
    # The second of two equal exchanges finds everybody where they want to be.
    assert heard == {200: 2 * PAIRS}
    assert deadlocks() == 0
    assert floor.slots_of([one for one, _ in pairs]) == [slot.id for slot in floor.there]
    assert floor.slots_of([other for _, other in pairs]) == [slot.id for slot in floor.here]
    assert_sound(floor.clinic.id)


def test_opposite_moves_over_free_places_all_succeed(database: DatabaseUrls) -> None:
    """Here to there and there to here at other times: everybody crosses, nobody waits in a circle."""
    half = PAIRS // 2
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=2 * half, rooms=2)
        people = iter(floor.patients)
        here = [floor.book(slot, next(people)) for slot in floor.here[:half]]
        there = [floor.book(slot, next(people)) for slot in floor.there[half:]]
        calls = [partial(reschedule, floor.clerk, one, slot) for one, slot in zip(here, floor.there, strict=False)]
        ahead = floor.here[half:]
        calls += [partial(reschedule, floor.clerk, one, slot) for one, slot in zip(there, ahead, strict=True)]
        heard = tally(crowd(calls))
    assert heard == {200: 2 * half}
    assert deadlocks() == 0
    assert_sound(floor.clinic.id)


@pytest.mark.long
def test_control_with_names_locked_in_the_order_in_which_they_come_opposite_moves_deadlock(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    met, turn = Meeting(), count()

    def unsorted(session: Any, names: set[str]) -> None:
        people = sorted(name for name in names if name.startswith("practitioner"))
        first, second = people if next(turn) % 2 else reversed(people)
        locks.lock_names(session, [first])
        met.wait()
        locks.lock_names(session, [second])

    monkeypatch.setattr(moving, "lock_names", unsorted)
    floor = Floor(starts=4)
    one, other = floor.book(floor.here[0], floor.patients[0]), floor.book(floor.there[1], floor.patients[1])
    with counted_deadlocks(database) as deadlocks:
        crowd(
            [
                partial(reschedule, floor.clerk, one, floor.there[2]),
                partial(reschedule, floor.clerk, other, floor.here[3]),
            ]
        )
    assert deadlocks() > 0
    assert_sound(floor.clinic.id)


def test_a_move_and_49_holds_of_one_place_give_one_winner(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=26)
        booked = floor.book(floor.here[0], floor.patients[0])
        calls: list[Callable[[], Answer]] = [partial(reschedule, floor.clerk, booked, floor.there[5])]
        calls += [
            partial(hold, floor.clerk, floor.there[5], floor.service, patient) for patient in floor.patients[1:50]
        ]
        heard = tally(crowd(calls))
    assert heard[200] + heard[201] == 1
    assert heard["slot-unavailable"] == 49
    assert deadlocks() == 0
    # The winner has the place; where the move lost, its patient still has the old one.
    assert live_count(floor.clinic.id) == 1 + heard[201]
    assert_sound(floor.clinic.id)


def test_control_without_the_condition_of_the_claim_two_have_one_place(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without("ck_slots_current_bookings", "ex_appointments_practitioner")
    condition = "AND current_bookings < max_capacity"
    assert condition in claiming.CLAIM
    monkeypatch.setattr(claiming, "CLAIM", claiming.CLAIM.replace(condition, ""))
    for name in ("lock_names", "lock_slots"):
        monkeypatch.setattr(f"app.services.booking.hold.{name}", lambda *_: None)
    for _ in range(10):
        floor = Floor(starts=4)
        booked = floor.book(floor.here[0], floor.patients[0])
        heard = tally(
            crowd(
                [partial(reschedule, floor.clerk, booked, floor.there[1])]
                + [partial(hold, floor.clerk, floor.there[1], floor.service, one) for one in floor.patients[1:8]]
            )
        )
        if heard[200] + heard[201] > 1:
            break
    assert heard[200] + heard[201] > 1


def test_the_same_key_20_times_moves_once(database: DatabaseUrls) -> None:
    floor = Floor(starts=4, rooms=1)
    booked = floor.book(floor.here[0], floor.patients[0])
    key = request_key(floor.clerk, method="POST", path="/reschedule", key="the-same", body=1)
    heard = crowd([partial(reschedule, floor.clerk, booked, floor.there[2], key=key, version=2)] * 20)
    assert tally(heard) == {200: 20}
    assert {(h.body["version"], h.body["slot_id"]) for h in heard if isinstance(h, Answer)} == {
        (3, str(floor.there[2].id))
    }
    assert_sound(floor.clinic.id)


def test_control_without_kept_answers_the_twins_hear_that_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.booking.idempotency.require_unanswered", lambda *_: None)
    floor = Floor(starts=4)
    booked = floor.book(floor.here[0], floor.patients[0])
    key = request_key(floor.clerk, method="POST", path="/reschedule", key="the-same", body=1)
    heard = tally(crowd([partial(reschedule, floor.clerk, booked, floor.there[2], key=key, version=2)] * 20))
    assert heard[200] == 1

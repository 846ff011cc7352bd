"""The waitlist: who is next, what is offered, and what each answer does."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from app.errors import (
    OfferAnswered,
    OfferExpired,
    OfferNotFound,
    Overloaded,
    WaitlistEntryEnded,
)
from app.services.booking.answer import request_key
from app.services.waitlist import queue, rounds
from app.services.waitlist.rounds import Looks
from models.schedules import Slot
from models.waiting import PartOfDay
from tests import calls
from tests.builders import NOW, building, guest_of, make_schedule, make_slots, offer
from tests.invariants import assert_sound
from tests.services.waiting_room import Room, make_full_room, make_room, minutes

pytestmark = pytest.mark.usefixtures("database")


def test_a_freed_place_is_held_for_the_one_who_has_waited_longest() -> None:
    room, (booked,) = make_full_room()
    first = room.join(0, now=NOW)
    room.join(1, now=NOW + minutes(1))
    assert room.tick() == 0
    calls.cancel(room.clerk, booked)
    assert room.tick() == 1
    assert room.tick() == 0
    _, entry_id, slot_id = room.only_offer()
    assert (entry_id, slot_id) == (first, room.slots[0].id)
    assert room.appointments("pending") == [(room.patients[0].id, slot_id)]
    ((channel, expires_at),) = room.ask(
        "SELECT channel, hold_expires_at FROM appointments WHERE clinic_id = %(clinic_id)s AND status = 'pending'"
    )
    assert (channel, expires_at) == ("waitlist", NOW + minutes(30))
    assert room.audited(first) == ["waitlist-join", "waitlist-offer"]
    assert_sound(room.clinic_id)


def test_urgent_wishes_come_first() -> None:
    room = make_room(slots=1)
    room.join(0)
    urgent = room.join(1, now=NOW + minutes(5), is_urgent=True)
    room.tick(now=NOW + minutes(6))
    assert room.only_offer()[1] == urgent


def test_control_without_its_place_in_the_order_urgency_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "NOT e.is_urgent, e.created_at" in queue.WAITING
    monkeypatch.setattr(queue, "WAITING", queue.WAITING.replace("NOT e.is_urgent, e.created_at", "e.created_at"))
    room = make_room(slots=1)
    first = room.join(0)
    room.join(1, now=NOW + minutes(5), is_urgent=True)
    room.tick(now=NOW + minutes(6))
    assert room.only_offer()[1] == first


def test_a_place_that_is_free_when_somebody_joins_is_offered() -> None:
    room = make_room()
    entry = room.join(0)
    assert room.tick() == 1
    assert room.only_offer()[1:] == (entry, room.slots[0].id)


def test_accepting_books_what_is_held() -> None:
    room = make_room(slots=1)
    entry = room.join(0)
    room.tick()
    answer = room.accept(room.patient(0), room.only_offer()[0])
    assert (answer.status, answer.body["status"]) == (200, "booked")
    assert room.appointments("booked") == [(room.patients[0].id, room.slots[0].id)]
    assert room.statuses() == {entry: "booked"}
    assert room.audited(entry)[-1] == "waitlist-accept"
    assert room.tick() == 0
    assert_sound(room.clinic_id)


def test_an_offer_answered_twice_changes_nothing_and_says_so() -> None:
    room = make_room(slots=1)
    room.join(0)
    room.tick()
    offer_id = room.only_offer()[0]
    room.accept(room.patient(0), offer_id)
    for answer in (room.accept, room.decline):
        with pytest.raises(OfferAnswered, match="booked"):
            answer(room.patient(0), offer_id)
    assert len(room.appointments("booked")) == 1


def test_an_acceptance_that_is_repeated_under_its_key_hears_the_same() -> None:
    room = make_room(slots=1)
    room.join(0)
    room.tick()
    offer_id = room.only_offer()[0]
    key = request_key(room.patient(0), method="POST", path="/accept", key="k", body={})
    first, again = (room.accept(room.patient(0), offer_id, key=key) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)


def test_a_declined_place_passes_on_and_does_not_come_back() -> None:
    room = make_room(slots=1)
    first, second = room.join(0), room.join(1, now=NOW + minutes(1))
    room.tick(now=NOW + minutes(2))
    room.decline(room.patient(0), room.only_offer()[0], now=NOW + minutes(3))
    assert room.statuses() == {first: "waiting", second: "waiting"}
    assert room.tick(now=NOW + minutes(3)) == 1
    assert room.only_offer()[1] == second
    room.decline(room.patient(1), room.only_offer()[0], now=NOW + minutes(4))
    assert room.tick(now=NOW + minutes(4)) == 0
    assert room.tick(now=NOW + timedelta(hours=25)) == 0
    assert room.appointments("pending") == []


def test_an_offer_that_runs_out_passes_on_without_the_sweeper() -> None:
    room = make_room(slots=1)
    first, second = room.join(0), room.join(1, now=NOW + minutes(1))
    room.tick(now=NOW + minutes(2))
    offer_id = room.only_offer()[0]
    assert room.tick(now=NOW + minutes(31)) == 0
    assert room.tick(now=NOW + minutes(32)) == 1
    assert room.only_offer()[1] == second
    with pytest.raises(OfferExpired):
        room.accept(room.patient(0), offer_id, now=NOW + minutes(33))
    assert room.statuses() == {first: "waiting", second: "offered"}
    assert room.audited(first)[-1] == "waitlist-expire"
    assert_sound(room.clinic_id)


def test_an_offer_cannot_be_accepted_once_its_time_is_over_even_before_anybody_noticed() -> None:
    room = make_room(slots=1)
    room.join(0)
    room.tick()
    for answer in (room.accept, room.decline):
        with pytest.raises(OfferExpired):
            answer(room.patient(0), room.only_offer()[0], now=NOW + minutes(30))


def test_nobody_is_offered_a_place_during_another_appointment_of_theirs() -> None:
    room = make_room(slots=1)
    with building() as session:
        elsewhere = make_slot_beside(session, room)
    calls.confirm(room.clerk, calls.hold(room.clerk, elsewhere, room.service, room.patients[0]))
    clashing, other = room.join(0), room.join(1, now=NOW + minutes(1))
    assert room.tick(now=NOW + minutes(2)) == 1
    assert room.only_offer()[1] == other
    room.tick(now=NOW + minutes(3))
    assert room.audited(clashing) == ["waitlist-join", "waitlist-clash"]
    assert [entry for _, entry, _ in room.offers("clashed")] == [clashing]


def make_slot_beside(session: Session, room: Room) -> Slot:
    beside = make_schedule(session, clinic=room.clinic_id)
    offer(session, service=room.service, practitioner=beside.practitioner_id)
    (slot,) = make_slots(session, schedule=beside, count=1)
    return slot


def test_who_clashed_is_offered_the_place_once_the_other_appointment_is_gone() -> None:
    room = make_room(slots=1)
    with building() as session:
        elsewhere = make_slot_beside(session, room)
    booked = calls.confirm(room.clerk, calls.hold(room.clerk, elsewhere, room.service, room.patients[0]))
    entry = room.join(0)
    assert room.tick() == 0
    calls.cancel(room.clerk, booked)
    assert room.tick() == 1
    assert room.only_offer()[1] == entry


def test_joining_twice_is_one_entry() -> None:
    room = make_room()
    answer = room.asked_to_join(0)
    again = room.asked_to_join(0, part_of_day=PartOfDay.EVENING)
    assert (answer.status, again.status) == (201, 200)
    assert answer.body == again.body
    assert len(room.statuses()) == 1


def test_who_withdraws_gives_the_offered_place_back() -> None:
    room = make_room(slots=1)
    entry, other = room.join(0), room.join(1, now=NOW + minutes(1))
    room.tick(now=NOW + minutes(2))
    answer = room.withdraw(entry, now=NOW + minutes(3))
    assert answer.body["status"] == "withdrawn"
    assert room.tick(now=NOW + minutes(3)) == 1
    assert room.only_offer()[1] == other
    assert room.audited(entry)[-2:] == ["waitlist-decline", "waitlist-withdraw"]
    with pytest.raises(WaitlistEntryEnded):
        room.withdraw(entry, now=NOW + minutes(4))
    assert_sound(room.clinic_id)


def test_after_withdrawing_one_may_join_again() -> None:
    room = make_room()
    room.withdraw(room.join(0))
    assert room.asked_to_join(0).status == 201


def test_what_the_desk_does_with_the_hold_settles_the_offer() -> None:
    for by_desk, entry_status, offer_status in (
        (calls.confirm, "booked", "accepted"),
        (calls.cancel, "waiting", "declined"),
    ):
        room = make_room(slots=1)
        entry = room.join(0)
        room.tick()
        ((held,),) = room.ask("SELECT appointment_id FROM waitlist_offers WHERE clinic_id = %(clinic_id)s")
        by_desk(room.clerk, held)
        room.tick()
        assert room.statuses() == {entry: entry_status}
        assert len(room.offers(offer_status)) == 1


def test_staff_may_answer_for_the_patient_and_strangers_may_not() -> None:
    room = make_room(slots=1)
    room.join(0)
    room.tick()
    offer_id = room.only_offer()[0]
    for stranger in (room.patient(1), guest_of(room.clinic_id)):
        for answer in (room.accept, room.decline):
            with pytest.raises(OfferNotFound):
                answer(stranger, offer_id)
    assert room.accept(room.clerk, offer_id).body["status"] == "booked"


def test_without_a_change_a_search_is_looked_at_once_a_minute() -> None:
    room, (booked,) = make_full_room()
    room.join(0)
    looks = Looks()
    later = NOW + minutes(1)
    room.tick(now=later, looks=looks)
    room.tick(now=later + minutes(0.5), looks=looks)
    assert list(looks.at[room.clinic_id].values()) == [later]
    calls.cancel(room.clerk, booked, now=later + minutes(0.6))
    assert room.tick(now=later + minutes(0.7), looks=looks) == 1


def test_control_without_the_look_at_changes_a_freed_place_waits_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "action <> ALL(%(harmless)s::text[])" in rounds.CHANGED
    monkeypatch.setattr(rounds, "CHANGED", rounds.CHANGED.replace("action <> ALL(%(harmless)s::text[])", "false"))
    room, (booked,) = make_full_room()
    room.join(0)
    looks, later = Looks(), NOW + minutes(1)
    room.tick(now=later, looks=looks)
    calls.cancel(room.clerk, booked, now=later + minutes(0.6))
    assert room.tick(now=later + minutes(0.7), looks=looks) == 0
    assert room.tick(now=later + minutes(1), looks=looks) == 1


def test_a_search_whose_offer_could_not_be_made_stays_due(monkeypatch: pytest.MonkeyPatch) -> None:
    room, looks = make_room(slots=1), Looks()
    room.join(0)

    def busy(*_: object, **__: object) -> None:
        raise Overloaded

    with monkeypatch.context() as patch:
        patch.setattr(rounds, "attempt", busy)
        assert room.tick(now=NOW + minutes(0.5), looks=looks) == 0
    assert not looks.at[room.clinic_id]
    assert room.tick(now=NOW + minutes(0.6), looks=looks) == 1


def test_where_nobody_waits_a_round_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("looked")

    for name in ("end_run_out_offers", "settle", "proposals", "first_row"):
        monkeypatch.setattr(rounds, name, fail)
    assert make_room().tick() == 0

"""No offer is accepted by two, no place is offered to two, nobody is asked twice: whoever comes at the same time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg
import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import confirm as confirming
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.expire import sweep
from app.services.booking.retry import attempt
from app.services.waitlist import accept as accepting
from app.services.waitlist import decline as declining
from app.services.waitlist import offer as offering
from app.services.waitlist.entries import read_entry
from app.services.waitlist.free_places import place_at
from models.db import DatabaseRole, transaction
from tests.builders import NOW, building, job_of, make_service
from tests.calls import cancel, confirm, hold
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import crowd, tally
from tests.invariants import assert_sound, broken_counters
from tests.services.waiting_room import Room, make_room, minutes

CALLERS, PAIRS = 50, 6
OFFER_ENDS = NOW + minutes(30)


@pytest.fixture(scope="module", autouse=True)
def no_deadlock(database: DatabaseUrls) -> Iterator[None]:
    """Nothing in this module deadlocks, the controls included."""
    with counted_deadlocks(database) as deadlocks:
        yield
        assert deadlocks() == 0


def offered(**room: int) -> tuple[Room, UUID]:
    """A clinic whose one place was just offered to its first patient; the second one waits too."""
    made = make_room(slots=1, **room)
    made.join(0)
    made.join(1)
    assert made.tick() == 1
    ((offer_id, _, _),) = made.offers()
    return made, offer_id


def one_round(room: Room, now: datetime = NOW) -> Answer:
    return Answer(200, {"offered": room.tick(now=now)})


def swept(room: Room, now: datetime) -> Answer:
    job = job_of(room.clinic_id)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        return Answer(204, {"swept": len(sweep(session, job, batch=10, now=now))})


def accepted(room: Room) -> int:
    statement = "SELECT 1 FROM audit_events WHERE clinic_id = %(clinic_id)s AND action = 'waitlist-accept'"
    return len(room.ask(statement))


def test_an_offer_that_50_accept_at_once_is_accepted_once() -> None:
    room, offer_id = offered()
    heard = tally(crowd([partial(room.accept, room.patient(0), offer_id)] * CALLERS))
    assert heard == {200: 1, "offer-answered": CALLERS - 1}
    assert room.appointments("booked") == [(room.patients[0].id, room.slots[0].id)]
    assert accepted(room) == 1
    assert_sound(room.clinic_id)


def confirm_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    condition = (
        "AND status = 'pending'\n     AND (hold_expires_at > %(now)s::timestamptz OR pay_deadline_at IS NOT NULL)"
    )
    assert condition in confirming.CONFIRM
    monkeypatch.setattr(confirming, "CONFIRM", confirming.CONFIRM.replace(condition, ""))
    monkeypatch.setattr(confirming, "_require_live_hold", lambda *_, **__: None)
    for verb in (accepting, declining):
        monkeypatch.setattr(verb, "require_open", lambda *_, **__: None)


def test_control_without_the_question_whether_it_is_open_many_acceptances_go_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    confirm_anything(monkeypatch)
    room, offer_id = offered()
    heard = tally(crowd([partial(room.accept, room.patient(0), offer_id)] * CALLERS))
    assert heard[200] > 1
    assert accepted(room) > 1


def end_against_acceptance(end: Callable[[Room, UUID], Answer], *, accept_at: datetime) -> list[Room]:
    """Let an offer be accepted and ended otherwise at the same moment, again and again; return the clinics."""
    rooms = []
    for turn in range(PAIRS):
        room, offer_id = offered()
        calls = [
            partial(room.accept, room.patient(0), offer_id, now=accept_at),
            partial(end, room, offer_id),
        ]
        crowd(calls if turn % 2 else calls[::-1])
        rooms.append(room)
    return rooms


ENDS: dict[str, Callable[[Room, UUID], Answer]] = {
    "the round that ends it": lambda room, _: one_round(room, OFFER_ENDS),
    "the sweeper": lambda room, _: swept(room, OFFER_ENDS),
    "its declining": lambda room, offer_id: room.decline(room.patient(0), offer_id),
    "the withdrawal of its entry": lambda room, offer_id: room.withdraw(
        room.offers("open", "accepted", "declined")[0][1]
    ),
    "the desk that cancels the hold": lambda room, _: cancel(room.clerk, held_of(room), version=1),
    "the desk that books the hold": lambda room, _: confirm(room.clerk, held_of(room)),
}


def held_of(room: Room) -> UUID:
    ((appointment_id,),) = room.ask("SELECT appointment_id FROM waitlist_offers WHERE clinic_id = %(clinic_id)s")
    return UUID(str(appointment_id))


@pytest.mark.parametrize("end", ENDS)
def test_an_acceptance_against_an_end_leaves_one_of_them(end: str) -> None:
    rooms = end_against_acceptance(ENDS[end], accept_at=OFFER_ENDS - timedelta(seconds=1))
    for room in rooms:
        room.tick(now=OFFER_ENDS)
        ((status, held),) = room.ask(
            "SELECT o.status, a.status FROM waitlist_offers o"
            " JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.appointment_id"
            " WHERE o.clinic_id = %(clinic_id)s ORDER BY o.offered_at LIMIT 1"
        )
        assert (status == "accepted") == (held == "booked"), (status, held)
        assert status != "open"
        assert accepted(room) == (status == "accepted")
        # Whoever comes next is offered the place exactly when it was not accepted.
        assert len(room.offers("open")) == (status != "accepted")
        assert_sound(room.clinic_id)


def test_control_without_the_question_a_place_that_was_given_back_is_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    confirm_anything(monkeypatch)
    for _ in range(5):
        rooms = end_against_acceptance(ENDS["the sweeper"], accept_at=OFFER_ENDS - timedelta(seconds=1))
        if any(broken_counters(room.clinic_id) for room in rooms):
            return
    pytest.fail("no acceptance met the sweeper in time")


def test_rounds_at_once_offer_each_place_to_one_and_nobody_two() -> None:
    people = 6
    room = make_room(slots=people - 1, patients=people)
    for number in range(people):
        room.join(number, now=NOW + timedelta(seconds=number))
    now = NOW + minutes(1)
    crowd([partial(one_round, room, now)] * 8)
    room.tick(now=now)
    offers = room.offers()
    assert len(offers) == len({entry for _, entry, _ in offers}) == len({slot for _, _, slot in offers}) == people - 1
    # The last one in the queue is the one who got nothing.
    assert list(room.statuses().values()).count("waiting") == 1
    assert_sound(room.clinic_id)


def offers_of_two_wishes_at_once() -> list[int]:
    """Let two copies of the scheduler offer one person a place for each of two wishes; return how many they got."""
    counts = []
    for _ in range(PAIRS):
        room = make_room(slots=2, patients=1)
        with building() as session:
            other = make_service(session, clinic=room.clinic_id, practitioners=[room.schedule.practitioner_id])
        first = partial(offer_to, room, room.join(0), room.slots[0].id)
        room.service = other
        crowd([first, partial(offer_to, room, room.join(0), room.slots[1].id)])
        counts.append(len(room.offers()))
        assert_sound(room.clinic_id)
    return counts


def offer_to(room: Room, entry_id: UUID, slot_id: UUID) -> Answer:
    """Offer a place as a round does that has just found it."""
    job = job_of(room.clinic_id)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        entry = read_entry(session, room.clinic_id, entry_id)
        place = place_at(session, job, slot_id=slot_id, service_id=entry.service_id)
    key = single_use_key(job, "offer")
    verb = partial(offering.offer, principal=job, entry=entry, place=place, key=key, now=NOW)
    return attempt(job, verb, key=key, now=NOW, role=DatabaseRole.WORKER)


def test_two_offers_at_once_keep_the_days_limit_of_a_person() -> None:
    assert offers_of_two_wishes_at_once() == [1] * PAIRS


def test_control_without_the_second_count_a_person_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "_require_within_limit", lambda *_, **__: None)
    assert offers_of_two_wishes_at_once() == [2] * PAIRS


def test_two_places_at_once_for_one_entry_are_one_offer() -> None:
    room = make_room(slots=8)
    entry_id = room.join(0)
    heard = tally(crowd([partial(offer_to, room, entry_id, slot.id) for slot in room.slots]))
    assert heard == {201: 1, "waitlist-not-next": 7}
    assert len(room.appointments("pending")) == 1


def test_control_without_the_look_at_the_entry_only_the_index_keeps_it_from_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for guard in ("_require_unchanged", "_require_within_limit"):
        monkeypatch.setattr(offering, guard, lambda *_, **__: None)
    room = make_room(slots=8)
    entry_id = room.join(0)
    with pytest.raises(psycopg.errors.UniqueViolation, match="uq_waitlist_offers_open"):
        crowd([partial(offer_to, room, entry_id, slot.id) for slot in room.slots])


def test_a_place_goes_to_the_desk_or_to_the_waitlist() -> None:
    for _ in range(PAIRS):
        room = make_room(slots=1)
        room.join(0)
        heard = crowd(
            [partial(one_round, room), partial(hold, room.clerk, room.slots[0], room.service, room.patients[1])]
        )
        assert len(room.appointments("pending")) == 1
        assert (heard[0].body["offered"] == 1) == (tally(heard)[201] == 0)  # type: ignore[union-attr]
        assert_sound(room.clinic_id)


def test_joining_at_once_makes_one_entry() -> None:
    room = make_room()
    heard = tally(crowd([partial(room.asked_to_join, 0)] * 20))
    assert heard == {201: 1, 200: 19}
    assert len(room.statuses()) == 1


def waiting_to_move() -> tuple[Room, UUID, UUID]:
    """A clinic whose first patient has the second place and was just offered the first; return both."""
    room = make_room(slots=2, patients=3)
    kept = room.book(1, 0)
    room.join(0, appointment_id=kept)
    room.tick()
    ((offer_id, _, _),) = room.offers()
    return room, kept, offer_id


def test_moving_somebody_earlier_against_its_cancellation_leaves_one_of_them() -> None:
    for turn in range(PAIRS):
        room, kept, offer_id = waiting_to_move()
        calls = [partial(room.accept, room.patient(0), offer_id), partial(cancel, room.clerk, kept)]
        crowd(calls if turn % 2 else calls[::-1])
        live = room.appointments("pending", "booked")
        assert live in ([(room.patients[0].id, room.slots[0].id)], [])
        assert_sound(room.clinic_id)


def test_somebody_who_accepts_50_times_at_once_is_moved_once() -> None:
    room, kept, offer_id = waiting_to_move()
    heard = tally(crowd([partial(room.accept, room.patient(0), offer_id)] * CALLERS))
    assert heard[200] == 1
    assert set(heard) <= {200, "offer-answered", "overloaded"}
    moves = "SELECT count(*) FROM audit_events WHERE object_id = %(id)s AND action = 'reschedule'"
    assert room.ask(moves, id=kept) == [(1,)]
    assert accepted(room) == 1
    assert_sound(room.clinic_id)


def test_moving_somebody_earlier_against_the_end_of_the_offer_leaves_one_of_them() -> None:
    for end in ("the round that ends it", "the sweeper", "its declining", "the desk that cancels the hold"):
        for turn in range(2):
            room, kept, offer_id = waiting_to_move()
            held = held_of(room)
            at = OFFER_ENDS - timedelta(seconds=1)
            calls = [partial(room.accept, room.patient(0), offer_id, now=at), partial(ENDS[end], room, offer_id)]
            crowd(calls if turn % 2 else calls[::-1])
            ((slot_id,),) = room.ask("SELECT slot_id FROM appointments WHERE id = %(id)s", id=kept)
            ((reason,),) = room.ask("SELECT cancel_reason FROM appointments WHERE id = %(id)s", id=held)
            assert (slot_id == room.slots[0].id) == (reason == "moved") == (accepted(room) == 1), (end, turn)
            assert_sound(room.clinic_id)


def test_control_without_the_question_whether_it_is_open_an_ended_offer_still_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accepting, "require_open", lambda *_, **__: None)
    monkeypatch.setattr(accepting, "_is_held", lambda *_: True)
    room, kept, offer_id = waiting_to_move()
    room.decline(room.patient(0), offer_id)
    room.accept(room.patient(0), offer_id)
    assert room.ask("SELECT slot_id FROM appointments WHERE id = %(id)s", id=kept) == [(room.slots[0].id,)]

"""What ends a wish or an offer beside an answer: the desk that books the service itself; what may be asked again."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import OfferClashed
from app.services.waitlist import places, rounds, settle
from tests import calls
from tests.builders import NOW, TOMORROW, building, make_service, make_slots
from tests.invariants import assert_sound
from tests.services.waiting_room import Room, make_full_room, make_room, minutes

pytestmark = pytest.mark.usefixtures("database")
LATER = NOW + minutes(5)


def desk_books(room: Room, slot: int, patient: int) -> None:
    held = calls.hold(room.clerk, room.slots[slot], room.service, room.patients[patient], now=LATER)
    calls.confirm(room.clerk, held, now=LATER)


def test_a_wish_ends_when_the_desk_books_the_service_for_the_patient() -> None:
    room, _ = make_full_room(slots=1, waiting=2)
    mine, other = room.join(0), room.join(1)
    with building() as session:
        elsewhere = make_service(session, clinic=room.clinic_id, practitioners=[room.schedule.practitioner_id])
    waits_on, room.service = room.service, elsewhere
    another_service = room.join(0)
    room.service = waits_on
    with building() as session:
        room.slots += make_slots(session, schedule=room.schedule, count=1, starts_at=TOMORROW + timedelta(hours=5))
    desk_books(room, 1, 0)
    room.tick(now=LATER)
    assert room.statuses() == {mine: "booked", other: "waiting", another_service: "waiting"}
    assert room.audited(mine)[-1] == "waitlist-fulfil"


def test_what_is_held_for_somebody_who_got_the_service_otherwise_passes_on() -> None:
    room = make_room(slots=2, patients=3)
    mine = room.join(0)
    room.tick()
    offer_id, _, slot_id = room.only_offer()
    second = room.join(1, now=NOW + minutes(1))
    taken = next(number for number, slot in enumerate(room.slots) if slot.id != slot_id)
    desk_books(room, taken, 0)
    assert room.tick(now=LATER) == 1
    assert room.only_offer()[1:] == (second, slot_id)
    assert room.statuses() == {mine: "booked", second: "offered"}
    assert room.ask("SELECT status FROM waitlist_offers WHERE id = %(id)s", id=offer_id) == [("declined",)]
    assert_sound(room.clinic_id)


def test_control_without_that_look_a_place_stays_held_for_who_needs_it_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "end_needless_offers", lambda *_, **__: [])
    monkeypatch.setattr(settle, "FULFIL", settle.FULFIL.replace("e.status = 'waiting'", "false"))
    room = make_room(slots=2, patients=3)
    mine = room.join(0)
    room.tick()
    taken = next(number for number, slot in enumerate(room.slots) if slot.id != room.only_offer()[2])
    desk_books(room, taken, 0)
    room.tick(now=LATER)
    assert room.only_offer()[1] == mine


def test_a_booking_from_before_the_wish_and_a_wish_to_come_earlier_end_nothing() -> None:
    room = make_room(slots=3, patients=2)
    kept = room.book(2, 0)
    room.book(1, 1)
    earlier = room.join(0, now=LATER, appointment_id=kept)
    again = room.join(1, now=LATER)
    room.tick(now=LATER)
    assert set(room.statuses()) == {earlier, again}
    assert "booked" not in room.statuses().values()


def offered_earlier() -> tuple[Room, UUID, UUID, UUID]:
    """Offer the second slot to somebody who has the third; the first is somebody else's, and one more waits."""
    room = make_room(slots=3, patients=4)
    kept, first = room.book(2, 0), room.book(0, 1)
    mine = room.join(0, appointment_id=kept)
    room.tick()
    assert room.only_offer()[1:] == (mine, room.slots[1].id)
    return room, kept, first, mine


def test_a_place_that_cannot_be_taken_by_what_was_moved_earlier_still_passes_on() -> None:
    room, kept, first, mine = offered_earlier()
    calls.cancel(room.clerk, first, now=LATER)
    calls.reschedule(room.clerk, kept, room.slots[0], now=LATER)
    second = room.join(2, now=LATER)
    assert room.tick(now=LATER) == 1
    assert room.only_offer()[1:] == (second, room.slots[1].id)
    # The wish stands, for what is earlier than that.
    assert room.statuses() == {mine: "waiting", second: "offered"}
    assert_sound(room.clinic_id)


def test_and_so_does_one_for_who_is_here_already() -> None:
    room, kept, _, mine = offered_earlier()
    calls.visit(room.clerk, "arrive", kept, now=LATER)
    second = room.join(2, now=LATER)
    assert room.tick(now=LATER) == 1
    assert room.only_offer()[1:] == (second, room.slots[1].id)
    assert room.statuses() == {mine: "lapsed", second: "offered"}
    assert_sound(room.clinic_id)


def test_an_offer_stays_for_whose_appointment_moved_and_is_still_later_or_was_cancelled() -> None:
    room, kept, _, mine = offered_earlier()
    offer = room.only_offer()
    with building() as session:
        room.slots += make_slots(session, schedule=room.schedule, count=1, starts_at=TOMORROW + timedelta(hours=5))
    calls.reschedule(room.clerk, kept, room.slots[3], now=LATER)
    room.tick(now=LATER)
    assert room.only_offer() == offer
    calls.cancel(room.clerk, kept, now=LATER)
    room.tick(now=LATER)
    assert room.only_offer() == offer
    room.accept(room.patient(0), offer[0], now=LATER)
    assert room.statuses() == {mine: "booked"}
    assert_sound(room.clinic_id)


def test_control_without_that_look_nobody_can_have_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "NEEDLESS", settle.NEEDLESS.replace(settle.CANNOT_MOVE, "false"))
    room, kept, _, mine = offered_earlier()
    calls.visit(room.clerk, "arrive", kept, now=LATER)
    room.join(2, now=LATER)
    room.tick(now=LATER)
    offer_id, whose, _ = room.only_offer()
    assert whose == mine
    with pytest.raises(OfferClashed):
        room.accept(room.patient(0), offer_id, now=LATER)


def ran_out() -> tuple[Room, object]:
    room = make_room(slots=1, patients=2, starts_at=NOW + timedelta(days=3))
    entry = room.join(0)
    room.tick()
    slot_id = room.only_offer()[2]
    assert room.tick(now=NOW + minutes(31)) == 0
    return room, (entry, slot_id)


def test_a_place_whose_offer_ran_out_is_offered_again_on_another_day_and_not_before() -> None:
    room, again = ran_out()
    assert room.tick(now=NOW + timedelta(hours=6)) == 0
    assert room.tick(now=NOW + timedelta(days=1)) == 1
    assert room.only_offer()[1:] == again


def test_control_without_the_day_it_is_never_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_was_offered", lambda waiting, place, *, now: place.id in dict(waiting.ran_out))
    room, _ = ran_out()
    assert room.tick(now=NOW + timedelta(days=1)) == 0

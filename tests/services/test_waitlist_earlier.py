"""To be moved earlier: somebody keeps what they have until they accept something earlier."""

from datetime import time
from functools import partial
from uuid import UUID

import pytest

from app.errors import (
    InvalidField,
    OfferAnswered,
    OfferClashed,
    SlotUnavailable,
)
from app.services.booking.answer import single_use_key
from app.services.booking.reschedule import reschedule
from app.services.booking.retry import attempt
from models.appointments import Appointment
from models.base import new_id
from models.schedules import Slot, SlotStatus
from models.series import Series, SeriesUnit
from tests import calls
from tests.builders import NOW, TOMORROW, building
from tests.invariants import assert_sound
from tests.services.waiting_room import Room, make_room, minutes

pytestmark = pytest.mark.usefixtures("database")
EVERY_WEEK = {
    **{"every": 1, "unit": SeriesUnit.WEEK, "first_on": TOMORROW.date(), "starts_local": time(9), "occurrences": 3},
    **{"made_by": "user:tests", "created_at": NOW},
}


def waiting_to_move() -> tuple[Room, UUID, UUID]:
    room = make_room(slots=3)
    kept = room.book(2, 0)
    room.book(1, 1)
    return room, kept, room.join(0, appointment_id=kept)


def test_the_old_place_is_given_back_with_the_acceptance_and_offered_on() -> None:
    room, kept, entry = waiting_to_move()
    later = room.join(2, now=NOW + minutes(1))
    assert room.tick(now=NOW + minutes(2)) == 1
    assert room.only_offer()[1:] == (entry, room.slots[0].id)
    room.accept(room.patient(0), room.only_offer()[0], now=NOW + minutes(3))
    mine = [slot for patient, slot in room.appointments("booked") if patient == room.patients[0].id]
    assert mine == [room.slots[0].id]
    assert room.ask("SELECT status, slot_id FROM appointments WHERE id = %(id)s", id=kept) == [
        ("booked", room.slots[0].id)
    ]
    assert room.tick(now=NOW + minutes(3)) == 1
    assert room.only_offer()[1:] == (later, room.slots[2].id)
    assert_sound(room.clinic_id)


def test_it_stays_the_same_appointment_with_its_series_and_what_was_said_at_its_booking() -> None:
    room, kept, entry = waiting_to_move()
    series_id = new_id()
    with building() as session:
        place = {name: getattr(room.schedule, name) for name in ("clinic_id", "practitioner_id", "location_id")}
        whose = {"id": series_id, "patient_id": room.patients[0].id, "service_id": room.service.id}
        session.add(Series(**place, **whose, **EVERY_WEEK))
        session.flush()
        appointment = session.get_one(Appointment, (room.clinic_id, kept))
        appointment.series_id, appointment.series_number, appointment.comment_sealed = series_id, 2, b"sealed"
        session.add(appointment)
    room.tick()
    offer_id = room.only_offer()[0]
    answer = room.accept(room.patient(0), offer_id)
    assert answer.body["id"] == str(kept)
    columns = "SELECT series_id, series_number, comment_sealed, version, channel FROM appointments WHERE id = %(id)s"
    assert room.ask(columns, id=kept) == [(series_id, 2, b"sealed", 3, "desk")]
    assert room.ask("SELECT count(*) FROM appointments WHERE clinic_id = %(clinic_id)s AND live") == [(2,)]
    assert room.statuses() == {entry: "booked"}
    held = "SELECT a.status, a.cancel_reason FROM appointments a JOIN waitlist_offers o ON o.appointment_id = a.id"
    assert room.ask(held + " WHERE o.id = %(id)s", id=offer_id) == [("cancelled", "moved")]
    # One letter: of the move, at once; nobody hears of the hold that ended.
    told = "SELECT not_before = created_at FROM outbox_events WHERE aggregate_id = %(id)s AND kind = %(kind)s"
    assert room.ask(told, id=kept, kind="appointment.rescheduled") == [(True,)]
    with pytest.raises(OfferAnswered):
        room.accept(room.patient(0), offer_id)
    assert_sound(room.clinic_id)


def test_a_place_that_was_closed_meanwhile_leaves_the_appointment_where_it_is() -> None:
    room, kept, _ = waiting_to_move()
    room.tick()
    with building() as session:
        session.get_one(Slot, (room.clinic_id, room.slots[0].id)).status = SlotStatus.BLOCKED
    with pytest.raises(SlotUnavailable):
        room.accept(room.patient(0), room.only_offer()[0])
    assert room.ask("SELECT status, slot_id FROM appointments WHERE id = %(id)s", id=kept) == [
        ("booked", room.slots[2].id)
    ]
    assert_sound(room.clinic_id)


def test_what_is_declined_leaves_the_appointment_as_it_was() -> None:
    room, kept, _ = waiting_to_move()
    room.tick()
    room.decline(room.patient(0), room.only_offer()[0])
    assert room.ask("SELECT status, version FROM appointments WHERE id = %(id)s", id=kept) == [("booked", 2)]


def test_a_later_time_is_no_offer() -> None:
    room = make_room(slots=3)
    room.join(0, appointment_id=room.book(0, 0))
    assert room.tick() == 0


def test_an_appointment_that_was_moved_even_earlier_cannot_be_replaced() -> None:
    room = make_room(slots=3, patients=4)
    kept = room.book(2, 0)
    room.join(0, appointment_id=kept)
    first = room.book(0, 1)
    room.tick()
    assert room.only_offer()[2] == room.slots[1].id
    calls.cancel(room.clerk, first)
    move(room, kept, room.slots[0].id)
    with pytest.raises(OfferClashed):
        room.accept(room.patient(0), room.only_offer()[0])
    assert len(room.appointments("booked")) == 1


def test_the_wish_lapses_when_the_appointment_is_gone_or_has_begun() -> None:
    for number, ends_by_time in enumerate((True, False)):
        room = make_room(slots=2)
        room.book(0, 1)
        kept = room.book(1, 0)
        entry = room.join(0, appointment_id=kept)
        later = TOMORROW + minutes(15) if ends_by_time else NOW
        if not ends_by_time:
            calls.cancel(room.clerk, kept)
        room.tick(now=later)
        assert room.statuses() == {entry: "lapsed"}, number
        assert room.audited(entry)[-1] == "waitlist-lapse"


def test_it_must_be_a_booked_one_of_the_same_patient_and_service() -> None:
    room = make_room(slots=2)
    of_another = room.book(0, 1)
    gone = room.book(1, 0)
    calls.cancel(room.clerk, gone)
    for appointment_id in (of_another, gone, new_id()):
        with pytest.raises(InvalidField, match=r"appointment"):
            room.join(0, appointment_id=appointment_id)


def move(room: Room, appointment_id: UUID, slot_id: UUID) -> None:
    key = single_use_key(room.clerk, "reschedule")
    wanted = {"appointment_id": appointment_id, "slot_id": slot_id}
    attempt(room.clerk, partial(reschedule, principal=room.clerk, **wanted, key=key, now=NOW), key=key, now=NOW)

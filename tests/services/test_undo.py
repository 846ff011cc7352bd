"""Every step back, and the way back into a place that was given up: only while it is free, and only on the day."""

from datetime import datetime, timedelta

import pytest

from app.errors import (
    InvalidTransition,
    NotPermitted,
    OutsideCancellationWindow,
    PatientOverlap,
    RoomUnavailable,
    SlotUnavailable,
)
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer
from app.settings import settings
from models.accounts import Role
from models.appointments import CancelReason
from models.schedules import Slot, SlotStatus
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    guest_of,
    staff_of,
)
from tests.calls import cancel, confirm, hold, reschedule, visit
from tests.invariants import assert_sound
from tests.services.house import MINUTE, House, S, stamps

pytestmark = pytest.mark.database


@pytest.fixture
def house(database: DatabaseUrls) -> House:
    return House()


def test_every_step_is_taken_back_to_where_it_came_from(house: House) -> None:
    booked = house.book()
    manager = staff_of(house.clinic, role=Role.MANAGER)
    house.walk(booked, "arrive", "check_in", "enter_room", "complete")
    later = TOMORROW + timedelta(hours=1)
    came = {"booked_at", "arrived_at", "checked_in_at", "roomed_at"}
    for status, left in (
        (S.CHECKED_IN, came),
        (S.CHECKED_IN, came - {"roomed_at"}),
        (S.ARRIVED, came - {"roomed_at", "checked_in_at"}),
        (S.BOOKED, {"booked_at"}),
    ):
        visit(manager, "undo", booked, now=later)
        row = house.row(booked)
        assert (row.status, set(stamps(row))) == (status, left)
    assert stamps(house.row(booked)) == {"booked_at": NOW}
    with pytest.raises(InvalidTransition):
        visit(manager, "undo", booked, now=later)


def test_who_comes_late_gets_the_place_back_while_it_is_free(house: House) -> None:
    booked = house.book()
    visit(house.clerk, "mark_no_show", booked, now=TOMORROW)
    late = TOMORROW + 10 * MINUTE
    assert visit(house.clerk, "arrive", booked, now=late).body["status"] == "arrived"
    assert stamps(house.row(booked)) == {"booked_at": NOW, "arrived_at": late}
    assert house.counted(house.slots[0]) == 1
    assert_sound(house.clinic.id)


def test_who_comes_on_another_day_has_not_come_late_but_not_at_all(house: House) -> None:
    booked = house.book()
    visit(house.clerk, "mark_no_show", booked, now=TOMORROW)
    with pytest.raises(InvalidTransition):
        visit(house.clerk, "arrive", booked, now=TOMORROW + timedelta(days=1))


def give_up(house: House, answer: Answer, how: str) -> datetime:
    """Let the appointment give up its place, and return when."""
    at = TOMORROW if how == "mark_no_show" else NOW
    if how == "cancel":
        cancel(house.clerk, answer, now=at)
    else:
        visit(house.clerk, how, answer, now=at)
    return at


@pytest.mark.parametrize("how", ["cancel", "mark_no_show"])
def test_an_end_is_undone_on_its_day_and_the_place_claimed_again(house: House, how: str) -> None:
    booked = house.book()
    at = give_up(house, booked, how)
    undone = visit(house.clerk, "undo", booked, now=at + MINUTE)
    row = house.row(booked)
    assert (undone.body["status"], row.status, row.cancel_reason) == ("booked", S.BOOKED, None)
    assert stamps(row) == {"booked_at": NOW}
    assert house.counted(house.slots[0]) == 1
    assert house.events(booked)[-1] == "appointment.confirmed"
    assert_sound(house.clinic.id)


@pytest.mark.parametrize("how", ["cancel", "mark_no_show"])
def test_an_end_is_not_undone_on_another_day(house: House, how: str) -> None:
    booked = house.book()
    at = give_up(house, booked, how)
    with pytest.raises(InvalidTransition):
        visit(house.clerk, "undo", booked, now=at + timedelta(days=1))
    assert house.counted(house.slots[0]) == 0


def test_the_day_is_the_locations_own(house: House) -> None:
    """23:30 UTC is half past midnight in Berlin."""
    late = NOW.replace(hour=22, minute=30)
    booked = house.book(now=late)
    cancel(house.clerk, booked, now=late)
    with pytest.raises(InvalidTransition):
        visit(house.clerk, "undo", booked, now=late + timedelta(hours=1))
    assert visit(house.clerk, "undo", booked, now=late + 20 * MINUTE).status == 200


@pytest.mark.parametrize("how", ["cancel", "mark_no_show"])
def test_a_place_that_somebody_else_has_by_now_is_not_taken_from_them(house: House, how: str) -> None:
    booked = house.book()
    at = give_up(house, booked, how)
    house.make(S.BOOKED, patient=1)
    with pytest.raises(SlotUnavailable):
        visit(house.clerk, "undo", booked, now=at)
    assert_sound(house.clinic.id)


def test_a_run_out_hold_of_the_place_does_not_stop_its_return(house: House) -> None:
    booked = house.book()
    cancel(house.clerk, booked)
    held = hold(house.clerk, house.slots[0], house.service, house.patients[1])
    with pytest.raises(SlotUnavailable):
        visit(house.clerk, "undo", booked, now=NOW + MINUTE)
    assert visit(house.clerk, "undo", booked, now=NOW + 6 * MINUTE).body["status"] == "booked"
    assert house.row(held).cancel_reason is CancelReason.HOLD_EXPIRED
    assert_sound(house.clinic.id)


def test_what_else_stands_in_the_way_of_a_return(house: House) -> None:
    booked = house.book()
    cancel(house.clerk, booked)
    elsewhere = house.book(house.others[0])
    with pytest.raises(PatientOverlap):
        visit(house.clerk, "undo", booked)
    reschedule(house.clerk, elsewhere, house.others[2])
    with building() as session:
        session.get_one(Slot, (house.clinic.id, house.slots[0].id)).status = SlotStatus.BLOCKED
    with pytest.raises(SlotUnavailable):
        visit(house.clerk, "undo", booked)
    with building() as session:
        session.get_one(Slot, (house.clinic.id, house.slots[0].id)).status = SlotStatus.OPEN
        for room in house.rooms:
            session.get_one(type(room), (house.clinic.id, room.id)).is_active = False
    with pytest.raises(RoomUnavailable):
        visit(house.clerk, "undo", booked)
    assert_sound(house.clinic.id)


def test_only_what_staff_cancelled_and_what_was_booked_comes_back(house: House) -> None:
    guest = guest_of(house.clinic)
    own = confirm(guest, hold(guest, house.slots[0], house.service, house.patients[0]))
    cancel(guest, own, reason=CancelReason.PATIENT)
    held = hold(house.clerk, house.slots[1], house.service, house.patients[1])
    cancel(house.clerk, held)
    for gone in (own, held):
        with pytest.raises(InvalidTransition):
            visit(house.clerk, "undo", gone)
    by_phone = house.book(house.slots[2], patient=2)
    cancel(house.clerk, by_phone, reason=CancelReason.PATIENT)
    assert visit(house.clerk, "undo", by_phone).body["status"] == "booked"


def test_once_it_has_begun_only_staff_cancel_it(house: House) -> None:
    guest = guest_of(house.clinic)
    own = confirm(guest, hold(guest, house.slots[0], house.service, house.patients[0]))
    begins_at = house.row(own).starts_at
    with pytest.raises(OutsideCancellationWindow):
        cancel(guest, own, reason=CancelReason.PATIENT, now=begins_at)
    assert house.row(own).status is S.BOOKED
    assert cancel(house.clerk, own, now=begins_at).body["status"] == "cancelled"
    late = confirm(guest, hold(guest, house.slots[1], house.service, house.patients[1]))
    before = house.row(late).starts_at - timedelta(seconds=1)
    assert cancel(guest, late, reason=CancelReason.PATIENT, now=before).body["status"] == "cancelled"


def test_a_completed_visit_is_reopened_on_its_day_with_a_permission(house: House) -> None:
    booked = house.book()
    house.walk(booked, "arrive", "check_in", "complete")
    manager = staff_of(house.clinic, role=Role.MANAGER)
    with pytest.raises(NotPermitted):
        visit(house.clerk, "undo", booked, now=TOMORROW + 30 * MINUTE)
    with pytest.raises(InvalidTransition):
        visit(manager, "undo", booked, now=TOMORROW + timedelta(days=1))
    assert visit(manager, "undo", booked, now=TOMORROW + 30 * MINUTE).body["status"] == "checked-in"


def test_whoever_completed_a_visit_by_a_slip_takes_it_back_at_once(house: House) -> None:
    booked = house.book()
    house.walk(booked, "arrive", "check_in", "complete")
    completed_at = house.row(booked).fulfilled_at
    assert completed_at is not None
    colleague = staff_of(house.clinic)
    with pytest.raises(NotPermitted):
        visit(colleague, "undo", booked, now=completed_at)
    with pytest.raises(NotPermitted):
        visit(house.clerk, "undo", booked, now=completed_at + settings().undo_minutes * MINUTE)
    assert visit(house.clerk, "undo", booked, now=completed_at + MINUTE).body["status"] == "checked-in"
    # Done by a colleague then, it is the colleague's.
    visit(colleague, "complete", booked, now=completed_at + MINUTE)
    with pytest.raises(NotPermitted):
        visit(house.clerk, "undo", booked, now=completed_at + MINUTE)

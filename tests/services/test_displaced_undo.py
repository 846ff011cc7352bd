"""Taking back a move of the displaced, or the word to keep them: they stand where they stood, and on the worklist."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from app.errors import ClinicError, InvalidTransition, NotPermitted, StaleVersion
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import claim_again
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.reschedule_many import Move
from app.services.booking.retry import attempt
from app.services.displaced import undo as undoing
from app.services.displaced.reseat import reseat
from app.services.displaced.settle import keep_displaced
from app.services.displaced.undo import undo_keep, undo_reseat
from app.services.schedules.displacing import ON_BLOCKED_SLOT
from app.services.schedules.leave import remove_leave
from models.db import rows, transaction
from models.principal import Principal
from tests.builders import building, guest_of
from tests.calls import reschedule
from tests.invariants import assert_sound
from tests.services.schedule_world import MONDAY
from tests.services.test_displaced import TUESDAY, Ward

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def undo(ward: Ward, moved: Answer, principal: Principal | None = None) -> Answer:
    principal = principal or ward.clerk
    key = single_use_key(principal, "undo-reseat")
    verb = partial(undo_reseat, principal=principal, left=moved.left, key=key, now=ward.now)
    return attempt(principal, verb, key=key, now=ward.now)


def places(ward: Ward) -> list[Any]:
    return [ward.appointment(booked).slot_id for booked in ward.booked]


def test_all_stand_again_on_the_closed_time_that_they_had_and_on_the_worklist() -> None:
    ward = Ward()
    before, listed = places(ward), ward.listed()
    moved = ward.reseat(ward.proposals())
    assert ward.listed() == []
    answer = undo(ward, moved)
    assert [one["id"] for one in answer.body["items"]] == [str(one) for one in ward.booked]
    assert places(ward) == before
    assert [visit.appointment_id for visit in ward.listed()] == [visit.appointment_id for visit in listed]
    assert_sound(ward.clinic_id)
    # And what was taken back can be done again.
    ward.reseat(ward.proposals())
    assert ward.listed() == []
    assert_sound(ward.clinic_id)


def test_visits_of_several_slots_take_all_of_them_again() -> None:
    ward = Ward(people=0, duration_minutes=50, buffer_after_minutes=10)
    slots = ward.slots(day=TUESDAY)
    ward.booked = [ward.book(slots[n], patient=n) for n in (0, 2)]
    ward.away(ward.practitioners[0], TUESDAY, 1)
    taken = _taken(ward)
    undo(ward, ward.reseat(ward.proposals()))
    assert _taken(ward) == taken
    assert_sound(ward.clinic_id)


def _taken(ward: Ward) -> list[Any]:
    with building() as session:
        asked = "SELECT appointment_id, slot_id FROM appointment_slots WHERE clinic_id = %(id)s ORDER BY 1, 2"
        return list(rows(session, asked, {"id": ward.clinic_id}))


def test_control_nobody_could_return_to_a_time_that_is_closed_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    ward = Ward()
    moved = ward.reseat(ward.proposals())
    monkeypatch.setattr(claim_again, "plan_of_return", lambda session, clinic_id, plan, **_: plan)
    with pytest.raises(ClinicError) as found:
        undo(ward, moved)
    assert {one["code"] for one in found.value.details["refused"]} == {"slot-unavailable"}


def test_time_that_was_open_when_they_left_and_closed_since_is_closed_to_them_too() -> None:
    ward = Ward(people=0)
    ward.booked = [ward.book(ward.slots(day=TUESDAY)[0])]
    elsewhere = ward.slots(day=TUESDAY + timedelta(days=1))[0]
    key = single_use_key(ward.clerk, "reseat")
    verb = partial(reseat, moves=[Move(ward.booked[0], elsewhere.id)], key=key, now=ward.now)
    moved = attempt(ward.clerk, partial(verb, principal=ward.clerk), key=key, now=ward.now)
    ward.away(ward.practitioners[0], TUESDAY, 1)
    with pytest.raises(ClinicError) as found:
        undo(ward, moved)
    assert [one["code"] for one in found.value.details["refused"]] == ["slot-unavailable"]
    assert places(ward) == [elsewhere.id]


def test_one_who_was_moved_on_leaves_all_where_they_are_and_is_named() -> None:
    ward = Ward()
    moved = ward.reseat(ward.proposals())
    there = places(ward)
    free = next(slot for slot in ward.slots(day=MONDAY + timedelta(days=9)) if slot.id not in there)
    reschedule(ward.clerk, ward.booked[1], free, now=ward.now)
    with pytest.raises(StaleVersion) as found:
        undo(ward, moved)
    assert [one["appointment_id"] for one in found.value.details["refused"]] == [str(ward.booked[1])]
    assert [ward.appointment(booked).slot_id for booked in (ward.booked[0], ward.booked[2])] == [there[0], there[2]]
    assert ward.listed() == []


def test_whose_practitioner_is_back_stands_on_the_old_time_and_on_no_worklist() -> None:
    ward = Ward()
    before = places(ward)
    moved = ward.reseat(ward.proposals())
    ward.change(remove_leave, leave_id=ward.leave.entry_id)
    undo(ward, moved)
    assert places(ward) == before
    assert ward.listed() == []
    assert [ward.settlements(booked) for booked in ward.booked] == [["moved"]] * 3


def test_a_guest_undoes_nothing() -> None:
    ward = Ward()
    moved = ward.reseat(ward.proposals())
    with pytest.raises(NotPermitted):
        undo(ward, moved, guest_of(ward.clinic))


def keep(ward: Ward) -> None:
    with transaction(ward.clerk) as session:
        assert keep_displaced(session, ward.clerk, appointment_id=ward.booked[0], now=ward.now)


def list_again(ward: Ward, principal: Principal | None = None) -> None:
    principal = principal or ward.clerk
    with transaction(principal) as session:
        undo_keep(session, principal, appointment_id=ward.booked[0], now=ward.now)


def test_whoever_was_kept_is_on_the_worklist_again_and_can_be_kept_once_more() -> None:
    ward = Ward()
    keep(ward)
    list_again(ward)
    assert [visit.appointment_id for visit in ward.listed()] == ward.booked
    with pytest.raises(InvalidTransition):
        list_again(ward)
    keep(ward)
    assert [visit.appointment_id for visit in ward.listed()] == ward.booked[1:]


def test_whoever_was_kept_and_fits_again_stays_off_the_worklist() -> None:
    ward = Ward()
    keep(ward)
    ward.change(remove_leave, leave_id=ward.leave.entry_id)
    with pytest.raises(InvalidTransition):
        list_again(ward)
    assert ward.settlements(ward.booked[0]) == ["kept"]


def test_control_without_a_look_at_the_schedule_whoever_fits_again_would_be_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ON_BLOCKED_SLOT in undoing.LIST_AGAIN
    monkeypatch.setattr(undoing, "LIST_AGAIN", undoing.LIST_AGAIN.replace(ON_BLOCKED_SLOT, "true"))
    ward = Ward()
    keep(ward)
    ward.change(remove_leave, leave_id=ward.leave.entry_id)
    list_again(ward)
    assert ward.settlements(ward.booked[0]) == ["open"]


def test_a_guest_lists_nobody_again() -> None:
    ward = Ward()
    keep(ward)
    with pytest.raises(NotPermitted):
        list_again(ward, guest_of(ward.clinic))

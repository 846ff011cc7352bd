"""A visit from arrival to its end, each step back, and the places that no-shows and mistakes give up."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.errors import (
    AppointmentNotFound,
    ClinicError,
    InvalidField,
    InvalidTransition,
    NotPermitted,
    RoomUnavailable,
    StaleVersion,
)
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.permissions import KIOSK_PERMISSIONS, Permission
from app.services.booking.answer import request_key
from models.accounts import Role
from models.appointments import Appointment
from models.base import new_id
from models.principal import ActorKind, Principal
from models.records import AuditEvent
from tests.builders import (
    NOW,
    TOMORROW,
    building,
    guest_of,
    make_location,
    make_room,
    staff_of,
)
from tests.calls import confirm, hold, visit
from tests.invariants import assert_sound
from tests.services.house import MINUTE, House, S, stamps

pytestmark = pytest.mark.database


@pytest.fixture
def house(database: DatabaseUrls) -> House:
    return House()


def test_a_visit_goes_from_arrival_to_its_end_and_each_step_is_stamped(house: House) -> None:
    booked = house.book()
    done = house.walk(booked, "arrive", "check_in", "enter_room", "complete")
    row = house.row(booked)
    assert (done.body["status"], row.status, row.version) == ("fulfilled", S.FULFILLED, 6)
    assert stamps(row) == {
        "booked_at": NOW,
        "arrived_at": TOMORROW,
        "checked_in_at": TOMORROW + MINUTE,
        "roomed_at": TOMORROW + 2 * MINUTE,
        "fulfilled_at": TOMORROW + 3 * MINUTE,
    }
    assert house.events(booked)[2:] == ["appointment.arrived", "appointment.completed"]
    assert_sound(house.clinic.id)


@pytest.mark.parametrize("verb", ["arrive", "check_in", "enter_room", "complete", "mark_no_show"])
@pytest.mark.parametrize("status", list(S))
def test_each_verb_starts_from_its_own_status_only(house: House, verb: str, status: S) -> None:
    sources = {
        "arrive": {S.BOOKED, S.NOSHOW},
        "check_in": {S.ARRIVED},
        "enter_room": {S.CHECKED_IN},
        "complete": {S.CHECKED_IN},
        "mark_no_show": {S.BOOKED},
    }
    made = house.make(status)
    if status in sources[verb]:
        assert visit(house.clerk, verb, made, now=TOMORROW).status == 200
    else:
        with pytest.raises(InvalidTransition):
            visit(house.clerk, verb, made, now=TOMORROW)
    assert_sound(house.clinic.id)


def test_nobody_is_missing_before_the_start_and_a_no_show_gives_the_place_back(house: House) -> None:
    booked = house.book()
    with pytest.raises(InvalidTransition):
        visit(house.clerk, "mark_no_show", booked, now=TOMORROW - MINUTE)
    visit(house.clerk, "mark_no_show", booked, now=TOMORROW)
    assert stamps(house.row(booked)) == {"booked_at": NOW, "noshow_at": TOMORROW}
    assert house.counted(house.slots[0]) == 0
    assert house.events(booked)[-1] == "appointment.noshow"
    assert_sound(house.clinic.id)


def test_a_mistake_is_final_says_why_and_gives_its_place_back(house: House) -> None:
    booked = house.book()
    with pytest.raises(NotPermitted):
        visit(house.clerk, "mark_entered_in_error", booked, reason="twice")
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(InvalidField):
            visit(house.admin, "mark_entered_in_error", booked, reason=reason)
    visit(house.admin, "mark_entered_in_error", booked, reason=" entered twice ")
    assert house.row(booked).status is S.ENTERED_IN_ERROR
    assert house.counted(house.slots[0]) == 0
    with building() as session:
        of_it = AuditEvent.object_id == UUID(booked.body["id"])
        audit = session.exec(select(AuditEvent).where(of_it, AuditEvent.to_status == "entered-in-error")).one()
    assert (audit.reason, audit.from_status) == ("entered twice", "booked")
    for call in ("undo", "arrive"):
        with pytest.raises(InvalidTransition):
            visit(house.admin, call, booked)
    with pytest.raises(InvalidTransition):
        visit(house.admin, "mark_entered_in_error", booked, reason="again")
    assert_sound(house.clinic.id)


@pytest.mark.parametrize("status", [s for s in S if s is not S.ENTERED_IN_ERROR])
def test_whatever_an_appointment_was_it_can_be_a_mistake(house: House, status: S) -> None:
    made = house.make(status)
    assert visit(house.admin, "mark_entered_in_error", made, reason="x").body["status"] == "entered-in-error"
    assert house.counted(house.slots[0]) == 0
    assert_sound(house.clinic.id)


def test_a_room_is_named_kept_and_refused(house: House) -> None:
    first, second = house.book(), house.book(house.others[0], patient=1)
    for one in (first, second):
        house.walk(one, "arrive", "check_in")
    taken, own = house.row(second).room_id, house.row(first).room_id
    with pytest.raises(RoomUnavailable):
        visit(house.clerk, "enter_room", first, room_id=taken, now=TOMORROW)
    with pytest.raises(InvalidField):
        visit(house.clerk, "enter_room", first, room_id=new_id(), now=TOMORROW)
    with building() as session:
        elsewhere = make_room(session, location=make_location(session, clinic=house.clinic))
        third = make_room(session, location=house.location, kind="ward")
    with pytest.raises(InvalidField):
        visit(house.clerk, "enter_room", first, room_id=elsewhere.id, now=TOMORROW)
    visit(house.clerk, "enter_room", first, now=TOMORROW)
    assert house.row(first).room_id == own
    visit(house.clerk, "enter_room", first, room_id=third.id, now=TOMORROW + MINUTE)
    row = house.row(first)
    # The visit runs since the first room.
    assert (row.room_id, row.roomed_at) == (third.id, TOMORROW)


def test_a_run_out_hold_does_not_keep_a_room(house: House) -> None:
    booked = house.book()
    house.walk(booked, "arrive", "check_in")
    held = hold(house.clerk, house.others[0], house.service, house.patients[1])
    room_id = house.row(held).room_id
    with pytest.raises(RoomUnavailable):
        visit(house.clerk, "enter_room", booked, room_id=room_id, now=NOW)
    visit(house.clerk, "enter_room", booked, room_id=room_id, now=NOW + 6 * MINUTE)
    assert house.row(booked).room_id == room_id
    assert_sound(house.clinic.id)


VISITS: dict[str, dict[str, Any]] = {
    "arrive": {},
    "check_in": {},
    "enter_room": {},
    "complete": {},
    "mark_no_show": {},
    "undo": {},
    "mark_entered_in_error": {"reason": "x"},
}


@pytest.mark.parametrize("verb", VISITS)
def test_a_visit_is_staffs_to_lead_and_at_their_own_site(house: House, verb: str) -> None:
    guest = guest_of(house.clinic)
    own = confirm(guest, hold(guest, house.slots[0], house.service, house.patients[0]))
    reader = Principal(house.clinic.id, ActorKind.USER, "x", frozenset({Permission.APPOINTMENTS_READ}))
    away = staff_of(house.clinic, role=Role.ADMINISTRATOR, location_ids=frozenset({new_id()}))
    for who, refusal in ((guest, NotPermitted), (reader, NotPermitted), (away, AppointmentNotFound)):
        with pytest.raises(refusal):
            visit(who, verb, own, now=TOMORROW, **VISITS[verb])
    assert house.row(own).version == 2


@pytest.mark.parametrize("verb", ["arrive", "check_in"])
def test_a_kiosk_lets_people_in_at_its_own_location_only(house: House, verb: str) -> None:
    booked = house.book()
    if verb == "check_in":
        visit(house.clerk, "arrive", booked)
    nowhere, elsewhere, here = (
        Principal(house.clinic.id, ActorKind.KIOSK, "k", KIOSK_PERMISSIONS, location_ids=places)
        for places in (None, frozenset({new_id()}), frozenset({house.location.id}))
    )
    for kiosk in (nowhere, elsewhere):
        with pytest.raises(AppointmentNotFound):
            visit(kiosk, verb, booked)
    assert visit(here, verb, booked).status == 200
    with pytest.raises(NotPermitted):
        visit(here, "complete", booked)


@pytest.mark.parametrize("verb", VISITS)
def test_a_version_that_was_not_seen_refuses_and_a_repetition_hears_the_first_answer(house: House, verb: str) -> None:
    start = {"check_in": S.ARRIVED, "enter_room": S.CHECKED_IN, "complete": S.CHECKED_IN, "undo": S.ARRIVED}
    made = house.make(start.get(verb, S.BOOKED))
    with pytest.raises(StaleVersion):
        visit(house.admin, verb, made, version=7, now=TOMORROW, **VISITS[verb])
    key = request_key(house.admin, method="POST", path=f"/{verb}", key="k", body=1)
    first = visit(house.admin, verb, made, version=1, key=key, now=TOMORROW, **VISITS[verb])
    again = visit(house.admin, verb, made, version=1, key=key, now=TOMORROW, **VISITS[verb])
    assert again.body == first.body
    assert first.body["version"] == 2
    with building() as session:
        assert session.exec(select(Appointment).where(Appointment.id == made.id)).one().version == 2


def test_a_refusal_is_heard_again_too(house: House) -> None:
    booked = house.book()
    key = request_key(house.clerk, method="POST", path="/complete", key="k", body=1)
    for _ in range(2):
        with pytest.raises(ClinicError) as refused:
            visit(house.clerk, "complete", booked, key=key)
        assert refused.value.code == "invalid-transition"
    house.walk(booked, "arrive", "check_in")
    with pytest.raises(InvalidTransition):
        visit(house.clerk, "complete", booked, key=key)

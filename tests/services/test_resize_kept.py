"""What a change of length keeps: the room that the visit has, of whatever kind, and the bounds of overbooking."""

from uuid import UUID

import pytest

from app.errors import NotPermitted, RoomUnavailable
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.moves import change_room
from app.services.booking.answer import Answer
from models.accounts import Role
from tests.builders import NOW, building, make_room, staff_of
from tests.calls import cancel, confirm, hold, resize, visit
from tests.invariants import assert_sound
from tests.services.test_overbook import WHY, Full
from tests.services.test_resize import Ward

pytestmark = pytest.mark.database


@pytest.fixture
def ward(database: DatabaseUrls) -> Ward:
    """Two practitioners who share two rooms of the kind that the service asks for."""
    return Ward(room_kind="exam")


def plan_room(ward: Ward, answer: Answer, room_id: UUID) -> None:
    version = ward.appointment(answer).version
    change_room(ward.clerk, appointment_id=UUID(answer.body["id"]), version=version, room_id=room_id, now=NOW)


def in_another_kind(ward: Ward) -> tuple[Answer, UUID]:
    """Book and plan into a room of a kind that the service does not ask for."""
    with building() as session:
        room = make_room(session, location=ward.location, kind="ward")
    made = ward.book(0)
    plan_room(ward, made, room.id)
    return made, room.id


def test_a_visit_stays_in_the_room_of_another_kind_that_it_was_planned_into(ward: Ward) -> None:
    made, room_id = in_another_kind(ward)
    for minutes in (60, 15):
        ward.resize(made, minutes)
        assert ward.appointment(made).room_id == room_id
    assert_sound(ward.clinic.id)


def test_and_so_does_who_sits_in_it(ward: Ward) -> None:
    made, room_id = in_another_kind(ward)
    for verb in ("arrive", "check_in"):
        visit(ward.clerk, verb, made)
    visit(ward.clerk, "enter_room", made, room_id=ward.rooms[0].id)
    visit(ward.clerk, "enter_room", made, room_id=room_id)
    ward.resize(made, 60)
    assert ward.appointment(made).room_id == room_id
    assert_sound(ward.clinic.id)


def test_rooms_that_the_visit_does_not_use_refuse_nothing(ward: Ward) -> None:
    made, room_id = in_another_kind(ward)
    other = hold(ward.clerk, ward.beside[2], ward.service, ward.patients[1])
    taken = ward.appointment(other).room_id
    with building() as session:
        for room in ward.rooms:
            found = session.merge(room)
            found.is_active = found.id == taken
    ward.resize(made, 60)
    assert ward.appointment(made).room_id == room_id
    assert_sound(ward.clinic.id)


def test_it_is_not_brought_into_a_sibling_of_its_room_that_is_taken_for_the_time_added(ward: Ward) -> None:
    made = ward.book(0)
    room_id = ward.appointment(made).room_id
    assert room_id is not None
    after = confirm(ward.clerk, hold(ward.clerk, ward.beside[2], ward.service, ward.patients[1]))
    if ward.appointment(after).room_id != room_id:
        plan_room(ward, after, room_id)
    with pytest.raises(RoomUnavailable):
        ward.resize(made, 45)
    assert (ward.appointment(made).room_id, ward.taken()) == (room_id, [0, 1])
    assert_sound(ward.clinic.id)


@pytest.fixture
def full(database: DatabaseUrls) -> Full:
    return Full()


def overbooked_before_a_neighbour(full: Full) -> Answer:
    """Overbook the first two slots; the next two are taken as well."""
    confirm(full.clerk, hold(full.clerk, full.here[2], full.service, full.patients[2]))
    return confirm(full.clerk, full.over(full.here[0], 1))


def test_only_who_may_overbook_lengthens_an_overbooked_visit_into_what_is_taken(full: Full) -> None:
    made = overbooked_before_a_neighbour(full)
    nurse = staff_of(full.clinic, role=Role.NURSE)
    with pytest.raises(NotPermitted, match="Only who may overbook"):
        resize(nurse, made, 45)
    assert full.counts() == [(1, 1), (1, 1), (1, 0), (1, 0)]
    resize(full.clerk, made, 45)
    assert full.counts() == [(1, 1), (1, 1), (1, 1), (1, 0)]
    assert full.row(made).overbook_reason == WHY
    assert_sound(full.clinic.id)


def test_in_the_slots_that_it_has_anybody_of_the_desk_changes_its_length(full: Full) -> None:
    made = overbooked_before_a_neighbour(full)
    nurse = staff_of(full.clinic, role=Role.NURSE)
    for minutes in (20, 30, 10, 15):
        resize(nurse, made, minutes)
        assert full.row(made).overbook
    assert full.counts() == [(1, 1), (1, 0), (1, 0), (1, 0)]
    with pytest.raises(NotPermitted):
        resize(nurse, made, 20)
    assert_sound(full.clinic.id)


def test_who_is_overbooked_into_a_room_of_others_stays_so_where_a_place_has_become_free(full: Full) -> None:
    made = confirm(full.clerk, full.over(full.here[0], 1))
    cancel(full.clerk, full.first)
    confirm(full.clerk, hold(full.clerk, full.there[0], full.service, full.patients[2]))
    row = full.row(made)
    change_room(full.clerk, appointment_id=row.id, version=row.version, room_id=full.room.id, now=NOW)
    for minutes in (15, 45):
        resize(full.clerk, made, minutes)
        assert (full.row(made).overbook, full.row(made).room_id) == (True, full.room.id)
    assert full.counts() == [(0, 1), (0, 1), (0, 1), (0, 0)]
    assert_sound(full.clinic.id)


def test_without_the_permission_it_takes_what_is_regularly_free(full: Full) -> None:
    made = confirm(full.clerk, full.over(full.here[0], 1))
    cancel(full.clerk, full.first)
    resize(staff_of(full.clinic, role=Role.NURSE), made, 45)
    assert not full.row(made).overbook
    assert full.counts() == [(1, 0), (1, 0), (1, 0), (0, 0)]
    assert_sound(full.clinic.id)

"""Where a moved card may go is exactly what a reschedule accepts."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import ClinicError, NotPermitted, SlotUnavailable
from app.infra.embedded.roles import DatabaseUrls
from app.services.board.desk import book, move
from app.services.board.targets import Targets, target_at, targets_on
from models.accounts import Role
from models.db import transaction
from models.schedules import Slot
from tests.builders import NOW, TOMORROW, building, make_room, make_schedule, make_slot, offer, staff_of
from tests.services.board_day import DAY, NINE, BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def booked(day: BoardDay, slot: Slot, *, name: str = "Ana Silva") -> UUID:
    patient = make_named_patient(day.clinic, name)
    place = {"slot_id": slot.id, "service_id": slot.service_id or day.service.id, "patient_id": patient.id}
    return UUID(book(day.clerk, **place, now=NOW).body["id"])


def targets(day: BoardDay, visit: UUID) -> Targets:
    with transaction(day.clerk) as session:
        return targets_on(session, day.clerk, appointment_id=visit, place=day.place(), day=DAY, now=NOW)


def accepted(day: BoardDay, visit: UUID) -> dict[str, list[int]]:
    """Try every slot of the day with the verb itself, and put the appointment back each time."""
    home = day.anna_slots[1]
    found: dict[str, list[int]] = {str(day.anna.id): [], str(day.boris.id): []}
    version = 2
    for slot in (*day.anna_slots, *day.boris_slots):
        if slot.id == home.id:
            continue
        try:
            move(day.clerk, appointment_id=visit, version=version, slot_id=slot.id, now=NOW)
        except ClinicError:
            continue
        move(day.clerk, appointment_id=visit, version=version + 1, slot_id=home.id, now=NOW)
        version += 2
        minute = NINE + int((slot.starts_at - TOMORROW).total_seconds() // 60)
        found[str(slot.practitioner_id)].append(minute)
    return {who: minutes for who, minutes in found.items() if minutes}


def test_the_targets_are_exactly_what_a_move_accepts_also_over_the_own_time(day: BoardDay) -> None:
    visit = booked(day, day.anna_slots[1])
    booked(day, day.boris_slots[0], name="Bo Lima")
    assert targets(day, visit).starts == {
        str(day.anna.id): [NINE, NINE + 30],
        str(day.boris.id): [NINE + 30],
    }
    assert targets(day, visit).starts == accepted(day, visit)


def test_a_place_in_a_session_may_go_to_another_session_of_the_service(day: BoardDay) -> None:
    with building() as session:
        schedule = make_schedule(session, clinic=day.clinic, location=day.location)
        later = make_slot(
            session, schedule=schedule, starts_at=TOMORROW + timedelta(hours=6), capacity=5, service=day.group
        )
    visit = booked(day, day.session_slot)
    # The other session's practitioner does not offer the service yet.
    assert targets(day, visit) == Targets()
    with building() as session:
        offer(session, service=day.group, practitioner=schedule.practitioner_id)
    assert targets(day, visit) == Targets(sessions=[str(later.id)])
    with transaction(day.clerk) as session:
        target = target_at(
            session,
            day.clerk,
            appointment_id=visit,
            place=day.place(),
            practitioner_id=schedule.practitioner_id,
            slot_starts_at=later.starts_at,
            now=NOW,
        )
    assert (target.slot_id, target.is_session) == (later.id, True)


def test_a_room_that_is_missing_leaves_no_target(day: BoardDay) -> None:
    visit = booked(day, day.anna_slots[1])
    with building() as session:
        session.merge(day.service).room_kind = "lab"
    assert targets(day, visit).starts == {}
    with building() as session:
        make_room(session, location=day.location, kind="lab")
    assert targets(day, visit).starts != {}


def test_a_taken_time_is_no_target(day: BoardDay) -> None:
    visit = booked(day, day.anna_slots[0])
    booked(day, day.anna_slots[2], name="Bo Lima")
    with transaction(day.clerk) as session, pytest.raises(SlotUnavailable):
        target_at(
            session,
            day.clerk,
            appointment_id=visit,
            place=day.place(),
            practitioner_id=day.anna.id,
            slot_starts_at=day.anna_slots[2].starts_at,
            now=NOW,
        )


def test_targets_need_the_right_to_write_at_the_location(day: BoardDay) -> None:
    visit = booked(day, day.anna_slots[0])
    elsewhere = staff_of(day.clinic, role=Role.RECEPTIONIST, location_ids=frozenset({UUID(int=1)}))
    with transaction(elsewhere) as session, pytest.raises(NotPermitted):
        targets_on(session, elsewhere, appointment_id=visit, place=day.place(), day=DAY, now=NOW)

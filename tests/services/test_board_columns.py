"""A change has only its practitioners' columns read again, and they show what the whole day shows of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.board import desk
from app.services.board.columns import ColumnsRead, read_columns
from app.services.board.read import DayRead
from models.db import transaction
from tests.builders import NOW, building, make_practitioner, make_schedule, make_service, make_slots, staff_of
from tests.calls import confirm, hold
from tests.services.board_day import DAY, BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database


@pytest.fixture
def day(database: DatabaseUrls, valkey: str) -> BoardDay:
    return make_board_day()


def columns(day: BoardDay, before: DayRead, *whose: UUID, frame: Mapping[str, Any] | None = None) -> ColumnsRead | None:
    """Read some columns of a day that was read before."""
    asked: dict[str, Any] = {"place": day.place(), "day": DAY, "whose": whose, "known": before.prints, "now": NOW}
    with transaction(day.clerk) as session:
        return read_columns(session, day.clerk, frame=frame or before.frame, **asked)


def booked(day: BoardDay, name: str, *, slot: int = 0) -> dict[str, Any]:
    patient = make_named_patient(day.clinic, name)
    slot_id = day.anna_slots[slot].id
    return desk.book(day.clerk, slot_id=slot_id, service_id=day.service.id, patient_id=patient.id, now=NOW).body


def test_a_move_is_seen_in_the_columns_that_it_left_and_reached(day: BoardDay) -> None:
    made = booked(day, "Ana Silva")
    booked(day, "Bo Lima", slot=2)
    before = day.read()
    slot_id = day.boris_slots[1].id
    desk.move(day.clerk, appointment_id=UUID(made["id"]), version=made["version"], slot_id=slot_id, now=NOW)
    after = day.read(known=before.prints)
    found = columns(day, before, day.anna.id, day.boris.id)
    assert found is not None
    assert [card[7] for card in found.cards] == ["Ana Silva"]
    assert (found.cards, found.prints) == (after.cards, after.prints)
    left = columns(day, before, day.anna.id)
    assert left is not None
    assert (left.cards, made["id"] in left.prints) == ([], False)


def test_other_columns_are_not_read(day: BoardDay) -> None:
    before = day.read()
    booked(day, "Ana Silva")
    found = columns(day, before, day.boris.id)
    assert found is not None
    assert found.cards == []
    assert set(found.prints) == {str(day.session_slot.id)}


def test_a_place_taken_in_a_session_is_counted_on_its_card(day: BoardDay) -> None:
    before = day.read()
    hold(day.clerk, day.session_slot, day.group, make_named_patient(day.clinic, "Ana Silva"))
    found = columns(day, before, day.boris.id)
    assert found is not None
    assert [(card[6], card[10]) for card in found.cards] == [("session", 1)]


def test_what_the_frame_has_no_place_for_asks_for_the_whole_day(day: BoardDay) -> None:
    before = day.read()
    with building() as session:
        carla = make_practitioner(session, clinic=day.clinic)
        schedule = make_schedule(session, clinic=day.clinic, practitioner=carla, location=day.location)
        (slot, *_) = make_slots(session, schedule=schedule, count=2)
        service = make_service(session, clinic=day.clinic, practitioners=[carla, day.anna])
    confirm(day.clerk, hold(day.clerk, slot, service, make_named_patient(day.clinic, "Ana Silva")))
    assert columns(day, before, carla.id) is None
    confirm(day.clerk, hold(day.clerk, day.anna_slots[0], service, make_named_patient(day.clinic, "Bo Lima")))
    assert columns(day, before, day.anna.id) is None
    now = day.read()
    assert columns(day, now, carla.id, day.anna.id) is not None
    assert columns(day, now, day.anna.id, frame={**now.frame, "from": 10 * 60}) is None


def test_only_who_may_look_at_the_location_reads_its_columns(day: BoardDay) -> None:
    before = day.read()
    elsewhere = staff_of(day.clinic, location_ids=frozenset())
    with pytest.raises(NotPermitted):
        columns(replace(day, clerk=elsewhere), before, day.anna.id)

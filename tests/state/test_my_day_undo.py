"""Undo on My day at the websocket: all that a press did, each deed for itself, and nothing of somebody else's."""

from collections.abc import Iterator

import pytest

from app.services.clock import utc_now
from app.services.queue.late import tell_late
from models.clinics import Clinic
from tests.builders import clerk_of
from tests.state.board_desk import Place, make_place
from tests.state.conftest import Worker
from tests.state.my_day_page import (
    FOLLOW_UP,
    LATE,
    PATIENT,
    OpenDay,
    act,
    minutes_late,
    opened_days,
    start_in_four_weeks,
    undo,
)
from tests.state.raw_socket import scripts


@pytest.fixture
def place(workplace: Clinic) -> Place:
    return make_place(workplace)


@pytest.fixture
def open_day(worker: Worker, workplace: Clinic) -> Iterator[OpenDay]:
    with opened_days(worker, workplace) as open_one:
        yield open_one


def test_a_start_is_taken_back_to_where_the_patient_was_before_the_press(open_day: OpenDay, place: Place) -> None:
    absent = place.booked(*place.today[:2], name="Wanda Waits")
    mine = open_day(place.practitioner)
    # The same press once more is still taken back as a whole.
    for _ in range(2):
        act(mine, "start", absent)
    assert place.stored(absent).roomed_at is not None
    assert "Taken back." in scripts(undo(mine))
    assert (place.stored(absent).status, place.stored(absent).arrived_at) == ("booked", None)


def test_each_follow_up_is_taken_back_for_itself(open_day: OpenDay, place: Place) -> None:
    visit, slot = place.booked(*place.today[:2], name="Wanda Waits"), start_in_four_weeks(place)
    mine = open_day(place.practitioner)
    mine.call(f"{PATIENT}.open", path="/my-day", appointment_id=str(visit.id))
    mine.call(f"{PATIENT}.turn", path="/my-day", part="follow-up")
    for press in (1, 2):
        mine.call(f"{FOLLOW_UP}.book", path="/my-day", slot_id=str(slot.id), press=press)
        assert "cancelled again" in scripts(undo(mine))
    assert [one.status for one in place.all_stored() if one.slot_id == slot.id] == ["cancelled", "cancelled"]


def test_only_ones_own_last_word_of_being_late_is_taken_back(open_day: OpenDay, place: Place) -> None:
    mine, late = open_day(place.practitioner), {"path": "/my-day", "location_id": str(place.location.id)}
    mine.call(f"{LATE}.say_late", minutes=20, **late)
    # What was said already leaves the way back where it was.
    assert "Undo" not in scripts(mine.call(f"{LATE}.say_late", minutes=20, **late))
    assert "as it was before" in scripts(undo(mine))
    assert minutes_late(place) == [0]
    mine.call(f"{LATE}.say_late", minutes=20, **late)
    whose = {"practitioner_id": place.practitioner.id, "location_id": place.location.id}
    tell_late(clerk_of(place.clinic), **whose, minutes=40, now=utc_now())
    assert "Somebody changed this" in scripts(undo(mine))
    assert minutes_late(place) == [40]

"""Weeks, lists and months: what each day holds, for whom it is asked, and that nobody reads another's desk."""

from dataclasses import astuple, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.board import desk
from app.services.board.span import (
    Card,
    DayCount,
    Whose,
    count_cards,
    days_of,
    people_at,
    read_cards,
    read_counts,
    read_counts_by_person,
    services_offered,
)
from app.services.places import Place
from models.appointments import CancelReason
from models.base import new_id
from models.db import transaction
from tests.builders import NOW, building, make_location, make_schedule, make_slots
from tests.calls import cancel, hold
from tests.services.board_day import DAY, BoardDay, make_board_day, make_named_patient

pytestmark = pytest.mark.database

EVERYBODY = Whose()
MONDAY = DAY - timedelta(days=DAY.weekday())


@pytest.fixture
def day(database: DatabaseUrls) -> BoardDay:
    return make_board_day()


def book(day: BoardDay, name: str, *, slot: int = 0, boris: bool = False) -> str:
    patient = make_named_patient(day.clinic, name)
    slots = day.boris_slots if boris else day.anna_slots
    wish = {"slot_id": slots[slot].id, "service_id": day.service.id, "patient_id": patient.id}
    return str(desk.book(day.clerk, **wish, now=NOW).body["id"])


def cards(day: BoardDay, whose: Whose = EVERYBODY, *, with_ended: bool = False, **fields: Any) -> list[Card]:
    asked = {"wanted": days_of([day.place()], first=MONDAY, length=7), "now": NOW, **fields}
    with transaction(day.clerk) as session:
        found = read_cards(session, day.clerk, whose=whose, with_ended=with_ended, **asked)
        number = count_cards(session, day.clerk, whose=whose, with_ended=with_ended, **asked)
    assert list(found) == [MONDAY + timedelta(days=step) for step in range(7)]
    all_of_them = [card for one in found.values() for card in one]
    assert number == sum(card[1] == "visit" for card in all_of_them)
    return all_of_them


def counts(day: BoardDay, whose: Whose = EVERYBODY, **fields: Any) -> DayCount:
    asked = {"wanted": days_of([day.place()], first=MONDAY, length=7), "now": NOW, **fields}
    with transaction(day.clerk) as session:
        found = read_counts(session, day.clerk, whose=whose, **asked)[DAY]
        people = read_counts_by_person(session, day.clerk, whose=whose, **asked)[DAY].values()
    # Whoever they are counted by, they are as many.
    assert found == DayCount(*(sum(one[at] for one in map(astuple, people)) for at in range(3)))
    return found


def test_a_week_holds_its_visits_and_sessions_by_the_locations_clock(day: BoardDay) -> None:
    visit_id = book(day, "Ana Silva")
    visit, group = cards(day)
    assert visit[:8] == [
        visit_id, "visit", f"{DAY}T09:00", f"{DAY}T09:30", "booked", "Ana Silva", "Dr Anna", "Check",
    ]  # fmt: skip
    assert group[:2] == [str(day.session_slot.id), "session"]
    assert group[-2:] == [0, 20]


@pytest.mark.parametrize(
    ("whose", "names"),
    [
        pytest.param(lambda day: Whose(only=(day.anna.id,)), ["Ana Silva"], id="one"),
        pytest.param(lambda day: Whose(hidden=(day.anna.id,)), ["Bo Lima", ""], id="without one"),
        pytest.param(lambda day: Whose(services=(day.group.id,)), [""], id="a service"),
        pytest.param(lambda day: Whose(services=(new_id(),)), [], id="another service"),
    ],
)
def test_only_what_is_asked_for_is_read(day: BoardDay, whose: Any, names: list[str]) -> None:
    book(day, "Ana Silva")
    book(day, "Bo Lima", boris=True)
    assert [card[5] for card in cards(day, whose(day))] == names


def test_a_cancelled_visit_stands_in_the_list_only(day: BoardDay) -> None:
    visit_id = book(day, "Ana Silva")
    cancel(day.clerk, UUID(visit_id), reason=CancelReason.CLINIC, now=NOW)
    assert [card[1] for card in cards(day)] == ["session"]
    assert [card[4] for card in cards(day, with_ended=True)] == ["cancelled", "session"]
    assert counts(day).appointments == 0


def test_a_hold_that_has_run_out_is_free_again(day: BoardDay) -> None:
    patient = make_named_patient(day.clinic, "Ana Silva")
    hold(day.clerk, day.anna_slots[0], day.service, patient, now=NOW)
    assert counts(day) == DayCount(appointments=1, taken=2, places=28)
    later = NOW + timedelta(hours=1)
    assert counts(day, now=later) == DayCount(appointments=0, taken=0, places=28)
    assert [card[1] for card in cards(day, now=later)] == ["session"]


def test_a_day_counts_its_appointments_and_its_places(day: BoardDay) -> None:
    book(day, "Ana Silva")
    book(day, "Bo Lima", boris=True)
    # Two practitioners with four quarters of an hour each, and a session of twenty places.
    assert counts(day) == DayCount(appointments=2, taken=4, places=28)
    assert counts(day, Whose(only=(day.anna.id,))) == DayCount(appointments=1, taken=2, places=4)
    assert counts(day, Whose(services=(day.service.id,))) == DayCount(appointments=2, taken=0, places=0)


def test_each_practitioners_day_is_counted_by_itself(day: BoardDay) -> None:
    book(day, "Ana Silva")
    asked = {"wanted": days_of([day.place()], first=MONDAY, length=7), "whose": EVERYBODY, "now": NOW}
    with transaction(day.clerk) as session:
        found = read_counts_by_person(session, day.clerk, **asked)
    assert found[DAY][day.anna.id] == DayCount(appointments=1, taken=2, places=4)
    assert found[DAY][day.boris.id].appointments == 0
    # Nobody works on the others.
    assert all(not found[MONDAY + timedelta(days=step)] for step in range(7) if MONDAY + timedelta(days=step) != DAY)


def test_days_of_several_locations_are_added_up(day: BoardDay) -> None:
    with building() as session:
        other = make_location(session, clinic=day.clinic, name="Other", timezone="America/New_York")
        schedule = make_schedule(session, clinic=day.clinic, practitioner=day.anna, location=other)
        make_slots(session, schedule=schedule, count=3, starts_at=NOW + timedelta(days=1, hours=8))
    places = [day.place(), Place(other.id, other.name, other.timezone)]
    asked = {"wanted": days_of(places, first=MONDAY, length=7), "whose": EVERYBODY, "now": NOW}
    with transaction(day.clerk) as session:
        assert read_counts(session, day.clerk, **asked)[DAY].places == 28 + 3
        assert [one.name for one in people_at(session, day.clerk, places=places[1:])] == ["Dr Anna"]
        assert [one.name for one in services_offered(session, day.clerk)] == ["Check", "Vaccination"]


def test_a_location_of_others_is_refused_in_every_form(day: BoardDay) -> None:
    stranger = replace(day.clerk, location_ids=frozenset({new_id()}))
    asked = {"wanted": days_of([day.place()], first=MONDAY, length=7), "whose": EVERYBODY, "now": NOW}
    with transaction(stranger) as session:
        for read in (read_counts, read_counts_by_person, read_cards, count_cards):
            more = {} if read in (read_counts, read_counts_by_person) else {"with_ended": True}
            with pytest.raises(NotPermitted):
                read(session, stranger, **asked, **more)  # type: ignore[operator]
        with pytest.raises(NotPermitted):
            people_at(session, stranger, places=[day.place()])

"""A series with a visit that was moved to another site: who works at the first one alone neither sees nor ends it."""

from datetime import time
from uuid import UUID

import pytest

from app.errors import AppointmentNotFound
from app.services.booking.answer import Answer
from app.services.series.members import Reach, Scope
from app.services.series.view import view_series
from models.db import transaction
from models.principal import Principal
from tests import calls
from tests.builders import NOW, building, make_location, make_schedule, make_slots
from tests.invariants import assert_sound
from tests.services.series_world import SeriesWorld, local

pytestmark = pytest.mark.usefixtures("database", "valkey")


@pytest.fixture
def world() -> SeriesWorld:
    return SeriesWorld()


@pytest.fixture
def series(world: SeriesWorld) -> Answer:
    """Four visits, the second of which is at another site."""
    series = world.book()
    with building() as session:
        elsewhere = make_location(session, clinic=world.clinic)
        schedule = make_schedule(session, clinic=world.clinic, location=elsewhere, practitioner=world.person(0))
        slots = make_slots(session, schedule=schedule, count=1, starts_at=local(world.days[1], time(14)))
    calls.reschedule(world.clerk, UUID(series.body["appointments"][1]["id"]), slots[0])
    return series


@pytest.fixture
def here(world: SeriesWorld) -> Principal:
    """A receptionist of the first site alone."""
    clerk = world.clerk
    return Principal(clerk.clinic_id, clerk.kind, clerk.actor_id, clerk.permissions, frozenset({world.location.id}))


def test_all_of_a_series_ends_only_where_the_caller_works(world: SeriesWorld, series: Answer, here: Principal) -> None:
    ended = world.cancel(series, principal=here)
    assert [one["series_number"] for one in ended.body["appointments"]] == [1, 3, 4]
    assert [status for _, status, _ in world.appointments(series)] == ["cancelled", "booked", "cancelled", "cancelled"]
    assert_sound(world.clinic.id)


def test_what_is_elsewhere_is_not_shown_and_cannot_be_named(
    world: SeriesWorld, series: Answer, here: Principal
) -> None:
    with transaction(here) as session:
        shown = view_series(session, here, series_id=UUID(series.body["id"]), now=NOW)
    assert [one["series_number"] for one in shown["appointments"]] == [1, 3, 4]
    there = UUID(series.body["appointments"][1]["id"])
    with pytest.raises(AppointmentNotFound):
        world.cancel(series, reach=Reach(Scope.FOLLOWING, there), principal=here)


def test_a_move_leaves_what_is_elsewhere_and_is_not_refused_for_it(
    world: SeriesWorld, series: Answer, here: Principal
) -> None:
    world.clerk = here
    moved = world.move(series, at=time(9, 15))
    assert [one["series_number"] for one in moved.body["appointments"]] == [1, 3, 4]
    at = [start.time() for _, _, start in world.appointments(series)]
    assert at == [time(9, 15), time(14), time(9, 15), time(9, 15)]
    assert_sound(world.clinic.id)

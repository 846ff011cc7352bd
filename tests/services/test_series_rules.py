"""What makes no sense, reaches too far or is nobody's business is refused before anything of a series is done."""

from datetime import timedelta

import pytest

from app.errors import (
    InvalidField,
    NotPermitted,
    OutsideBookingWindow,
    PatientNotFound,
)
from app.services.accounts.permissions import Permission
from models.base import new_id
from models.principal import ActorKind, Principal
from models.series import SeriesUnit
from tests.builders import NOW, building, clerk_of, guest_of, make_schedule
from tests.invariants import live_count
from tests.services.series_world import FIRST_ON, SeriesWorld, weekly

pytestmark = pytest.mark.usefixtures("database", "valkey")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"every": 0}, "every"),
        ({"every": 367}, "every"),
        ({"times": 0}, "times"),
        ({"times": 105}, "times"),
        ({"times": None}, "times"),
        ({"times": 3, "until": FIRST_ON}, "times"),
        ({"times": None, "until": FIRST_ON - timedelta(days=1)}, "until"),
        ({"times": None, "until": FIRST_ON + timedelta(days=200), "unit": SeriesUnit.DAY}, "until"),
        ({"first_on": NOW.date() - timedelta(days=1)}, "first_on"),
    ],
)
def test_a_rule_that_makes_no_sense_names_its_field(fields: dict[str, object], field: str) -> None:
    world = SeriesWorld(days=[FIRST_ON])
    with pytest.raises(InvalidField) as refused:
        world.plan(world.wish(weekly(**fields)))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_staff_plan_730_days_ahead_and_others_as_far_as_the_service_allows() -> None:
    world = SeriesWorld(horizon_days=30)
    far = world.wish(weekly(times=104))
    assert len(world.plan(far)) == 104
    with pytest.raises(OutsideBookingWindow):
        world.plan(world.wish(weekly(every=2, times=54)))
    bound = Principal(world.clinic.id, ActorKind.API_CLIENT, "other system", frozenset({Permission.APPOINTMENTS_WRITE}))
    with pytest.raises(OutsideBookingWindow):
        world.book(far, principal=bound)
    assert len(world.book(world.wish(weekly(times=4)), principal=bound).body["appointments"]) == 4


def test_who_and_what_is_unknown_is_named() -> None:
    world = SeriesWorld(days=[FIRST_ON])
    with building() as session:
        idle = make_schedule(session, clinic=world.clinic, location=world.location).practitioner_id
    wish = world.wish()
    for field, value in (("location_id", new_id()), ("service_id", new_id()), ("practitioner_id", idle)):
        with pytest.raises(InvalidField) as refused:
            world.plan(type(wish)(**{**{n: getattr(wish, n) for n in wish.__slots__}, field: value}))
        assert refused.value.field == field
    with pytest.raises(PatientNotFound):
        world.plan(world.wish(patient_id=new_id()))
    with pytest.raises(InvalidField):
        world.book(choices={9: None})
    with pytest.raises(InvalidField):
        world.book(choices=dict.fromkeys(range(1, 5)))


def test_only_staff_of_the_site_plan_and_book() -> None:
    world = SeriesWorld()
    elsewhere = clerk_of(world.clinic)
    elsewhere = Principal(
        elsewhere.clinic_id, elsewhere.kind, elsewhere.actor_id, elsewhere.permissions, frozenset({new_id()})
    )
    for stranger in (guest_of(world.clinic), elsewhere):
        with pytest.raises(NotPermitted):
            world.book(principal=stranger)
    assert live_count(world.clinic.id) == 0

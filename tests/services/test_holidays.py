"""Public holidays of a country and its regions: kept by themselves, each can be taken off for good."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from app.errors import InvalidField, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.schedules import public_holidays
from app.services.schedules.effect import Outcome
from app.services.schedules.generate import generate_slots
from app.services.schedules.holidays import add_holiday, remove_holiday
from app.services.schedules.public_holidays import fill_public_holidays, keep_public_holidays
from app.settings import settings
from models.db import DatabaseRole, transaction
from models.schedules import Holiday
from tests.builders import building, job_of
from tests.services.schedule_world import ScheduleWorld

pytestmark = pytest.mark.database
# Three days before Corpus Christi, which Bavaria keeps and Berlin does not.
MONDAY = datetime(2027, 5, 24, 7, 0, tzinfo=UTC)
CORPUS_CHRISTI = date(2027, 5, 27)


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def kept(world: ScheduleWorld) -> dict[date, Holiday]:
    asked = select(Holiday).where(Holiday.clinic_id == world.clinic_id, col(Holiday.is_kept))
    with building() as session:
        return {holiday.on_date: holiday for holiday in session.exec(asked)}


def fill(world: ScheduleWorld) -> list[Outcome]:
    job = job_of(world.clinic)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        return fill_public_holidays(session, job, now=world.now)


def keeping(world: ScheduleWorld, region: str | None) -> Outcome:
    return world.change(keep_public_holidays, location_id=world.locations[0].id, region=region)


def test_a_location_keeps_its_regions_holidays_and_displaces_who_was_booked() -> None:
    world = ScheduleWorld(now=MONDAY)
    booked = world.book(world.slots(day=CORPUS_CHRISTI)[0])
    outcome = keeping(world, "BY")
    assert CORPUS_CHRISTI in kept(world)
    assert world.slots(day=CORPUS_CHRISTI) == []
    assert world.displaced() == {booked: "holiday"}
    assert outcome.effect.removed == 6
    again = keeping(world, "BY")
    assert (again.effect.added, again.effect.removed) == (0, 0)


def test_another_region_brings_its_own_days_and_leaves_those_that_somebody_typed() -> None:
    world = ScheduleWorld(now=MONDAY)
    fair = date(2027, 5, 28)
    world.change(add_holiday, location_id=world.locations[0].id, on_date=fair, name="Town fair")
    keeping(world, "BY")
    keeping(world, "BE")
    days = kept(world)
    assert CORPUS_CHRISTI not in days
    assert days[fair].name == "Town fair"
    assert len(world.slots(day=CORPUS_CHRISTI)) == 6
    keeping(world, None)
    assert [day for day in kept(world) if day >= MONDAY.date()] == [fair]


def test_a_holiday_that_was_taken_off_never_comes_back_by_itself() -> None:
    world = ScheduleWorld(now=MONDAY)
    keeping(world, "BY")
    holiday = kept(world)[CORPUS_CHRISTI]
    worked = world.change(remove_holiday, holiday_id=holiday.id)
    assert worked.effect.added == 6
    assert fill(world) == []
    keeping(world, "BY")
    assert CORPUS_CHRISTI not in kept(world)
    assert len(world.slots(day=CORPUS_CHRISTI)) == 6
    # By hand it can.
    world.change(add_holiday, location_id=world.locations[0].id, on_date=CORPUS_CHRISTI, name="Corpus Christi")
    assert world.slots(day=CORPUS_CHRISTI) == []


def test_control_without_its_row_a_holiday_that_was_taken_off_would_come_back() -> None:
    world = ScheduleWorld(now=MONDAY)
    keeping(world, "BY")
    with building() as session:
        session.delete(session.get_one(Holiday, (world.clinic_id, kept(world)[CORPUS_CHRISTI].id)))
    fill(world)
    assert CORPUS_CHRISTI in kept(world)


def test_the_night_fills_the_years_of_the_horizon_once_and_before_slots_are_made() -> None:
    world = ScheduleWorld(now=datetime(2027, 11, 22, 8, 0, tzinfo=UTC))
    keeping(world, "")
    assert {day.year for day in kept(world)} == {2027, 2028}
    world.now = datetime(2028, 11, 20, 8, 0, tzinfo=UTC)
    job = job_of(world.clinic)
    assert len(fill(world)) == 1
    assert {day.year for day in kept(world)} == {2027, 2028, 2029}
    assert fill(world) == []
    with transaction(job, role=DatabaseRole.WORKER) as session:
        until = (world.now + timedelta(days=settings().horizon_days)).date()
        generate_slots(session, job, until=until, now=world.now)
    assert world.slots(day=date(2029, 1, 1)) == []
    assert len(world.slots(day=date(2029, 1, 2))) == 6


def test_a_night_that_learns_of_a_holiday_where_slots_are_already_makes_room_for_it() -> None:
    world = ScheduleWorld(now=MONDAY)
    booked = world.book(world.slots(day=CORPUS_CHRISTI)[0])
    with building() as session:
        world.locations[0].holiday_region = "BY"
        session.merge(world.locations[0])
    (filled,) = fill(world)
    assert (filled.effect.removed, world.displaced()) == (6, {booked: "holiday"})


def test_an_unknown_region_is_refused_and_never_stops_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    world = ScheduleWorld(now=MONDAY)
    with pytest.raises(InvalidField):
        keeping(world, "ZZ")
    with building() as session:
        world.locations[0].holiday_region = "ZZ"
        session.merge(world.locations[0])
    assert fill(world) == []
    monkeypatch.setattr(public_holidays, "InvalidField", KeyError)
    with pytest.raises(InvalidField):
        fill(world)


def test_a_holiday_of_the_whole_clinic_closes_every_site_and_needs_a_name() -> None:
    world = ScheduleWorld(now=MONDAY, practitioners=2)
    closed = world.change(add_holiday, location_id=None, on_date=CORPUS_CHRISTI, name="Founders' day")
    assert closed.effect.removed == 12
    with pytest.raises(InvalidField):
        world.change(add_holiday, location_id=None, on_date=CORPUS_CHRISTI, name=" ")
    with pytest.raises(NotPermitted):
        world.change(add_holiday, principal=world.clerk, location_id=None, on_date=CORPUS_CHRISTI, name="Mine")

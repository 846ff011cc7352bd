"""What a change of the week would do, by name and time; what the pages of schedules and holidays read."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.patients.write import create
from app.services.schedules.closed_days import read_closed_days, regions_of
from app.services.schedules.closures import add_closure
from app.services.schedules.exceptions import add_exception
from app.services.schedules.holidays import add_holiday, remove_holiday
from app.services.schedules.leave import add_leave
from app.services.schedules.read_week import WeekOf, places_of, read_week
from app.services.schedules.set_up import Settings
from app.services.schedules.told import Told, tell_effect
from app.services.schedules.week import End, Put, change_week
from models.db import transaction
from models.patients import Patient
from models.principal import Principal
from models.schedules import ExceptionKind
from tests.builders import NOW, building
from tests.services.schedule_world import MONDAY, ScheduleWorld, at

pytestmark = pytest.mark.database
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def world(database: DatabaseUrls, valkey: str) -> ScheduleWorld:
    return ScheduleWorld()


def week_of(world: ScheduleWorld) -> WeekOf:
    place = {"practitioner_id": world.practitioners[0].id, "location_id": world.locations[0].id}
    with transaction(world.manager) as session:
        return read_week(session, world.manager, **place, now=NOW)


def told(world: ScheduleWorld, verb: Any, *, by: Principal | None = None, **values: Any) -> Told:
    principal = by or world.manager
    with transaction(principal) as session:
        return tell_effect(session, principal, edit=world.edit(verb, principal=principal, **values), now=NOW)


def whole_week(world: ScheduleWorld, **changes: Any) -> dict[str, Any]:
    week = week_of(world).week
    assert week is not None
    about = {"schedule_id": week.schedule_id, "settings": Settings(), "version": week.version}
    return {**about, **changes}


def ends_tuesdays(world: ScheduleWorld) -> dict[str, Any]:
    week = week_of(world).week
    assert week is not None
    tuesdays = [rule.id for rule in week.rules if rule.hours.weekday == 1]
    return whole_week(world, steps=[End(rule_id, MONDAY) for rule_id in tuesdays])


def name_first_patient(world: ScheduleWorld) -> None:
    with transaction(world.clerk) as session:
        fields = {"given_name": "Ada", "family_name": "Lark", "birth_date": MONDAY.replace(year=1980)}
        made = create(session, world.clerk, **fields, phone=None, now=NOW)
    with building() as session:
        known = session.get_one(Patient, (world.clinic_id, made.id))
    world.patients[0] = known


def test_a_preview_names_whom_it_displaces_and_changes_nothing(world: ScheduleWorld) -> None:
    name_first_patient(world)
    slot = world.slots(day=TUESDAY)[0]
    world.book(slot)
    before = week_of(world)
    effect = told(world, change_week, **ends_tuesdays(world))
    assert effect.added == 0
    assert effect.removed == sum(day.removed for day in effect.days) > 0
    assert [(one.patient, one.starts_at) for one in effect.displaced] == [("Ada Lark", slot.starts_at)]
    assert week_of(world) == before
    assert world.displaced() == {}


def test_what_was_previewed_is_what_is_applied(world: ScheduleWorld) -> None:
    values = ends_tuesdays(world)
    expected = told(world, change_week, **values)
    made = world.change(change_week, **values)
    assert (made.effect.added, made.effect.removed) == (expected.added, expected.removed)
    assert world.slots(day=TUESDAY) == []


def test_a_receptionist_previews_no_change(world: ScheduleWorld) -> None:
    with pytest.raises(NotPermitted):
        told(world, change_week, by=world.clerk, **ends_tuesdays(world))


def test_a_moved_block_ends_the_old_hours_and_begins_the_new(world: ScheduleWorld) -> None:
    week = week_of(world).week
    assert week is not None
    rule = next(rule for rule in week.rules if rule.hours.weekday == 1)
    hours = replace(rule.hours, starts_local=time(13), ends_local=time(15), valid_from=TUESDAY)
    world.change(change_week, **whole_week(world, steps=[Put(hours, rule.id)]))
    assert [slot.starts_at.hour for slot in world.slots(day=TUESDAY)] == [12, 12, 13, 13]


def test_shorter_slots_are_cut_with_the_week(world: ScheduleWorld) -> None:
    before = len(world.slots(day=TUESDAY))
    world.change(change_week, **whole_week(world, steps=[], settings=Settings(slot_minutes=15)))
    assert len(world.slots(day=TUESDAY)) == 2 * before


def test_the_week_is_read_with_what_departs_from_it(world: ScheduleWorld) -> None:
    hours = {"starts_local": time(9), "ends_local": time(10)}
    place = {"schedule_id": world.schedules[0].id, "on_date": TUESDAY}
    world.change(add_exception, **place, **hours, kind=ExceptionKind.CLOSED)
    span = {"starts_local": at(TUESDAY, "10:00"), "ends_local": at(TUESDAY, "11:00")}
    world.change(add_leave, practitioner_id=world.practitioners[0].id, **span)
    world.change(add_closure, location_id=None, **span)
    found = week_of(world)
    assert found.week is not None
    assert (len(found.week.exceptions), len(found.leaves), len(found.closures)) == (1, 1, 1)
    with transaction(world.manager) as session:
        assert places_of(session, world.manager, practitioner_id=world.practitioners[0].id) == [world.locations[0].id]


def test_a_holiday_that_was_taken_off_stays_in_the_list(world: ScheduleWorld) -> None:
    place = {"location_id": world.locations[0].id, "on_date": TUESDAY}
    made = world.change(add_holiday, **place, name="Outing")
    world.change(remove_holiday, holiday_id=made.entry_id)
    with transaction(world.manager) as session:
        found = read_closed_days(session, world.manager, location_id=place["location_id"], today=MONDAY)
    assert [(day.name, day.is_kept) for day in found.holidays] == [("Outing", False)]


def test_regions_have_names_and_unknown_countries_none() -> None:
    assert ("BY", "Bayern") in regions_of("DE")
    assert regions_of("QQ") == []

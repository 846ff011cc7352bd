"""The settings' services: made, changed, retired; who may not; what two administrators at once do to each other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from app.errors import InvalidField, NotPermitted, StaleVersion, StillNeeded
from app.infra.embedded.roles import DatabaseUrls
from app.services.catalogue.clinic_settings import change_clinic, read_clinic
from app.services.catalogue.equipment import (
    Equipment,
    add_equipment,
    change_equipment,
    list_equipment,
    retire_equipment,
)
from app.services.catalogue.locations import change_location, create_location, list_locations, retire_location
from app.services.catalogue.offer import read_offer
from app.services.catalogue.practitioners import (
    create_practitioner,
    list_practitioners,
    retire_practitioner,
)
from app.services.catalogue.services import change_service, create_service, list_services, retire_service
from app.services.schedules.read_week import read_week
from app.services.schedules.rule_rows import Hours
from app.services.schedules.set_up import Settings, open_schedule
from app.services.schedules.week import End, Put, change_week
from models.accounts import Role
from tests.builders import NOW, staff_of
from tests.services.schedule_world import ScheduleWorld
from tests.services.settings_world import BERLIN, CHECK_UP, SettingsWorld

pytestmark = pytest.mark.database
TODAY = NOW.date()
MORNING = Hours(0, time(9), time(12), TODAY)


@pytest.fixture
def world(database: DatabaseUrls, valkey: str) -> SettingsWorld:
    return SettingsWorld()


def week_of(world: SettingsWorld, practitioner_id: Any, location_id: Any) -> Any:
    return world.ask(read_week, practitioner_id=practitioner_id, location_id=location_id, now=NOW).week


def test_a_new_place_is_offered_once_somebody_has_a_week_there(world: SettingsWorld) -> None:
    assert world.ask(read_offer).services == []
    location_id, service_id = world.location(), world.service()
    practitioner_id = world.practitioner(service_id)
    place = {"practitioner_id": practitioner_id, "location_id": location_id}
    world.change(open_schedule, **place, settings=Settings(slot_minutes=15))
    week = week_of(world, practitioner_id, location_id)
    about = {"schedule_id": week.schedule_id, "settings": Settings(slot_minutes=30), "version": week.version}
    made = world.change(change_week, **about, steps=[Put(MORNING)])
    assert made.effect.added > 0
    offer = world.ask(read_offer)
    assert [(one.name, one.location_ids) for one in offer.services] == [("Check-up", [location_id])]
    assert [one.name for one in offer.practitioners] == ["Dr. Ada Lark"]


def test_a_week_is_changed_as_a_whole_or_not_at_all(world: SettingsWorld) -> None:
    practitioner_id, location_id = world.practitioner(), world.location()
    world.change(open_schedule, practitioner_id=practitioner_id, location_id=location_id, settings=Settings())
    week = week_of(world, practitioner_id, location_id)
    about = {"schedule_id": week.schedule_id, "settings": Settings()}
    wrong = [Put(MORNING), Put(replace(MORNING, ends_local=time(8)))]
    with pytest.raises(InvalidField, match="later than the start"):
        world.change(change_week, **about, version=week.version, steps=wrong)
    assert week_of(world, practitioner_id, location_id).rules == []
    world.change(change_week, **about, version=week.version, steps=[Put(MORNING)])
    with pytest.raises(StaleVersion):
        world.change(change_week, **about, version=week.version, steps=[Put(replace(MORNING, weekday=1))])
    week = week_of(world, practitioner_id, location_id)
    later = TODAY + timedelta(days=7)
    moved = Put(replace(MORNING, weekday=2, valid_from=later), week.rules[0].id)
    world.change(change_week, **about, version=week.version, steps=[moved])
    week = week_of(world, practitioner_id, location_id)
    assert [(one.hours.weekday, one.hours.valid_until) for one in week.rules] == [
        (0, later - timedelta(days=1)),
        (2, None),
    ]
    world.change(change_week, **about, version=week.version, steps=[End(week.rules[1].id, TODAY)])
    assert len(week_of(world, practitioner_id, location_id).rules) == 1


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.PRACTITIONER, Role.NURSE, Role.MANAGER])
def test_only_an_administrator_changes_the_settings(world: SettingsWorld, role: Role) -> None:
    location_id, service_id = world.location(), world.service()
    someone = world.person(role)
    clinic = world.ask(read_clinic)
    refused: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (create_location, {"fields": replace(BERLIN, name="Other")}),
        (change_location, {"location_id": location_id, "fields": BERLIN, "version": ""}),
        (retire_location, {"location_id": location_id, "version": "", "agreed": 0}),
        (add_equipment, {"what": Equipment.ROOM, "location_id": location_id, "name": "1", "kind": "exam"}),
        (create_service, {"fields": replace(CHECK_UP, name="Other")}),
        (change_service, {"service_id": service_id, "fields": CHECK_UP, "version": ""}),
        (retire_service, {"service_id": service_id, "version": "", "agreed": 0}),
        (change_clinic, {"fields": clinic, "version": clinic.version}),
    ]
    for verb, values in refused:
        with pytest.raises(NotPermitted):
            world.change(verb, principal=someone, **values)


def test_an_administrator_of_one_location_keeps_its_rooms_and_nothing_of_the_clinic(world: SettingsWorld) -> None:
    mine, other = world.location(), world.location(name="Hill")
    limited = world.person(Role.ADMINISTRATOR, location_ids=frozenset({mine}))
    about = {"principal": limited, "what": Equipment.ROOM, "name": "1", "kind": "exam"}
    world.change(add_equipment, **about, location_id=mine)
    for verb, values in (
        (add_equipment, {**about, "location_id": other}),
        (create_service, {"principal": limited, "fields": CHECK_UP}),
        (create_location, {"principal": limited, "fields": BERLIN}),
    ):
        with pytest.raises(NotPermitted):
            world.change(verb, **values)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"specialty": " "}, "specialty"),
        ({"duration_minutes": 4}, "duration_minutes"),
        ({"duration_minutes": 481}, "duration_minutes"),
        ({"buffer_before_minutes": -1}, "buffer_before_minutes"),
        ({"buffer_after_minutes": 121}, "buffer_after_minutes"),
        ({"capacity": 0}, "capacity"),
        ({"price_amount": -1}, "price_amount"),
        ({"hold_minutes": 0}, "hold_minutes"),
        ({"notice_minutes": -1}, "notice_minutes"),
        ({"horizon_days": 731}, "horizon_days"),
        ({"room_kind": "none such"}, "room_kind"),
        ({"device_kind": "none such"}, "device_kind"),
    ],
)
def test_every_refusal_names_its_field(world: SettingsWorld, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        world.service(**fields)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": ""}, "name"), ({"timezone": "Mars/Olympus"}, "timezone"), ({"country": "QQ"}, "country")],
)
def test_a_location_is_somewhere(world: SettingsWorld, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        world.location(**fields)
    assert refusal.value.field == field


def test_names_are_taken_once(world: SettingsWorld) -> None:
    location_id = world.location()
    world.service()
    practitioner_id = world.practitioner()
    known = next(one for one in world.ask(list_practitioners) if one.id == practitioner_id)
    room = {"what": Equipment.ROOM, "location_id": location_id, "name": "1", "kind": "exam"}
    world.change(add_equipment, **room)
    for again in (
        lambda: world.location(),
        lambda: world.service(),
        lambda: world.change(add_equipment, **room),
        lambda: world.change(create_practitioner, fields=known.fields),
    ):
        with pytest.raises(InvalidField, match="taken"):
            again()


def test_of_two_administrators_at_once_the_second_is_told(world: SettingsWorld) -> None:
    service_id = world.service()
    seen = world.ask(list_services)[0]
    about = {"service_id": service_id, "version": seen.version}
    world.change(change_service, **about, fields=replace(seen.fields, price_amount=5000))
    with pytest.raises(StaleVersion):
        world.change(change_service, **about, fields=replace(seen.fields, duration_minutes=45))
    kept = world.ask(list_services)[0].fields
    assert (kept.price_amount, kept.duration_minutes) == (5000, 30)


def test_without_the_check_the_second_administrator_undoes_the_first(
    world: SettingsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.catalogue.services.require_seen", lambda view, version: None)
    service_id = world.service()
    seen = world.ask(list_services)[0]
    about = {"service_id": service_id, "version": seen.version}
    world.change(change_service, **about, fields=replace(seen.fields, price_amount=5000))
    world.change(change_service, **about, fields=replace(seen.fields, duration_minutes=45))
    assert world.ask(list_services)[0].fields.price_amount == 0


def test_what_appointments_need_is_retired_after_they_were_agreed_to_and_they_stay(
    database: DatabaseUrls, valkey: str
) -> None:
    booked = ScheduleWorld()
    world = SettingsWorld.__new__(SettingsWorld)
    world.clinic, world.admin = booked.clinic, staff_of(booked.clinic, role=Role.ADMINISTRATOR)
    appointment_id = booked.book(booked.slots()[-1])
    person = next(one for one in world.ask(list_practitioners) if one.id == booked.practitioners[0].id)
    about = {"practitioner_id": person.id, "version": person.version}
    with pytest.raises(StillNeeded) as refusal:
        world.change(retire_practitioner, **about, agreed=0)
    assert refusal.value.details == {"appointments": 1}
    assert world.ask(list_practitioners)[0].is_active
    world.change(retire_practitioner, **about, agreed=1)
    assert booked.displaced() == {appointment_id: "practitioner-inactive"}
    assert booked.slots() == []
    assert [one.is_active for one in world.ask(list_practitioners)] == [False]


def test_a_retired_service_room_and_location_are_offered_no_more(world: SettingsWorld) -> None:
    location_id, service_id = world.location(), world.service()
    room_id = world.room(location_id)
    service = world.ask(list_services)[0]
    world.change(retire_service, service_id=service_id, version=service.version, agreed=0)
    room = world.ask(list_equipment, location_id=location_id)[0]
    about = {"what": Equipment.ROOM, "entry_id": room_id}
    world.change(retire_equipment, **about, version=room.version, agreed=0)
    with pytest.raises(StaleVersion):
        world.change(change_equipment, **about, name="2", kind="exam", version=room.version)
    place = world.ask(list_locations)[0]
    world.change(retire_location, location_id=location_id, version=place.version, agreed=0)
    offer = world.ask(read_offer)
    assert (offer.services, offer.locations) == ([], [])


def test_a_room_kind_must_be_in_use_somewhere(world: SettingsWorld) -> None:
    location_id = world.location()
    world.room(location_id, kind="theatre")
    assert world.service(room_kind="theatre")


def test_a_session_is_cut_anew_when_its_service_lasts_longer(world: SettingsWorld) -> None:
    service_id = world.service(capacity=6, duration_minutes=30)
    practitioner_id, location_id = world.practitioner(service_id), world.location()
    world.change(open_schedule, practitioner_id=practitioner_id, location_id=location_id, settings=Settings())
    week = week_of(world, practitioner_id, location_id)
    steps = [Put(replace(MORNING, service_id=service_id))]
    world.change(change_week, schedule_id=week.schedule_id, settings=Settings(), version=week.version, steps=steps)
    seen = world.ask(list_services)[0]
    longer = replace(seen.fields, duration_minutes=60)
    outcome = world.change(change_service, service_id=service_id, fields=longer, version=seen.version)
    assert outcome.effect.removed > outcome.effect.added


def test_another_currency_keeps_the_figures_of_all_prices(world: SettingsWorld) -> None:
    world.service(price_amount=2500)
    clinic = world.ask(read_clinic)
    world.change(change_clinic, fields=replace(clinic, currency="JPY"), version=clinic.version)
    service = world.ask(list_services)[0]
    assert (service.currency, service.fields.price_amount) == ("JPY", 25)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"currency": "XYZ"}, "currency"),
        ({"language": "xx"}, "language"),
        ({"timezone": "nowhere"}, "timezone"),
        ({"country": "?"}, "country"),
        ({"lock_minutes": 61}, "lock_minutes"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_the_clinic_names_the_field_that_cannot_be(world: SettingsWorld, fields: dict[str, Any], field: str) -> None:
    clinic = world.ask(read_clinic)
    with pytest.raises(InvalidField) as refusal:
        world.change(change_clinic, fields=replace(clinic, **fields), version=clinic.version)
    assert refusal.value.field == field

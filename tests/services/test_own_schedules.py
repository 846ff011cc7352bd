"""Who may change whose schedules: managers at their sites, practitioners their own time off, nobody else."""

from datetime import time, timedelta
from typing import Any

import pytest

from app.errors import ClinicError, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.permissions import Permission
from app.services.schedules.closures import add_closure
from app.services.schedules.exceptions import add_exception, remove_exception
from app.services.schedules.leave import add_leave, remove_leave
from app.services.schedules.set_up import Settings, open_schedule
from models.accounts import Role, RoleGrant, User
from models.base import new_id
from models.principal import Principal
from models.schedules import ExceptionKind
from tests.builders import NOW, building, staff_of
from tests.services.schedule_world import MONDAY, ScheduleWorld, at, hours
from tests.services.week_edits import add_rule, change_cut

pytestmark = pytest.mark.database
TUESDAY = MONDAY + timedelta(days=1)
MORNING: dict[str, Any] = {"starts_local": at(TUESDAY, "08:00"), "ends_local": at(TUESDAY, "10:00")}
HOUR: dict[str, Any] = {"on_date": TUESDAY, "starts_local": time(9), "ends_local": time(10)}


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def practitioner_of(world: ScheduleWorld, number: int = 0) -> Principal:
    """Make an account for a practitioner."""
    user_id = new_id()
    with building() as session:
        session.add(User(id=user_id, login=str(user_id), display_name="Dr", password_hash="-", created_at=NOW))
        session.flush()
        grant = {"user_id": user_id, "role": Role.PRACTITIONER, "practitioner_id": world.practitioners[number].id}
        session.add(RoleGrant(clinic_id=world.clinic_id, **grant))
    return staff_of(world.clinic, role=Role.PRACTITIONER, actor_id=str(user_id))


def test_a_practitioner_enters_and_takes_back_their_own_leave_and_closed_hours() -> None:
    world = ScheduleWorld(practitioners=2)
    me = practitioner_of(world)
    leave = world.change(add_leave, principal=me, practitioner_id=world.practitioners[0].id, **MORNING)
    assert leave.effect.removed == 2
    assert world.change(remove_leave, principal=me, leave_id=leave.entry_id).effect.added == 2
    place = {"schedule_id": world.schedules[0].id, "kind": ExceptionKind.CLOSED}
    closed = world.change(add_exception, principal=me, **place, **HOUR)
    assert closed.effect.removed == 2
    assert world.change(remove_exception, principal=me, exception_id=closed.entry_id).effect.added == 2


def test_a_practitioner_changes_nothing_of_a_colleague_and_nothing_else_of_their_own() -> None:
    world = ScheduleWorld(practitioners=2)
    me, colleague = practitioner_of(world), world.practitioners[1].id
    theirs = world.change(add_leave, practitioner_id=colleague, **MORNING)
    own, other = (schedule.id for schedule in world.schedules)
    attempts: list[tuple[Any, dict[str, Any]]] = [
        (add_leave, {"practitioner_id": colleague, **MORNING}),
        (remove_leave, {"leave_id": theirs.entry_id}),
        (add_exception, {"schedule_id": other, "kind": ExceptionKind.CLOSED, **HOUR}),
        (add_exception, {"schedule_id": own, "kind": ExceptionKind.EXTRA, **HOUR}),
        (add_rule, {"schedule_id": own, "hours": hours(5, "09:00", "10:00")}),
        (add_closure, {"location_id": world.locations[0].id, **MORNING}),
        (change_cut, {"schedule_id": own, "settings": Settings(slot_minutes=10)}),
    ]
    before = [slot.id for slot in world.slots()]
    for verb, values in attempts:
        with pytest.raises(NotPermitted):
            world.change(verb, principal=me, **values)
        with pytest.raises(NotPermitted):
            world.preview(verb, principal=me, **values)
    assert [slot.id for slot in world.slots()] == before


def test_a_manager_of_one_site_changes_that_site_only() -> None:
    world = ScheduleWorld(sites=2)
    here, there = (location.id for location in world.locations)
    manager = staff_of(world.clinic, role=Role.MANAGER, location_ids=frozenset({here}))
    place = {"kind": ExceptionKind.CLOSED, **HOUR}
    assert world.change(add_exception, principal=manager, schedule_id=world.schedules[0].id, **place).effect.removed
    attempts: list[tuple[Any, dict[str, Any]]] = [
        (add_exception, {"schedule_id": world.schedules[1].id, **place}),
        # The practitioner works at the other site too.
        (add_leave, {"practitioner_id": world.practitioners[0].id, **MORNING}),
        (add_closure, {"location_id": there, **MORNING}),
        (add_closure, {"location_id": None, **MORNING}),
        (
            open_schedule,
            {"practitioner_id": world.practitioners[0].id, "location_id": there, "settings": Settings()},
        ),
    ]
    for verb, values in attempts:
        with pytest.raises(NotPermitted):
            world.change(verb, principal=manager, **values)


def test_the_desk_enters_that_somebody_is_away_and_changes_no_schedule() -> None:
    world = ScheduleWorld(practitioners=2)
    away = world.change(add_leave, principal=world.clerk, practitioner_id=world.practitioners[1].id, **MORNING)
    assert away.effect.removed
    assert world.change(remove_leave, principal=world.clerk, leave_id=away.entry_id).effect.added
    nurse = staff_of(world.clinic, role=Role.NURSE)
    with pytest.raises(NotPermitted):
        world.change(add_leave, principal=nurse, practitioner_id=world.practitioners[1].id, **MORNING)
    rule = {"schedule_id": world.schedules[1].id, "hours": hours(5, "09:00", "10:00")}
    with pytest.raises(NotPermitted):
        world.change(add_rule, principal=world.clerk, **rule)


def test_only_practitioners_hold_the_permission_for_their_own() -> None:
    world = ScheduleWorld()
    for role in Role:
        assert staff_of(world.clinic, role=role).may(Permission.SCHEDULES_OWN) is (role is Role.PRACTITIONER)


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        (add_leave, {"starts_local": at(TUESDAY, "10:00"), "ends_local": at(TUESDAY, "10:00")}),
        (add_leave, {"starts_local": NOW, "ends_local": NOW + timedelta(hours=1)}),
        (add_leave, {"starts_local": at(TUESDAY, "10:00"), "ends_local": at(TUESDAY + timedelta(days=2000), "10:00")}),
        (add_rule, {"hours": hours(7, "09:00", "10:00")}),
        (add_rule, {"hours": hours(1, "10:00", "10:00")}),
        (add_rule, {"hours": hours(1, "09:00", "10:00", valid_until=MONDAY - timedelta(days=999))}),
        (add_rule, {"hours": hours(1, "09:00", "10:00", capacity=4)}),
        (add_rule, {"hours": hours(1, "09:00", "10:00", service_id=new_id())}),
        (change_cut, {"settings": Settings(slot_minutes=4)}),
        (change_cut, {"settings": Settings(overbook_limit=21)}),
    ],
    ids=["empty", "zoned", "endless", "weekday", "hours", "dates", "capacity", "service", "minutes", "limit"],
)
def test_what_cannot_be_is_refused_in_words(verb: Any, values: dict[str, Any]) -> None:
    world = ScheduleWorld(days=1)
    place = (
        {"practitioner_id": world.practitioners[0].id} if verb is add_leave else {"schedule_id": world.schedules[0].id}
    )
    with pytest.raises(ClinicError) as refused:
        world.change(verb, **place, **values)
    assert refused.value.status_code == 422

"""Time is blocked and opened again from the board: by the desk, by practitioners for themselves, and by leads."""

from datetime import time
from typing import Any

import pytest
from sqlmodel import select

from app.errors import InvalidField, NotFound, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.accounts.permissions import Permission
from app.services.board.blocks import Stretch, block, preview_block, unblock
from app.services.schedules.exceptions import add_exception
from models.accounts import Role
from models.db import transaction
from models.principal import Principal
from models.records import AuditEvent
from models.schedules import ExceptionKind, ScheduleException
from tests.builders import building, staff_of
from tests.services.board_day import make_named_patient
from tests.services.schedule_world import MONDAY, ScheduleWorld
from tests.services.test_own_schedules import practitioner_of

pytestmark = pytest.mark.database


@pytest.fixture
def world(database: DatabaseUrls, valkey: str) -> ScheduleWorld:
    return ScheduleWorld(practitioners=2)


def stretch_of(world: ScheduleWorld, *, first: int = 1, last: int = 2, number: int = 0) -> Stretch:
    """Return the time of some of Monday's slots."""
    slots = world.slots(day=MONDAY, number=number)
    practitioner_id, location_id = world.practitioners[number].id, world.locations[0].id
    return Stretch(practitioner_id, location_id, slots[first].starts_at, slots[last].ends_at, "Europe/Berlin")


def stored(world: ScheduleWorld) -> list[tuple[str, str]]:
    with building() as session:
        found = session.exec(select(ScheduleException).where(ScheduleException.clinic_id == world.clinic_id))
        return [(one.kind.value, one.reason) for one in found]


def block_(world: ScheduleWorld, by: Principal, stretch: Stretch, reason: str = "Staff meeting") -> Any:
    return block(by, stretch=stretch, reason=reason, now=world.now)


def test_the_desk_blocks_and_opens_hours_of_a_day(world: ScheduleWorld) -> None:
    before = len(world.slots(day=MONDAY))
    outcome = block_(world, world.clerk, stretch_of(world))
    assert stored(world) == [("closed", "Staff meeting")]
    assert len(world.slots(day=MONDAY)) == before - 2
    was = unblock(world.clerk, exception_id=outcome.entry_id, now=world.now)
    assert stored(world) == []
    assert len(world.slots(day=MONDAY)) == before
    # What was opened can be blocked once more as it was: the other way of Undo.
    block(world.clerk, stretch=was.stretch, reason=was.reason, now=world.now)
    assert stored(world) == [("closed", "Staff meeting")]
    with building() as session:
        of_them = AuditEvent.object_kind == "schedule-exception"
        found = session.exec(select(AuditEvent).where(AuditEvent.clinic_id == world.clinic_id, of_them)).all()
    assert sorted(one.action for one in found) == ["schedule-exception.add"] * 2 + ["schedule-exception.remove"]
    with pytest.raises(NotFound):
        unblock(world.clerk, exception_id=outcome.entry_id, now=world.now)


def test_the_preview_names_whom_it_displaces_and_changes_nothing(world: ScheduleWorld) -> None:
    world.patients[0] = make_named_patient(world.clinic, "Ana Silva")
    stretch = stretch_of(world)
    appointment_id = world.book(world.slots(day=MONDAY)[1])
    with transaction(world.clerk) as session:
        seen = preview_block(session, world.clerk, stretch=stretch, now=world.now)
    assert [(one.appointment_id, one.patient) for one in seen.displaced] == [(appointment_id, "Ana Silva")]
    assert (stored(world), world.displaced()) == ([], {})
    block_(world, world.clerk, stretch)
    assert set(world.displaced()) == {appointment_id}


def test_blocked_time_needs_a_reason_and_lies_within_one_day(world: ScheduleWorld) -> None:
    one = stretch_of(world)
    with pytest.raises(InvalidField):
        block_(world, world.clerk, one, reason="  ")
    tomorrow = world.slots()[-1].ends_at
    with pytest.raises(InvalidField):
        block_(world, world.clerk, Stretch(one.practitioner_id, one.location_id, one.starts_at, tomorrow, one.timezone))
    backwards = Stretch(one.practitioner_id, one.location_id, one.ends_at, one.starts_at, one.timezone)
    with pytest.raises(InvalidField):
        block_(world, world.clerk, backwards)
    assert stored(world) == []


def test_practitioners_block_their_own_time_and_nobody_elses(world: ScheduleWorld) -> None:
    me = practitioner_of(world)
    block_(world, me, stretch_of(world))
    with pytest.raises(NotPermitted):
        block_(world, me, stretch_of(world, number=1))
    assert len(stored(world)) == 1


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.RECEPTIONIST, True), (Role.MANAGER, True), (Role.ADMINISTRATOR, True), (Role.NURSE, False)],
)
def test_who_may_block_the_time_of_others(world: ScheduleWorld, role: Role, *, may: bool) -> None:
    actor = staff_of(world.clinic, role=role)
    if may:
        block_(world, actor, stretch_of(world))
    else:
        with pytest.raises(NotPermitted):
            block_(world, actor, stretch_of(world))
    assert len(stored(world)) == may
    assert actor.may(Permission.SCHEDULES_BLOCK) is (role is Role.RECEPTIONIST)


def test_the_desk_blocks_at_its_own_sites_only_and_opens_no_more_than_was_planned(world: ScheduleWorld) -> None:
    elsewhere = staff_of(world.clinic, location_ids=frozenset())
    with pytest.raises(NotPermitted):
        block_(world, elsewhere, stretch_of(world))
    extra = {"on_date": MONDAY, "starts_local": time(14), "ends_local": time(15), "kind": ExceptionKind.EXTRA}
    with pytest.raises(NotPermitted):
        world.change(add_exception, principal=world.clerk, schedule_id=world.schedules[0].id, **extra)
    assert stored(world) == []

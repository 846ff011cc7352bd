"""What an edit of schedules leaves behind: audit rows, news for boards, no stale copies; of a preview, who saw whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlmodel import Session

from app.errors import Overloaded, StaleVersion
from app.infra import live
from app.infra.cache import cache
from app.infra.cache_keys import starts_of
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import once
from app.services.booking.once import OutcomeUnknown
from app.services.catalogue.editing import change_settings
from app.services.schedules.leave import add_leave, remove_leave
from app.services.schedules.read_week import week_version
from app.services.schedules.set_up import Settings
from app.services.schedules.week import change_week
from models.db import rows, transaction
from tests.builders import building
from tests.services.schedule_world import MONDAY, ScheduleWorld, at

pytestmark = pytest.mark.database
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What boards and caches are told."""
    heard: list[Any] = []
    monkeypatch.setattr(
        live, "publish", lambda clinic_id, location_id, day, version, **_: heard.append((location_id, day))
    )
    monkeypatch.setattr(type(cache()), "drop", lambda self, groups: heard.append(set(groups)))
    return heard


def leave(world: ScheduleWorld) -> dict[str, Any]:
    return {
        "practitioner_id": world.practitioners[0].id,
        "starts_local": at(TUESDAY, "00:00"),
        "ends_local": at(TUESDAY, "23:00"),
    }


def audit(world: ScheduleWorld) -> list[tuple[Any, ...]]:
    asked = """
SELECT actor, action, object_kind, object_id, reason, detail FROM audit_events
 WHERE clinic_id = %(clinic_id)s AND object_kind <> 'appointment' ORDER BY at, id
"""
    with building() as session:
        return rows(session, asked, {"clinic_id": world.clinic_id})


def test_an_edit_tells_boards_and_caches_after_it_is_committed(told: list[Any]) -> None:
    world = ScheduleWorld()
    world.change(add_leave, **leave(world))
    practitioner = world.practitioners[0].id
    groups = {starts_of(world.clinic_id, practitioner), starts_of(world.clinic_id, None)}
    assert told == [(world.locations[0].id, TUESDAY), groups]


def test_an_edit_and_each_displacement_are_in_the_audit_log(told: list[Any]) -> None:
    world = ScheduleWorld()
    booked = world.book(world.slots(day=TUESDAY)[0])
    outcome = world.change(add_leave, **leave(world))
    edited, displaced = audit(world)
    assert edited[:4] == (world.manager.actor, "leave.add", "leave", outcome.entry_id)
    assert {name: edited[5][name] for name in ("added", "removed", "displaced")} == {
        "added": 0,
        "removed": 6,
        "displaced": 1,
    }
    assert displaced[:5] == (world.manager.actor, "displace", "displaced-appointment", booked, "leave")


def test_a_preview_leaves_nothing_but_that_somebody_saw_whom_it_would_displace(told: list[Any]) -> None:
    world = ScheduleWorld()
    booked = world.book(world.slots(day=TUESDAY)[0])
    told.clear()
    before = [slot.id for slot in world.slots()]
    effect = world.preview(add_leave, **leave(world))
    assert [one.appointment_id for one in effect.displaced] == [booked]
    assert (told, world.displaced(), [slot.id for slot in world.slots()]) == ([], {}, before)
    ((_, action, kind, _, _, detail),) = audit(world)
    assert (action, kind, detail) == ("list", "displaced-preview", {"ids": [str(booked)]})


def test_an_edit_whose_commit_was_not_answered_is_told_as_made(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = ScheduleWorld()
    lose_a_commit(monkeypatch)
    made = world.change(add_leave, **leave(world))
    assert (made.was_there, len(world.slots(day=TUESDAY)), len(told)) == (False, 0, 2)
    lose_a_commit(monkeypatch)
    ended = world.change(remove_leave, leave_id=made.entry_id)
    assert (ended.entry_id, len(world.slots(day=TUESDAY))) == (made.entry_id, 6)
    assert [action for _, action, *_ in audit(world)] == ["leave.add", "leave.remove"]


def test_a_week_whose_commit_was_not_answered_is_told_as_made(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    world = ScheduleWorld()
    schedule_id = world.schedules[0].id
    with transaction(world.manager) as session:
        version = week_version(session, world.clinic_id, schedule_id=schedule_id)
    week = {"schedule_id": schedule_id, "steps": [], "settings": Settings(slot_minutes=15), "version": version}
    lose_a_commit(monkeypatch)
    change_settings(world.manager, world.edit(change_week, **week))
    assert len(world.slots(day=TUESDAY)) == 12
    with pytest.raises(StaleVersion):
        change_settings(world.manager, world.edit(change_week, **week))


def test_an_edit_whose_commit_never_arrived_is_made_again(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    world = ScheduleWorld()
    lose_a_commit(monkeypatch, is_made=False)
    made = world.change(add_leave, **leave(world))
    assert (made.was_there, world.slots(day=TUESDAY)) == (False, [])
    assert [action for _, action, *_ in audit(world)] == ["leave.add"]


def test_where_nobody_can_tell_whether_an_edit_was_made_nobody_is_told_that_it_was_not(
    told: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = ScheduleWorld()
    lose_a_commit(monkeypatch, is_gone_afterwards=True)
    with pytest.raises(OutcomeUnknown, match="Look whether it was saved"):
        world.change(add_leave, **leave(world))
    with pytest.raises(Overloaded, match="Nothing was changed"):
        world.change(add_leave, **leave(world))
    assert world.slots(day=TUESDAY) == []


def lose_a_commit(monkeypatch: pytest.MonkeyPatch, *, is_made: bool = True, is_gone_afterwards: bool = False) -> None:
    """Break the line at the next COMMIT, after or before the server has it, and perhaps every line from then on."""
    real_commit, real_transaction = Session.commit, once.transaction
    lost: list[Session] = []

    def commit(session: Session) -> None:
        if lost:
            return real_commit(session)
        lost.append(session)
        if is_made:
            real_commit(session)
        raise psycopg.OperationalError

    @contextmanager
    def none_or_real(*args: Any, **more: Any) -> Iterator[Session]:
        if lost and is_gone_afterwards:
            raise psycopg.OperationalError
        with real_transaction(*args, **more) as session:
            yield session

    monkeypatch.setattr(Session, "commit", commit)
    monkeypatch.setattr(once, "transaction", none_or_real)

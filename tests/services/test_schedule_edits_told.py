"""What an edit of schedules leaves behind: audit rows, news for boards, no stale copies; of a preview, who saw whom."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app.infra import live
from app.infra.cache import cache
from app.infra.cache_keys import starts_of
from app.infra.embedded.roles import DatabaseUrls
from app.services.schedules import edit
from app.services.schedules.leave import add_leave
from models.db import rows
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


def test_an_edit_is_made_again_when_its_connection_is_lost_and_is_still_one(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = ScheduleWorld()
    real, tries = edit.transaction, []

    def lost_after_its_commit(*args: Any, **more: Any) -> Any:
        tries.append(1)
        return real(*args, **more)

    def once_lost(session: Any) -> Any:
        outcome = world.edit(add_leave, **leave(world))(session)
        if len(tries) == 1:
            session.commit()
            raise psycopg.OperationalError
        return outcome

    monkeypatch.setattr(edit, "transaction", lost_after_its_commit)
    edit.change_schedules(world.manager, once_lost)
    assert len(tries) == 2
    with building() as session:
        asked = "SELECT count(*) FROM leaves WHERE clinic_id = %(clinic_id)s"
        assert rows(session, asked, {"clinic_id": world.clinic_id}) == [(1,)]

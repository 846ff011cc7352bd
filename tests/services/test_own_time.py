"""One's own time: closed after a look at whom that displaces, listed, opened again; never a colleague's."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from app.errors import InvalidField, NotFound, NotPermitted
from app.services.board.blocks import unblock
from app.services.own_day.close_time import (
    Away,
    Hours,
    block_own,
    preview_own_block,
    preview_own_leave,
    take_own_leave,
)
from app.services.own_day.time_off import Kind, TimeOff, own_time_off
from models.db import rows, transaction
from models.principal import Principal
from tests.builders import TOMORROW, building, make_location
from tests.services.board_day import DAY
from tests.services.own_practitioner import OwnWorld, make_own_world

pytestmark = pytest.mark.usefixtures("database")
# Dr Anna's first half hour, by the clock of Berlin.
NINE, HALF_PAST = time(9), time(9, 30)


@pytest.fixture
def world() -> OwnWorld:
    return make_own_world()


def hours(world: OwnWorld, **fields: Any) -> Hours:
    return Hours(**{"location_id": world.day.location.id, "on_date": DAY, "starts": NINE, "ends": HALF_PAST, **fields})


def closed(who: Principal, *, now: datetime = TOMORROW) -> list[TimeOff]:
    with transaction(who) as session:
        return own_time_off(session, who, now=now)


def statuses(world: OwnWorld) -> list[str]:
    asked = "SELECT status FROM slots WHERE clinic_id = %(clinic_id)s AND id = ANY(%(ids)s) ORDER BY starts_at"
    with transaction(world.anna) as session:
        ids = [slot.id for slot in world.day.anna_slots[:2]]
        return [status for (status,) in rows(session, asked, {"clinic_id": world.day.clinic.id, "ids": ids})]


def test_hours_are_closed_after_a_look_and_opened_again(world: OwnWorld) -> None:
    visit = world.visit("Dora Displaced")
    with transaction(world.anna) as session:
        seen = preview_own_block(session, world.anna, hours=hours(world), now=TOMORROW - timedelta(hours=1))
    assert [one.patient for one in seen.displaced] == ["Dora Displaced"]
    assert closed(world.anna) == []
    outcome = block_own(world.anna, hours=hours(world), reason="Training", now=TOMORROW - timedelta(hours=1))
    assert [one.appointment_id for one in outcome.effect.displaced] == [visit.id]
    (entry,) = closed(world.anna)
    assert (entry.kind, entry.reason, entry.starts_local.time()) == (Kind.BLOCK, "Training", NINE)
    assert (statuses(world), world.stored(visit).status) == (["blocked", "blocked"], "booked")
    assert closed(world.boris) == []
    unblock(world.anna, exception_id=entry.id, now=TOMORROW - timedelta(hours=1))
    assert closed(world.anna) == []


def test_leave_is_taken_for_oneself_after_a_look(world: OwnWorld) -> None:
    away = Away(datetime.combine(DAY, time()), datetime.combine(DAY + timedelta(days=2), time()), "Holiday")
    world.visit("Dora Displaced")
    with transaction(world.anna) as session:
        effect = preview_own_leave(session, world.anna, away=away, now=TOMORROW - timedelta(hours=1))
    assert len(effect.displaced) == 1
    take_own_leave(world.anna, away=away, now=TOMORROW - timedelta(hours=1))
    (entry,) = closed(world.anna)
    assert (entry.kind, entry.reason) == (Kind.LEAVE, "Holiday")
    assert closed(world.anna, now=TOMORROW + timedelta(days=3)) == []


def test_closed_time_names_a_place_of_ones_own_an_order_and_a_reason(world: OwnWorld) -> None:
    with building() as session:
        elsewhere = make_location(session, clinic=world.day.clinic)
    refused: list[tuple[type[Exception], Hours, str]] = [
        (NotFound, hours(world, location_id=elsewhere.id), "Training"),
        (InvalidField, hours(world, starts=HALF_PAST, ends=NINE), "Training"),
        (InvalidField, hours(world), ""),
    ]
    for error, wanted, reason in refused:
        with pytest.raises(error):
            block_own(world.anna, hours=wanted, reason=reason, now=TOMORROW)
    assert closed(world.anna) == []


def test_only_practitioners_close_time_of_their_own(world: OwnWorld) -> None:
    with pytest.raises(NotPermitted):
        block_own(world.day.clerk, hours=hours(world), reason="Training", now=TOMORROW)
    block_own(world.anna, hours=hours(world), reason="Training", now=TOMORROW)
    (entry,) = closed(world.anna)
    with pytest.raises(NotPermitted):
        unblock(world.boris, exception_id=entry.id, now=TOMORROW)
    with pytest.raises(NotPermitted):
        closed(world.day.clerk)

"""The displaced are moved once, whoever asks how often and at the same time."""

from functools import partial

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking.answer import Answer, request_key
from app.services.booking.reschedule_many import Move
from app.services.booking.retry import attempt
from app.services.displaced.proposals import propose
from app.services.displaced.reseat import reseat
from app.services.schedules.leave import add_leave
from models.appointments import Appointment
from models.db import transaction
from tests.builders import building
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import crowd, tally
from tests.invariants import assert_sound
from tests.services.schedule_world import ScheduleWorld, at

PEOPLE = 6


def displaced_world() -> tuple[ScheduleWorld, list[Move]]:
    """Let six booked people lose their Tuesday, and find them new places."""
    world = ScheduleWorld(practitioners=2)
    tuesday = world.slots()[6].starts_at.date()
    booked = [world.book(slot, patient=n) for n, slot in enumerate(world.slots(day=tuesday)[:PEOPLE])]
    away = {"starts_local": at(tuesday, "00:00"), "ends_local": at(tuesday, "23:00")}
    world.change(add_leave, practitioner_id=world.practitioners[0].id, **away)
    with transaction(world.clerk) as session:
        found = propose(session, world.clerk, appointment_ids=booked, now=world.now)
    return world, [Move(one.visit.appointment_id, one.start.id) for one in found if one.start]


def ask(world: ScheduleWorld, moves: list[Move], *, key: str) -> Answer:
    request = request_key(world.clerk, method="POST", path="/reseat", key=key, body=1)
    verb = partial(reseat, principal=world.clerk, moves=moves, key=request, now=world.now)
    return attempt(world.clerk, verb, key=request, now=world.now)


def versions(world: ScheduleWorld, moves: list[Move]) -> set[int]:
    with building() as session:
        return {session.get_one(Appointment, (world.clinic_id, move.appointment_id)).version for move in moves}


def test_the_same_request_ten_times_at_once_moves_everybody_once(database: DatabaseUrls) -> None:
    world, moves = displaced_world()
    assert len(moves) == PEOPLE
    with counted_deadlocks(database) as deadlocks:
        heard = crowd([partial(ask, world, moves, key="one") for _ in range(10)])
    assert (deadlocks(), tally(heard)) == (0, {200: 10})
    # Held, confirmed, moved.
    assert versions(world, moves) == {3}
    assert_sound(world.clinic_id)


def test_two_desks_with_the_same_moves_move_everybody_once(database: DatabaseUrls) -> None:
    world, moves = displaced_world()
    calls = [partial(ask, world, order, key=str(n)) for n, order in enumerate([moves, moves[::-1]] * 3)]
    with counted_deadlocks(database) as deadlocks:
        heard = tally(crowd(calls))
    assert (deadlocks(), heard) == (0, {200: 6})
    assert versions(world, moves) == {3}
    assert_sound(world.clinic_id)

"""A hold that has run out, changed by the desk while others want its time and the sweeper comes: one visit is live."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from app.infra.embedded.roles import DatabaseUrls
from app.services.board.moves import change_room
from app.services.booking.answer import Answer
from app.services.booking.expire import sweep
from models.appointments import Appointment
from models.db import DatabaseRole, transaction
from models.schedules import Slot
from tests.builders import NOW, building, job_of
from tests.calls import hold, resize
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import crowd, tally
from tests.concurrency.floor import Floor
from tests.invariants import assert_sound, live_count

LATER = NOW + timedelta(minutes=6)


def test_a_run_out_hold_is_not_live_again_whoever_comes_first(database: DatabaseUrls) -> None:
    with counted_deadlocks(database) as deadlocks:
        floor = Floor(starts=8, rooms=2)
        mine = hold(floor.clerk, floor.here[0], floor.service, floor.patients[0])
        seen = {"appointment_id": UUID(mine.body["id"]), "version": 1}
        planned = partial(change_room, floor.clerk, **seen, room_id=_room_of(floor, mine), now=LATER)
        calls: list[Callable[[], Answer]] = [planned] * 10
        calls += [partial(resize, floor.clerk, mine, minutes, now=LATER) for minutes in (5, 20, 30, 45)]
        calls += [partial(hold, floor.clerk, floor.here[0], floor.service, p, now=LATER) for p in floor.patients[1:11]]
        calls += [partial(_swept, floor)] * 3
        heard = tally(crowd(calls))
    # Who comes after the hold was ended has seen an older version of it.
    assert heard["hold-expired"] + heard["stale-version"] == 14
    assert (heard[201], heard["slot-unavailable"], heard[200]) == (1, 9, 3)
    assert deadlocks() == 0
    _swept(floor)
    assert live_count(floor.clinic.id) == 1
    with building() as session:
        assert session.get_one(Slot, (floor.clinic.id, floor.here[0].id)).current_bookings == 1
    assert_sound(floor.clinic.id)


def _room_of(floor: Floor, answer: Answer) -> UUID | None:
    with building() as session:
        return session.get_one(Appointment, (floor.clinic.id, UUID(answer.body["id"]))).room_id


def _swept(floor: Floor) -> Answer:
    job = job_of(floor.clinic)
    with transaction(job, role=DatabaseRole.WORKER) as session:
        sweep(session, job, batch=100, now=LATER)
    return Answer(200, {})

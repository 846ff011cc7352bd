"""The outbox: leases with an epoch, order within an appointment, retries, and rows that wait for a person."""

import pytest

from app.infra.mail import MailFailed
from app.services.clock import utc_now
from app.services.messages import deliver, outbox
from app.settings import settings
from models.db import DatabaseRole, transaction
from models.records import OutboxState
from tests.scheduler.world import World, make_world

pytestmark = pytest.mark.usefixtures("database", "valkey")


def work_off(world: World) -> int:
    return deliver.deliver(world.job, owner="test", clock=utc_now, is_stopping=lambda: False)


def claim(world: World, owner: str = "a") -> list[outbox.Claimed]:
    with transaction(world.job, role=DatabaseRole.WORKER) as session:
        return outbox.claim_due(session, world.clinic_id, owner=owner, limit=50)


def end(world: World, row: outbox.Claimed, *, state: OutboxState = OutboxState.DONE) -> bool:
    with transaction(world.job, role=DatabaseRole.WORKER) as session:
        return outbox.finish(session, row, state=state)


def test_work_twice_tells_once() -> None:
    world = make_world()
    world.book()
    assert work_off(world) == 2
    assert work_off(world) == 0
    assert [kind for kind, _, _ in world.messages()] == ["confirmation"]
    assert {state for _, state in world.outbox()} == {"done"}


def test_a_claimed_row_is_nobody_elses_until_its_lease_runs_out() -> None:
    world = make_world()
    world.hold()
    assert len(claim(world, "a")) == 1
    assert claim(world, "b") == []
    world.let_leases_run_out()
    (again,) = claim(world, "b")
    assert again.epoch == 2


def test_a_zombies_completion_touches_nothing() -> None:
    world = make_world()
    world.hold()
    (of_zombie,) = claim(world, "zombie")
    world.let_leases_run_out()
    (of_other,) = claim(world, "other")
    assert not end(world, of_zombie, state=OutboxState.DEAD)
    assert world.outbox() == [("appointment.created", "ready")]
    assert end(world, of_other)
    assert world.outbox() == [("appointment.created", "done")]


def test_control_without_the_epoch_a_zombie_ends_the_others_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "FINISH", outbox.FINISH.replace("AND lease_epoch = %(epoch)s::int", ""))
    world = make_world()
    world.hold()
    (of_zombie,) = claim(world, "zombie")
    world.let_leases_run_out()
    claim(world, "other")
    assert end(world, of_zombie, state=OutboxState.DEAD)
    assert world.outbox() == [("appointment.created", "dead")]


def test_a_row_waits_for_the_earlier_one_of_its_appointment() -> None:
    world = make_world()
    world.cancel(world.book())
    world.make_everything_due()
    assert [row.kind for row in claim(world)] == ["appointment.created"]
    assert claim(world) == []


def test_a_dead_row_holds_up_nobody() -> None:
    world = make_world()
    world.book()
    (created,) = claim(world)
    end(world, created, state=OutboxState.DEAD)
    assert [row.kind for row in claim(world)] == ["appointment.confirmed"]


def test_a_poison_row_does_not_block_others() -> None:
    world = make_world()
    world.book(0)
    world.alter(
        "UPDATE patients SET given_name_sealed = '\\x00' WHERE clinic_id = %(clinic_id)s AND id = %(id)s",
        id=world.patients[0].id,
    )
    world.book(1)
    work_off(world)
    assert len(world.messages()) == 1
    (waiting,) = world.ask(
        "SELECT attempts, last_error, not_before > now(), lease_owner FROM outbox_events"
        " WHERE clinic_id = %(clinic_id)s AND state = 'ready'"
    )
    assert waiting == (1, "SealBroken", True, None)


def test_the_last_attempt_parks_the_row_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "_hand_over", _failing)
    world = make_world()
    world.book()
    for _ in range(settings().outbox_attempts + 2):
        work_off(world)
        world.make_everything_due()
    (parked,) = world.ask(
        "SELECT state, attempts, last_error FROM outbox_events"
        " WHERE clinic_id = %(clinic_id)s AND kind = 'appointment.confirmed'"
    )
    assert parked == ("dead", settings().outbox_attempts, "no answer")
    assert world.messages() == []


def test_a_row_whose_workers_die_over_it_is_parked_too() -> None:
    world = make_world()
    world.book()
    claim(world)
    world.alter(
        "UPDATE outbox_events SET attempts = %(tries)s, lease_until = now() WHERE clinic_id = %(clinic_id)s",
        tries=settings().outbox_attempts,
    )
    for _ in range(2):
        work_off(world)
    assert ("appointment.confirmed", "dead") in world.outbox()


def test_a_process_that_stops_gives_back_what_it_has_not_begun() -> None:
    world = make_world(slots=3)
    for number in range(3):
        world.book(number)
    work_off_created(world)
    asked: list[int] = []
    # The stop comes while the first message is on its way.
    deliver.deliver(world.job, owner="a", clock=utc_now, is_stopping=lambda: len(asked.append(1) or asked) > 2)
    assert len(world.messages()) == 1
    left = claim(world, "b")
    assert [(row.attempts, row.epoch) for row in left] == [(0, 2), (0, 2)]


def test_a_row_whose_turn_never_came_has_not_been_tried() -> None:
    world = make_world()
    world.hold()
    for epoch in range(1, settings().outbox_attempts + 3):
        (row,) = claim(world, "slow")
        assert (row.attempts, row.epoch) == (0, epoch)
        world.let_leases_run_out()


def test_an_attempt_counts_though_its_worker_dies_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    world = make_world()
    world.book()
    work_off_created(world)
    monkeypatch.setattr(deliver, "prepare", die)
    with pytest.raises(Killed):
        work_off(world)
    world.let_leases_run_out()
    assert [row.attempts for row in claim(world, "b")] == [1]


def test_the_wait_grows_and_ends() -> None:
    waits = [outbox.wait_after(attempt) for attempt in range(1, 30)]
    assert 5 <= waits[0] <= 10
    assert waits[5] > waits[0]
    assert max(waits) <= outbox.LONGEST_WAIT_SECONDS


def work_off_created(world: World) -> None:
    with transaction(world.job, role=DatabaseRole.WORKER) as session:
        rows = outbox.claim_due(session, world.clinic_id, owner="a", limit=9)
        outbox.finish_silent(session, world.clinic_id, rows)


def _failing(parcel: object, *, has_sink: bool) -> str:
    raise MailFailed("no answer")

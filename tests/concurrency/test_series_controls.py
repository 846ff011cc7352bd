"""What happens to series when a guard is taken off."""

from collections.abc import Sequence
from functools import partial
from itertools import count
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session

from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import idempotency
from app.services.booking.answer import Answer, request_key
from app.services.booking.locks import LOCK_NAMES
from app.services.series import clearing
from models.db import rows
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import Meeting, crowd, tally
from tests.concurrency.series_crowd import A_WEEK, TIMES, book_all
from tests.invariants import live_count
from tests.services.series_world import FIRST_ON, SeriesWorld, weekly


def test_control_a_series_booked_one_by_one_is_left_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one transaction for all, two series that begin at different ends take half of each other's times."""
    world = SeriesWorld()
    patients = [world.another_patient() for _ in range(2)]
    halfway = Barrier(2)

    def one_by_one(patient: UUID, weeks: Sequence[int]) -> Answer:
        made: list[Answer] = []
        for position, week in enumerate(weeks):
            if position == TIMES // 2:
                halfway.wait(10)
            wish = world.wish(weekly(FIRST_ON + week * A_WEEK, times=1), patient_id=patient)
            made.append(world.book(wish))
        return made[-1]

    orders = (range(TIMES), range(TIMES - 1, -1, -1))
    heard = crowd([partial(one_by_one, patient, weeks) for patient, weeks in zip(patients, orders, strict=True)])
    assert tally(heard) == {"series-conflicts": 2}
    assert live_count(world.clinic.id) == TIMES


@pytest.mark.long
def test_control_with_names_locked_in_the_order_in_which_they_come_series_deadlock(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    met, turn = Meeting(), count()

    def unsorted(session: Session, names: set[str]) -> None:
        rooms = sorted(name for name in names if name.startswith("room"))
        for name in rooms if next(turn) % 2 else reversed(rooms):
            rows(session, LOCK_NAMES, {"names": [name]})
            met.wait()

    monkeypatch.setattr(clearing, "lock_names", unsorted)
    world = SeriesWorld(rooms=2, room_kind="exam")
    with counted_deadlocks(database) as deadlocks:
        crowd(book_all(world, callers=2, who=lambda one: one))
        assert deadlocks() > 0


def test_control_without_kept_answers_the_twins_hear_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SeriesWorld()
    key = request_key(world.clerk, method="POST", path="/series", key="the-same", body={})
    monkeypatch.setattr(idempotency, "require_unanswered", lambda *_: None)
    heard = tally(crowd([partial(world.book, key=key)] * 20))
    assert heard == {201: 1, "series-conflicts": 19}

"""Merges against holds and against each other: nothing is left behind in a file that only points elsewhere."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import monotonic
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from app.file_errors import PatientMerged
from app.infra.embedded.roles import DatabaseUrls
from app.services.booking import claim as claiming
from app.services.patients import merge as merging
from models.db import first_row, transaction
from tests.builders import building
from tests.calls import hold
from tests.concurrency.conftest import counted_deadlocks
from tests.concurrency.crowd import Meeting, crowd, tally
from tests.invariants import assert_sound
from tests.services.two_files import TwoFiles, merge, merge_in

pytestmark = pytest.mark.database
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
PAIRS = 12


def hold_while_merging(files: TwoFiles) -> "Future[Any]":
    """Let a hold for the file that is given up wait for a merge that has not been committed yet, then commit."""
    with ThreadPoolExecutor(1) as thread:
        with transaction(files.clerk) as session:
            merge_in(session, files)
            held = thread.submit(partial(hold, files.clerk, files.here[0], files.service, files.lose))
            until(lambda: _count() > 0)
        held.exception()
    return held


def test_a_hold_that_waited_for_a_merge_is_refused_and_names_the_file_to_use(database: DatabaseUrls) -> None:
    files = TwoFiles()
    refused = hold_while_merging(files).exception()
    assert isinstance(refused, PatientMerged)
    assert refused.details["patient_id"] == files.keep.id
    assert files.appointments_of(files.lose) == []
    assert_sound(files.clinic.id)


def test_control_without_the_guard_the_hold_is_left_behind_in_the_merged_file(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert claiming.NOT_MERGED in claiming.CLAIM
    bare = claiming.CLAIM.replace(claiming.NOT_MERGED, "").replace(
        "UNION ALL SELECT NULL::uuid, merged_into_id FROM barred", ""
    )
    monkeypatch.setattr(claiming, "CLAIM", bare)
    files = TwoFiles()
    assert hold_while_merging(files).exception() is None
    assert len(files.appointments_of(files.lose)) == 1


def test_holds_and_merges_at_once_leave_nothing_behind(database: DatabaseUrls) -> None:
    worlds = [TwoFiles() for _ in range(PAIRS)]
    with counted_deadlocks(database) as deadlocks:
        heard = tally(
            crowd(
                [files.merge for files in worlds]
                + [partial(hold, one.clerk, one.here[0], one.service, one.lose) for one in worlds]
            )
        )
    assert deadlocks() == 0
    assert heard[200] == PAIRS
    assert heard[201] + heard["patient-merged"] == PAIRS
    assert all(files.appointments_of(files.lose) == [] for files in worlds)


def test_two_merges_crosswise_leave_one_file_that_stands(database: DatabaseUrls) -> None:
    worlds = [TwoFiles() for _ in range(PAIRS)]
    with counted_deadlocks(database) as deadlocks:
        there = [partial(merge, one.clerk, one.keep, one.lose) for one in worlds]
        heard = tally(crowd(there + [partial(merge, one.clerk, one.lose, one.keep) for one in worlds]))
    assert deadlocks() == 0
    assert heard == {200: PAIRS, "patient-merged": PAIRS}
    assert all(merged(one) == 1 for one in worlds)


def test_control_without_the_locks_two_merges_crosswise_end_without_a_file_or_without_a_reason(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = Meeting()

    def together(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        met.wait()
        return found

    read = merging.pair
    monkeypatch.setattr(merging, "_lock", lambda *_: None)
    monkeypatch.setattr(merging, "pair", together)
    # What each writes into its own file would make them wait for each other: without it they meet at the end.
    monkeypatch.setattr(merging, "store", lambda *_, **__: None)
    files = TwoFiles()
    # The second writer sees the first one's row or not: the database stops it, or no file stands any more.
    is_stopped = False
    try:
        crowd([files.merge, partial(merge, files.clerk, files.lose, files.keep)])
    except CheckViolation:
        is_stopped = True
    assert is_stopped or merged(files) == 2


def merged(files: TwoFiles) -> int:
    """Return how many of the two files only point to the other."""
    return sum(files.row(one).merged_into_id is not None for one in (files.keep, files.lose))


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about; fail when it does not come."""
    deadline = monotonic() + 20
    while not is_so():
        assert monotonic() < deadline, "nobody waits for the merge"


def _count() -> int:
    with building() as session:
        found = first_row(session, WAITING, {})
    return int(found[0]) if found else 0

"""Who books while a file is checked or imported: the check delays nobody, the import tells who waits too long so."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from app.errors import Overloaded
from app.services.booking.answer import single_use_key
from app.services.imports import rehearse, take
from app.settings import settings
from tests.calls import hold
from tests.invariants import assert_sound
from tests.services.import_world import APPOINTMENT, BORN, Importer

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("database")]
# One row with each of two practitioners.
TEXT = APPOINTMENT + "7,Anna Weber,Check-up,2027-01-05 09:00,\n8,Boris Berg,Check-up,2027-01-05 09:00,\n"
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for a lock as long as in life."""
    monkeypatch.setattr(settings(), "lock_timeout_ms", 150)


@pytest.fixture
def world() -> Importer:
    """Anna's and Boris's Tuesday, and two patients; `slots` are Anna's."""
    made = Importer()
    made.add("Ana", "Torres", external_number="7")
    made.add("Eva", "Klein", external_number="8")
    made.also("Dr. Boris Berg")
    return made


@contextmanager
def stopped(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, work: Callable[[], Any]) -> Iterator[Future[Any]]:
    """Let some work stand still during the block, where it has called this function for the first time."""
    reached, go_on, real = threading.Event(), threading.Event(), getattr(module, name)

    def waiting(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        reached.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return answer

    monkeypatch.setattr(module, name, waiting)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        try:
            assert reached.wait(PATIENCE_SECONDS)
            yield working
        finally:
            go_on.set()


def test_who_waits_for_an_import_too_long_hears_so_and_gets_a_place_with_the_same_key_later(
    world: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.add("Mia", "Lang", BORN)
    key = single_use_key(world.clerk, "beside")
    with stopped(monkeypatch, take, "_keep", lambda: world.appointments(TEXT)) as importing:
        with pytest.raises(Overloaded):
            hold(world.clerk, world.slots[2], world.service, other, key=key)
        assert world.kept("appointments") == 0
    assert importing.result().is_taken
    assert hold(world.clerk, world.slots[2], world.service, other, key=key).status == 201
    assert world.kept("appointments", "status = 'booked'") == 2
    assert_sound(world.clinic.id)


def test_who_books_while_a_file_is_checked_does_not_wait_for_its_other_rows(
    world: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.add("Mia", "Lang", BORN)
    monkeypatch.setattr(rehearse, "GROUP", 1)
    with stopped(monkeypatch, rehearse, "_problems", lambda: world.appointments(TEXT, dry=True)) as checking:
        assert hold(world.clerk, world.slots[2], world.service, other).status == 201
    assert (checking.result().problems, checking.result().new) == ([], 2)


def test_while_its_rows_are_held_they_would_wait(world: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.add("Mia", "Lang", BORN)
    with stopped(monkeypatch, rehearse, "hold_rows", lambda: world.appointments(TEXT, dry=True)) as checking:
        with pytest.raises(Overloaded):
            hold(world.clerk, world.slots[2], world.service, other)
    assert checking.result().problems == []

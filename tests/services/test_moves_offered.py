"""What is offered for an appointment that is moved is what a reschedule accepts, and nothing acceptable is missing."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.availability import days, first_available, free_slots, obstacles, occupied, open_starts, starts
from tests.services.mover import MUST_BE_SEEN, Moved, Mover

pytestmark = pytest.mark.database

CLINICS = 7
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def mover(database: DatabaseUrls) -> Mover:
    return Mover()


@pytest.fixture(scope="module")
def examined(mover: Mover) -> list[Moved]:
    return [moved for seed in range(CLINICS) for moved in mover.examine(seed)]


def test_what_is_offered_for_a_move_is_what_a_reschedule_accepts(examined: list[Moved]) -> None:
    differences = [moved.difference() for moved in examined]
    assert [text for text in differences if text] == []


def test_the_run_has_seen_every_kind_of_answer(mover: Mover, examined: list[Moved]) -> None:
    assert examined
    assert {name for name in MUST_BE_SEEN if not mover.seen[name]} == set(), mover.seen


def test_first_available_and_days_say_what_the_list_says(examined: list[Moved]) -> None:
    for moved in examined:
        listed = moved.ask(open_starts)
        assert moved.ask(first_available, count=3) == listed[:3]
        assert sum(places for _, places in moved.ask(days)) == sum(start.free for start in listed)


def _sql(module: Any, name: str, old: str, new: str) -> Callable[[Patch], None]:
    def take(patch: Patch) -> None:
        statement = getattr(module, name)
        assert old in statement
        patch.setattr(module, name, statement.replace(old, new))

    return take


def _window_of_staff(patch: Patch) -> None:
    real = starts.terms_of

    def widened(*a: Any, **k: Any) -> Any:
        terms = real(*a, **k)
        return replace(terms, since=k["since"], until=k["until"])

    patch.setattr(starts, "terms_of", widened)


OWN = "a.id IS DISTINCT FROM %(moving_id)s::uuid"
TAKEN_OUT: dict[str, Callable[[Patch], None]] = {
    "its own slots are free for it": _sql(free_slots, "FREE_SLOTS", "a.id = %(moving_id)s::uuid", "false"),
    "its practitioner is free for it": _sql(occupied, "OF_PRACTITIONERS", OWN, "true"),
    "its room is free for it": _sql(obstacles, "OF_ROOMS", OWN, "true"),
    "its patient is in one place": lambda patch: patch.setattr(obstacles, "_patient", lambda *a, **k: None),
    "the patient's own appointment is not in its way": _sql(occupied, "OF_PATIENT", OWN, "true"),
    "the actor's window": _window_of_staff,
}


@pytest.mark.parametrize("rule", TAKEN_OUT)
def test_without_any_one_rule_list_and_moves_differ(rule: str, examined: list[Moved], monkeypatch: Patch) -> None:
    TAKEN_OUT[rule](monkeypatch)
    assert any(moved.difference() for moved in examined)


@pytest.mark.long
def test_what_is_offered_for_a_move_is_what_a_reschedule_accepts_in_many_clinics(mover: Mover) -> None:
    """HOLDFAST_TEST_SEEDS chooses other clinics, as `first:last`."""
    first, _, last = os.environ.get("HOLDFAST_TEST_SEEDS", "2000:2030").partition(":")
    for seed in range(int(first), int(last)):
        for moved in mover.examine(seed):
            assert moved.difference() == ""

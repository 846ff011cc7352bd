"""What is offered is what a hold accepts: every start on the list can be held, and nothing else can.

Each random clinic is examined once: every slot is tried as a first slot, for every service, as a guest and as staff,
each in a savepoint that is rolled back. Then the list must say the same; and with any one rule taken out of the list
it must not.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.availability import Start, days, first_available, free_slots, obstacles, occupied, open_starts, starts
from app.services.availability import terms as terms_module
from app.services.booking import visit
from app.services.booking.visit import BookingWindow
from tests.services.examiner import MUST_BE_SEEN, Examined, Examiner
from tests.services.random_clinic import DAYS

pytestmark = pytest.mark.database

CLINICS = 3 * len(DAYS)


@pytest.fixture(scope="module")
def examiner(database: DatabaseUrls) -> Examiner:
    return Examiner()


@pytest.fixture(scope="module")
def examined(examiner: Examiner) -> list[Examined]:
    """Every view of the suite's clinics, examined once."""
    return [view for seed in range(CLINICS) for view in examiner.examine(seed)]


def test_what_is_offered_is_what_a_hold_accepts(examined: list[Examined]) -> None:
    differences = [view.difference() for view in examined]
    assert [text for text in differences if text] == []


def test_the_run_has_seen_every_rule_at_work(examiner: Examiner, examined: list[Examined]) -> None:
    assert examined
    assert {name for name in MUST_BE_SEEN if not examiner.seen[name]} == set(), examiner.seen


def test_first_available_and_days_say_what_the_list_says(examined: list[Examined]) -> None:
    for view in examined:
        listed: list[Start] = view.ask(open_starts)
        for count in (1, 3):
            assert view.ask(first_available, count=count) == listed[:count]
        assert sum(places for _, places in view.ask(days)) == sum(start.free for start in listed)


def test_filters_only_take_away(examined: list[Examined]) -> None:
    for view in examined:
        listed: list[Start] = view.ask(open_starts)
        for start in listed[:1]:
            by_practitioner = view.ask(open_starts, practitioner_id=start.practitioner_id)
            assert by_practitioner == [s for s in listed if s.practitioner_id == start.practitioner_id]
            by_location = view.ask(open_starts, location_id=start.location_id)
            assert by_location == [s for s in listed if s.location_id == start.location_id]


Patch = pytest.MonkeyPatch
Taken = Callable[[Patch], None]


def _terms(**changed: Any) -> Taken:
    """Let availability forget what the service or the actor says."""

    def take(patch: Patch) -> None:
        real = starts.terms_of
        patch.setattr(starts, "terms_of", lambda *a, **k: replace(real(*a, **k), **changed))

    return take


def _rules(**changed: int) -> Taken:
    def take(patch: Patch) -> None:
        def forget(*a: Any, **k: Any) -> Any:
            terms = real(*a, **k)
            return replace(terms, rules=replace(terms.rules, **changed))

        real = starts.terms_of
        patch.setattr(starts, "terms_of", forget)

    return take


def _sql(module: Any, name: str, old: str, new: str) -> Taken:
    def take(patch: Patch) -> None:
        statement = getattr(module, name)
        assert old in statement
        patch.setattr(module, name, statement.replace(old, new))

    return take


def _window(**changed: datetime) -> Taken:
    def take(patch: Patch) -> None:
        real = terms_module.booking_window

        def widened(*a: Any, **k: Any) -> BookingWindow:
            return replace(real(*a, **k), **changed)

        patch.setattr(terms_module, "booking_window", widened)

    return take


def _ignore_own_session(patch: Patch) -> None:
    real = occupied.Occupied.admits
    nobody = UUID(int=0)
    patch.setattr(occupied.Occupied, "admits", lambda self, visit, *, slot_id: real(self, visit, slot_id=nobody))


def _one_room_is_enough_for_all(patch: Patch) -> None:
    patch.setattr(obstacles, "_one_admits", lambda places, visit, first: places is None or bool(places))


LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
FAR_AHEAD = datetime.fromisoformat("2100-01-01T00:00:00+00:00")
PAYING = "AND a.pay_deadline_at IS NULL"
RUN_OUT = "a.hold_expires_at <= %(now)s::timestamptz"
LEFT = "s.max_capacity - s.current_bookings + coalesce(d.places, 0) > 0"
TAKEN_OUT: dict[str, Taken] = {
    "rooms": _terms(room_kind=None),
    "devices": _terms(device_kind=None),
    "scarcity": _one_room_is_enough_for_all,
    "active rooms": _sql(obstacles, "OF_ROOMS", "AND r.is_active", ""),
    "active devices": _sql(obstacles, "OF_DEVICES", "AND r.is_active", ""),
    "the buffer before": _rules(buffer_before_minutes=0),
    "the buffer after": _rules(buffer_after_minutes=0),
    "the duration": _rules(duration_minutes=5),
    "an unbroken row of slots": lambda patch: patch.setattr(visit, "covers", lambda slots, until: True),
    "notice": _window(opens_at=LONG_AGO),
    "the horizon": _window(closes_at=FAR_AHEAD),
    "the actor's sites": _terms(location_ids=None),
    "base slots are not for sessions": _terms(takes_base_slots=True),
    "sessions are for their service": _sql(
        free_slots, "FREE_SLOTS", "s.service_id = %(service_id)s::uuid OR (s.service_id IS NULL AND ", "(true AND "
    ),
    "capacity": _sql(free_slots, "FREE_SLOTS", LEFT, "true"),
    "blocked slots": _sql(free_slots, "FREE_SLOTS", "s.status = 'open'", "true"),
    "active practitioners": _sql(free_slots, "FREE_SLOTS", "AND p.is_active", ""),
    "active schedules": _sql(free_slots, "FREE_SLOTS", "AND c.is_active", ""),
    "active locations": _sql(free_slots, "FREE_SLOTS", "AND l.is_active", ""),
    "active services": _terms(is_active=True),
    "who offers the service": _sql(
        free_slots, "FREE_SLOTS", "o.service_id = %(service_id)s::uuid", "%(service_id)s::uuid IS NOT NULL"
    ),
    "expired holds free their slots": _sql(free_slots, "FREE_SLOTS", RUN_OUT, "false"),
    "live holds take their slots": _sql(free_slots, "FREE_SLOTS", RUN_OUT, "true"),
    "paying holds take their slots": _sql(free_slots, "FREE_SLOTS", PAYING, ""),
    "overbooked patients take no place": _sql(free_slots, "FREE_SLOTS", "AND NOT a.overbook", ""),
    "expired holds free the practitioner": _sql(occupied, "OF_PRACTITIONERS", RUN_OUT, "false"),
    "the practitioner is in one place": lambda patch: patch.setattr(
        obstacles, "occupied_practitioners", lambda *a, **k: {}
    ),
    "overbooked patients do not occupy": _sql(occupied, "OF_PRACTITIONERS", "AND NOT a.overbook", ""),
    "expired holds free the room": _sql(obstacles, "OF_ROOMS", RUN_OUT, "false"),
    "expired holds free the device": _sql(obstacles, "OF_DEVICES", RUN_OUT, "false"),
    "a session's seats share one slot": _ignore_own_session,
}


@pytest.mark.parametrize("rule", TAKEN_OUT)
def test_without_any_one_rule_list_and_holds_differ(
    rule: str, examined: list[Examined], monkeypatch: pytest.MonkeyPatch
) -> None:
    TAKEN_OUT[rule](monkeypatch)
    assert any(view.difference() for view in examined)


@pytest.mark.long
def test_what_is_offered_is_what_a_hold_accepts_in_many_clinics(examiner: Examiner) -> None:
    """HOLDFAST_TEST_SEEDS chooses other clinics, as `first:last`."""
    first, _, last = os.environ.get("HOLDFAST_TEST_SEEDS", "1000:1030").partition(":")
    for seed in range(int(first), int(last)):
        for view in examiner.examine(seed):
            assert view.difference() == ""

"""What is offered stays what a hold accepts when schedules changed after people had booked: neither the blocked slots
of those who stay nor the new ones that lie across them offer time that the practitioner does not have.
"""

from collections import Counter

import pytest

from app.infra.embedded.roles import DatabaseUrls
from app.services.availability import obstacles
from app.services.booking import plan
from models.db import rows
from tests.builders import building
from tests.services.changed_clinic import make_changed_clinic
from tests.services.examiner import Examined, Examiner
from tests.services.random_clinic import DAYS

pytestmark = pytest.mark.database
MUST_BE_SEEN = {"accepted", "several slots", "room", "device", "slot-unavailable", "practitioner-overlap", "session"}
CLINICS = 3
ACROSS = """
SELECT count(DISTINCT b.id), count(DISTINCT b.id) FILTER (WHERE b.current_bookings > 0)
  FROM slots a JOIN slots b ON b.clinic_id = a.clinic_id AND b.practitioner_id = a.practitioner_id AND b.id <> a.id
 WHERE a.clinic_id = %(clinic_id)s AND a.status = 'open' AND b.status = 'blocked'
   AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""


@pytest.fixture(scope="module")
def examiner(database: DatabaseUrls) -> Examiner:
    return Examiner()


@pytest.fixture(scope="module")
def examined(examiner: Examiner) -> list[Examined]:
    """Every view of the changed clinics, examined once."""
    return [view for seed in range(CLINICS) for view in examiner.examine(seed, make=make_changed_clinic)]


def test_what_is_offered_after_a_change_is_what_a_hold_accepts(examiner: Examiner, examined: list[Examined]) -> None:
    differences = [view.difference() for view in examined]
    assert [text for text in differences if text] == []
    assert {name for name in MUST_BE_SEEN if not examiner.seen[name]} == set(), examiner.seen


def test_the_run_has_seen_new_slots_across_old_ones_with_and_without_people(examined: list[Examined]) -> None:
    seen: Counter[str] = Counter()
    with building() as session:
        for clinic_id in {view.made.clinic_id for view in examined}:
            ((across, taken),) = rows(session, ACROSS, {"clinic_id": clinic_id})  # type: ignore[arg-type]
            seen["taken"] += taken
            seen["left behind"] += across - taken
    assert all(seen[name] for name in ("taken", "left behind")), seen


def test_control_a_plan_that_minds_blocked_slots_refuses_what_is_offered(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = "AND (s.status = 'open' OR s.id = f.id)"
    assert guard in plan.PLAN
    monkeypatch.setattr(plan, "PLAN", plan.PLAN.replace(guard, ""))
    views = (view for seed in range(len(DAYS)) for view in examiner.examine(seed, make=make_changed_clinic))
    assert any(view.difference() for view in views)


def test_control_a_list_that_forgets_those_who_stay_offers_their_time(
    examined: list[Examined], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obstacles, "occupied_practitioners", lambda *_, **__: {})
    assert any(view.difference() for view in examined)


@pytest.mark.long
def test_what_is_offered_after_a_change_is_what_a_hold_accepts_in_many_clinics(examiner: Examiner) -> None:
    for seed in range(2000, 2000 + 2 * len(DAYS)):
        for view in examiner.examine(seed, make=make_changed_clinic):
            assert view.difference() == ""

"""A whole day explained at once says what each time's own explanation says, in as few statements."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from app.errors import NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.availability.explain import ReasonCode, explain, explain_day
from models import db
from models.clinics import Location
from models.db import rows, transaction
from models.schedules import Leave
from tests.builders import NOW, guest_of
from tests.calls import hold
from tests.services.explained_clinic import make_troubled_clinic
from tests.services.working_week import TUESDAY, Week, at

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _database(database: DatabaseUrls) -> None:
    """Every test here needs the database."""


def of_day(week: Week, day: date = TUESDAY, **more: Any) -> dict[datetime, list[str]]:
    asked = {"service_id": week.service.id, "practitioner_id": week.practitioner_id}
    asked |= {"location_id": week.schedule.location_id, "day": day, "now": NOW, **more}
    with transaction(week.clerk) as session:
        found = explain_day(session, week.clerk, **asked)
    return {one.starts_at: [reason.code.value for reason in one.explanation.reasons] for one in found}


def test_a_day_is_its_quarters_of_an_hour() -> None:
    week = Week(duration_minutes=30)
    hold(week.clerk, week.slot(at("10:00")), week.service, week.patient)
    found = of_day(week)
    assert list(found) == [at("00:00") + timedelta(minutes=15) * number for number in range(96)]
    assert found[at("08:45")] == ["hours"]
    assert found[at("09:00")] == found[at("09:30")] == []
    assert found[at("09:45")] == found[at("10:15")] == ["held"]
    assert found[at("11:45")] == ["break"]


@pytest.mark.parametrize(("day", "quarters"), [(date(2027, 3, 28), 92), (date(2027, 10, 31), 100)])
def test_the_days_on_which_clocks_change_are_shorter_and_longer(day: date, quarters: int) -> None:
    assert len(of_day(Week(), day)) == quarters


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_a_day_says_what_each_time_says(seed: int) -> None:
    made = make_troubled_clinic(seed).made
    slot = made.slots[0]
    asked: dict[str, Any] = {"service_id": made.services[seed].id, "practitioner_id": slot.practitioner_id}
    asked |= {"location_id": slot.location_id, "patient_id": made.patients[0].id, "now": made.now}
    with transaction(made.clerk) as session:
        place = session.get_one(Location, (made.clinic_id, slot.location_id))
        day = slot.starts_at.astimezone(ZoneInfo(place.timezone)).date()
        found = explain_day(session, made.clerk, day=day, **asked)
        assert {reason.code for one in found for reason in one.explanation.reasons}
        for one in found:
            assert one.explanation == explain(session, made.clerk, starts_at=one.starts_at, **asked), one


def test_leave_that_ends_in_an_hour_which_the_clocks_skip_or_repeat() -> None:
    week = Week()
    for day, until in (
        (date(2027, 3, 28), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ):
        begins = datetime.combine(day, time(0))
        away = {"starts_local": begins, "ends_local": begins + timedelta(hours=2, minutes=30)}
        week.add(Leave(clinic_id=week.clinic.id, practitioner_id=week.practitioner_id, **away))
        reasons = week.why(at("01:00", day)).reasons
        assert [reason.until for reason in reasons if reason.code is ReasonCode.LEAVE] == [until]


def test_the_number_of_statements_does_not_grow_with_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    week = Week(room_kind="exam", device_kind="laser")
    one = {"service_id": week.service.id, "practitioner_id": week.practitioner_id, "patient_id": week.patient.id}
    counted: list[str] = []
    real = db._run

    def count(session: Session, statement: Any, parameters: Any) -> Any:
        counted.append(statement)
        return real(session, statement, parameters)

    monkeypatch.setattr(db, "_run", count)
    with transaction(week.clerk) as session:
        explain(session, week.clerk, **one, starts_at=at("09:00"), now=NOW)
        of_one = len(counted)
        more = {"location_id": week.schedule.location_id, "day": TUESDAY}
        explain_day(session, week.clerk, **one, **more, now=NOW)
    assert of_one <= 10
    # And the location's zone.
    assert len(counted) - of_one == of_one + 1


def test_explaining_a_day_needs_the_permission_and_is_one_view_in_the_audit_log() -> None:
    week = Week()
    of_day(week)
    with transaction(week.clerk) as session:
        found = rows(session, "SELECT detail->>'day' FROM audit_events WHERE object_kind = 'explanation'", {})
    assert found == [(TUESDAY.isoformat(),)]
    guest = guest_of(week.clinic)
    asked = {"service_id": week.service.id, "practitioner_id": week.practitioner_id, "day": TUESDAY, "now": NOW}
    with transaction(guest) as session, pytest.raises(NotPermitted):
        explain_day(session, guest, location_id=week.schedule.location_id, **asked)

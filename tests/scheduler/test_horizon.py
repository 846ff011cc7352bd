"""The nightly horizon: public holidays first, then slots, and a second run changes nothing."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import select

from app.services.clock import utc_now
from app.services.schedules.official_days import official_days
from models.schedules import Holiday, ScheduleRule, Slot
from scheduler import jobs
from tests.builders import building, make_clinic, make_location, make_schedule

pytestmark = pytest.mark.usefixtures("database", "valkey")


def going_on() -> bool:
    return False


def test_a_night_enters_holidays_once_and_makes_no_slot_on_them() -> None:
    with building() as session:
        clinic = make_clinic(session)
        location = make_location(session, clinic=clinic, holiday_region="BY")
        schedule = make_schedule(session, clinic=clinic, location=location)
        for weekday in range(7):
            hours = {
                "weekday": weekday,
                "starts_local": time(9),
                "ends_local": time(10),
                "valid_from": date(2026, 1, 1),
            }
            session.add(ScheduleRule(clinic_id=clinic.id, schedule_id=schedule.id, **hours))
    jobs.fill_horizon(going_on)
    before = _state(clinic.id)
    assert jobs.fill_horizon(going_on) == 0
    holidays, days = _state(clinic.id)
    assert (holidays, days) == before
    now = utc_now()
    years = range(now.year, (now + timedelta(days=84)).year + 1)
    assert holidays == {day for day in official_days("DE", "BY", years) if day >= now.date()}
    assert days
    assert not days & holidays


def _state(clinic_id: object) -> tuple[set[date], set[date]]:
    with building() as session:
        holidays = session.exec(select(Holiday.on_date).where(Holiday.clinic_id == clinic_id)).all()
        starts = session.exec(select(Slot.starts_at).where(Slot.clinic_id == clinic_id)).all()
    return set(holidays), {start.date() for start in starts}

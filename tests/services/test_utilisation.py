"""The utilisation report against figures worked out by hand."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from app.errors import InvalidField, NotFound, NotPermitted
from app.services.reports.periods import Period, PeriodChoice, named_period
from app.services.reports.utilisation import Minutes, Utilisation, report_places, utilisation
from models.accounts import Role
from models.appointments import AppointmentStatus
from models.base import new_id
from models.clinics import Clinic, Location
from models.db import transaction
from models.schedules import Schedule, Slot, SlotStatus
from tests.builders import (
    TOMORROW,
    building,
    clerk_of,
    make_appointment,
    make_clinic,
    make_location,
    make_patient,
    make_schedule,
    make_service,
    make_slot,
    make_slots,
    staff_of,
)

pytestmark = pytest.mark.usefixtures("database")

S = AppointmentStatus
# Tuesday the 5th of January 2027; TOMORROW is its 9:00 in Berlin.
DAY = date(2027, 1, 5)
TEN = TOMORROW + timedelta(hours=1)
ONE_DAY = Period(DAY, DAY)


@dataclass
class Ward:
    """One clinic with one schedule, in which visits are laid by hand."""

    session: Session
    clinic: Clinic = field(init=False)
    schedule: Schedule = field(init=False)

    def __post_init__(self) -> None:
        self.clinic = make_clinic(self.session)
        self.schedule = make_schedule(self.session, clinic=self.clinic)

    def visit(self, *slots: Slot, status: S = S.BOOKED, **service: Any) -> None:
        """Lay one patient's visit into the slots."""
        made = make_service(self.session, clinic=self.clinic, **service)
        patient = make_patient(self.session, clinic=self.clinic)
        make_appointment(self.session, slots=slots, service=made, patient=patient, status=status)


def report(clinic: Clinic, *, period: Period = ONE_DAY, now: datetime = TEN, **more: Any) -> Utilisation:
    manager = more.pop("principal", None) or staff_of(clinic, role=Role.MANAGER)
    with transaction(manager) as session:
        return utilisation(session, manager, period=period, now=now, **more)


def hours_of(found: Utilisation) -> dict[tuple[int, int], Minutes]:
    return {(one.weekday, one.hour): one.minutes for one in found.hours}


def test_the_four_figures_of_a_morning() -> None:
    with building() as session:
        ward = Ward(session)
        slots = make_slots(session, schedule=ward.schedule, count=8)
        ward.visit(*slots[:2], status=S.FULFILLED, duration_minutes=20, buffer_before_minutes=5)
        ward.visit(slots[4], status=S.NOSHOW)
        ward.visit(slots[5], status=S.CANCELLED)
        ward.visit(slots[6], status=S.PENDING)
        ward.visit(slots[7], status=S.BOOKED)
    found = report(ward.clinic)
    assert found.total == Minutes(bookable=120, booked=60, attended=30, due=45)
    assert [one.minutes for one in found.practitioners] == [found.total]
    assert hours_of(found) == {(1, 9): Minutes(60, 30, 30, 30), (1, 10): Minutes(60, 30, 0, 15)}
    assert found.total.utilisation == 0.5
    assert found.total.attendance == 30 / 45


def test_a_session_counts_its_minutes_once_and_each_patient_a_share_of_them() -> None:
    with building() as session:
        ward = Ward(session)
        starts_at = TOMORROW + timedelta(minutes=30)
        course = make_service(session, clinic=ward.clinic, duration_minutes=60)
        slot = make_slot(session, schedule=ward.schedule, starts_at=starts_at, minutes=60, capacity=4, service=course)
        ward.visit(slot, status=S.CHECKED_IN, duration_minutes=60)
        ward.visit(slot, duration_minutes=60)
        ward.visit(slot, duration_minutes=60)
    found = report(ward.clinic)
    assert found.total == Minutes(bookable=60, booked=45, attended=15, due=45)
    half = Minutes(30, 22.5, 7.5, 22.5)
    assert hours_of(found) == {(1, 9): half, (1, 10): half}


def test_time_closed_after_it_was_booked_counts_as_booked_only() -> None:
    with building() as session:
        ward = Ward(session)
        kept, _empty = make_slots(session, schedule=ward.schedule, count=2, status=SlotStatus.BLOCKED)
        ward.visit(kept)
    found = report(ward.clinic)
    assert found.total == Minutes(bookable=0, booked=15, attended=0, due=15)
    assert found.total.utilisation is None
    assert not found.is_empty


def test_hours_and_days_are_those_of_each_locations_clock() -> None:
    with building() as session:
        clinic = make_clinic(session)
        for zone in ("Europe/Berlin", "Europe/London"):
            place = make_location(session, clinic=clinic, name=zone, timezone=zone)
            schedule = make_schedule(session, clinic=clinic, location=place)
            make_slot(session, schedule=schedule, starts_at=TOMORROW, minutes=60)
            # 0:30 of the day in Berlin, still the evening before in London.
            make_slot(session, schedule=schedule, starts_at=datetime(2027, 1, 4, 23, 30, tzinfo=UTC))
    found = report(clinic)
    assert {at: one.bookable for at, one in hours_of(found).items()} == {(1, 0): 15, (1, 8): 60, (1, 9): 60}
    assert sorted(one.minutes.bookable for one in found.practitioners) == [60, 75]


def test_both_hours_of_the_night_when_the_clock_goes_back_count() -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        for hour in (0, 1):
            make_slot(session, schedule=schedule, starts_at=datetime(2027, 10, 31, hour, tzinfo=UTC), minutes=60)
        # The last quarter of an hour of the 25 hours of that day, and the first of the next.
        make_slots(session, schedule=schedule, count=2, starts_at=datetime(2027, 10, 31, 22, 45, tzinfo=UTC))
    sunday = date(2027, 10, 31)
    assert {at: one.bookable for at, one in hours_of(report(clinic, period=Period(sunday, sunday))).items()} == {
        (6, 2): 120,
        (6, 23): 15,
    }


def test_a_period_without_any_time_says_that_it_is_empty() -> None:
    with building() as session:
        clinic = make_clinic(session)
        make_slots(session, schedule=make_schedule(session, clinic=clinic), count=1)
    found = report(clinic, period=Period(DAY + timedelta(days=1), DAY + timedelta(days=7)))
    assert found.is_empty
    assert (found.total.utilisation, found.total.attendance, found.hours) == (None, None, ())


def test_a_location_narrows_the_report() -> None:
    with building() as session:
        clinic = make_clinic(session)
        places = [make_location(session, clinic=clinic) for _ in range(2)]
        for place, count in zip(places, (1, 3), strict=True):
            make_slots(session, schedule=make_schedule(session, clinic=clinic, location=place), count=count)
    assert report(clinic).total.bookable == 60
    assert report(clinic, location_id=places[1].id).total.bookable == 45


def test_a_manager_of_one_location_reads_that_one_only() -> None:
    with building() as session:
        clinic = make_clinic(session)
        mine, other = (_place_with_time(session, clinic) for _ in range(2))
    local = staff_of(clinic, role=Role.MANAGER, location_ids=frozenset({mine.id}))
    with transaction(local) as session:
        assert [place.id for place in report_places(session, local)] == [mine.id]
    assert report(clinic, principal=local).total.bookable == 15
    with pytest.raises(NotPermitted):
        report(clinic, principal=local, location_id=other.id)


def _place_with_time(session: Session, clinic: Clinic) -> Location:
    place = make_location(session, clinic=clinic)
    make_slots(session, schedule=make_schedule(session, clinic=clinic, location=place), count=1)
    return place


def test_the_desk_may_not_read_it() -> None:
    with building() as session:
        clinic = make_clinic(session)
    for ask in (report_places, lambda session, clerk: utilisation(session, clerk, period=ONE_DAY, now=TEN)):
        clerk = clerk_of(clinic)
        with pytest.raises(NotPermitted), transaction(clerk) as session:
            ask(session, clerk)


def test_another_clinics_location_does_not_exist() -> None:
    with building() as session:
        clinic, other = make_clinic(session), make_clinic(session)
        place = make_location(session, clinic=other)
    for location_id in (place.id, new_id()):
        with pytest.raises(NotFound):
            report(clinic, location_id=location_id)


@pytest.mark.parametrize(
    ("choice", "first_on", "last_on"),
    [
        (PeriodChoice.THIS_WEEK, "2027-01-04", "2027-01-10"),
        (PeriodChoice.LAST_WEEK, "2026-12-28", "2027-01-03"),
        (PeriodChoice.LAST_4_WEEKS, "2026-12-07", "2027-01-03"),
        (PeriodChoice.NEXT_4_WEEKS, "2027-01-11", "2027-02-07"),
    ],
)
@pytest.mark.parametrize("today", ["2027-01-04", "2027-01-10"])
def test_named_periods_are_whole_weeks(choice: PeriodChoice, first_on: str, last_on: str, today: str) -> None:
    named = named_period(choice, today=date.fromisoformat(today))
    assert named == Period(date.fromisoformat(first_on), date.fromisoformat(last_on))


def test_a_period_is_neither_turned_around_nor_longer_than_a_year() -> None:
    assert Period(DAY, DAY + timedelta(days=365)).days == 366
    for last_on in (DAY - timedelta(days=1), DAY + timedelta(days=366)):
        with pytest.raises(InvalidField):
            Period(DAY, last_on)
    with pytest.raises(InvalidField):
        named_period(PeriodChoice.CUSTOM, today=DAY)

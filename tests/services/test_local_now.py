"""What "the rest of today" is: by the clock where the practitioner works, not by the clinic's."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import col, select

from app.errors import NotPermitted
from app.services.schedules.leave import add_leave
from app.services.schedules.local_now import local_now
from app.services.schedules.reconcile import reconcile
from models.accounts import Role
from models.db import transaction
from models.practitioners import Practitioner
from models.schedules import ScheduleRule, Slot
from tests.builders import (
    building,
    guest_of,
    make_appointment,
    make_clinic,
    make_location,
    make_patient,
    make_practitioner,
    make_schedule,
    make_service,
    make_slot,
    staff_of,
)

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("database")]
# Tuesday, half past one in the night in New York; Monday, half past ten in the evening in Los Angeles.
NIGHT = datetime(2027, 1, 5, 6, 30, tzinfo=UTC)
NEW_YORK, LOS_ANGELES, HONOLULU = "2027-01-05T01:30", "2027-01-04T22:30", "2027-01-04T20:30"


class Coasts:
    """A clinic of New York whose practitioner works in Los Angeles, where one visit is left at eleven tonight."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic = make_clinic(session, timezone="America/New_York", country="US")
            west = make_location(session, clinic=self.clinic, name="West", timezone="America/Los_Angeles")
            self.doctor = make_practitioner(session, clinic=self.clinic)
            whose = {"clinic": self.clinic, "practitioner": self.doctor}
            schedule = make_schedule(session, **whose, location=west, generated_until=date(2027, 1, 8))
            hours = {"starts_local": time(20), "ends_local": time(23, 30), "valid_from": date(2027, 1, 1)}
            session.add(ScheduleRule(clinic_id=self.clinic.id, schedule_id=schedule.id, weekday=0, **hours))
        self.manager = staff_of(self.clinic, role=Role.MANAGER)
        with transaction(self.manager) as session:
            reconcile(session, self.manager, practitioner_ids=[self.doctor.id], now=NIGHT)
        with building() as session:
            asked = select(Slot).where(Slot.schedule_id == schedule.id, Slot.starts_at >= NIGHT + timedelta(minutes=30))
            slots = session.exec(asked.order_by(col(Slot.starts_at))).all()
            service = make_service(session, clinic=self.clinic, practitioners=[self.doctor])
            patient = make_patient(session, clinic=self.clinic)
            make_appointment(session, slots=slots[:2], service=service, patient=patient, timezone=west.timezone)

    def now_of(self, practitioner: Practitioner | None) -> str:
        with transaction(self.manager) as session:
            who = practitioner.id if practitioner else None
            found = local_now(session, self.manager, practitioner_id=who, now=NIGHT)
        return found.replace(tzinfo=None).isoformat(timespec="minutes")

    def also_open(self, *, zone: str, starts_at: datetime) -> None:
        with building() as session:
            site = make_location(session, clinic=self.clinic, timezone=zone)
            schedule = make_schedule(session, clinic=self.clinic, practitioner=self.doctor, location=site)
            make_slot(session, schedule=schedule, starts_at=starts_at)

    def displaced_by_the_rest_of(self, now: str) -> int:
        """How many visits a leave displaces from this wall-clock time until the midnight after it."""
        starts = datetime.fromisoformat(now)
        ends = (starts + timedelta(days=1)).replace(hour=0, minute=0)
        with transaction(self.manager) as session:
            asked = {"practitioner_id": self.doctor.id, "starts_local": starts, "ends_local": ends}
            return len(add_leave(session, self.manager, **asked, now=NIGHT).effect.displaced)


def test_today_is_the_sites_day_though_the_clinics_clock_is_past_midnight() -> None:
    coasts = Coasts()
    assert coasts.now_of(coasts.doctor) == LOS_ANGELES
    assert coasts.displaced_by_the_rest_of(coasts.now_of(coasts.doctor)) == 1


def test_by_the_clinics_clock_tonights_visit_would_have_stayed() -> None:
    coasts = Coasts()
    assert coasts.now_of(None) == NEW_YORK
    assert coasts.displaced_by_the_rest_of(NEW_YORK) == 0


def test_of_several_sites_it_is_the_one_of_the_next_open_time() -> None:
    there, over = Coasts(), Coasts()
    there.also_open(zone="Pacific/Honolulu", starts_at=NIGHT - timedelta(minutes=5))
    over.also_open(zone="Pacific/Honolulu", starts_at=NIGHT - timedelta(minutes=15))
    assert (there.now_of(there.doctor), over.now_of(over.doctor)) == (HONOLULU, LOS_ANGELES)


def test_without_open_time_a_schedule_says_where_and_without_a_schedule_the_clinic() -> None:
    coasts = Coasts()
    with building() as session:
        idle, stranger = (make_practitioner(session, clinic=coasts.clinic) for _ in range(2))
        site = make_location(session, clinic=coasts.clinic, timezone="Pacific/Honolulu")
        make_schedule(session, clinic=coasts.clinic, practitioner=idle, location=site)
    assert (coasts.now_of(idle), coasts.now_of(stranger)) == (HONOLULU, NEW_YORK)


def test_another_clinics_practitioner_tells_nothing_and_a_guest_may_not_ask() -> None:
    coasts, other = Coasts(), Coasts()
    assert coasts.now_of(other.doctor) == NEW_YORK
    guest = guest_of(coasts.clinic)
    with transaction(guest) as session, pytest.raises(NotPermitted):
        local_now(session, guest, practitioner_id=coasts.doctor.id, now=NIGHT)

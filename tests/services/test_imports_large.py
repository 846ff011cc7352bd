"""Ten thousand rows: more patients than the server has room for advisory locks, and still one transaction."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from models.db import execute
from tests.builders import TOMORROW, building, make_practitioner, make_schedule, make_slots, offer
from tests.services.import_world import APPOINTMENT, Importer

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.database, pytest.mark.long]
DOCTORS, EACH = 20, 500
STEP = timedelta(minutes=15)


def test_ten_thousand_patients_and_appointments_are_taken_over() -> None:
    world = Importer(count=0)
    with building() as session:
        for number in range(DOCTORS):
            doctor = make_practitioner(session, clinic=world.clinic, display_name=f"Dr. Number {number}")
            offer(session, service=world.service, practitioner=doctor)
            make_slots(session, schedule=make_schedule(session, clinic=world.clinic, practitioner=doctor), count=EACH)
        # As the server does of its own within a minute.
        execute(session, "ANALYZE slots", {})
    patients = "Nr,First name,Last name,DOB,Phone\n" + "".join(
        f"{n},Given{n},Family{n % 997},19{n % 70 + 10}-{n % 12 + 1:02}-{n % 28 + 1:02},030 {n + 100_000}\n"
        for n in range(DOCTORS * EACH)
    )
    starts = [(TOMORROW + n * STEP).astimezone(ZoneInfo("Europe/Berlin")) for n in range(EACH)]
    appointments = APPOINTMENT + "".join(
        f"{doctor * EACH + n},Number {doctor},Check-up,{at:%Y-%m-%d %H:%M},\n"
        for doctor in range(DOCTORS)
        for n, at in enumerate(starts)
    )
    assert world.patients(patients).new == DOCTORS * EACH
    report = world.appointments(appointments, dry=True)
    assert (report.problems, report.new) == ([], DOCTORS * EACH)
    assert world.kept("appointments") == 0
    assert world.appointments(appointments).is_taken
    assert world.kept("appointments", "status = 'booked'") == DOCTORS * EACH
    assert world.kept("slots", "current_bookings = 1") == DOCTORS * EACH

"""The builders make what the engine accepts."""

import pytest

from app.infra.embedded.roles import DatabaseUrls
from models.appointments import Appointment, AppointmentStatus
from models.db import transaction
from tests.builders import (
    building,
    clerk_of,
    make_appointment,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)
from tests.calls import appointment_id_of, cancel, confirm, hold


@pytest.mark.database
def test_built_rows_can_be_held_confirmed_and_cancelled(database: DatabaseUrls) -> None:
    with building() as session:
        clinic = make_clinic(session)
        schedule = make_schedule(session, clinic=clinic)
        first, second = make_slots(session, schedule=schedule, count=2)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        patient = make_patient(session, clinic=clinic)
        made = make_appointment(session, slots=[second], service=service, patient=patient)
        assert second.current_bookings == 1
    clerk = clerk_of(clinic)
    held = hold(clerk, first, service, patient)
    assert held.status == 201
    assert confirm(clerk, held).body["status"] == "booked"
    assert cancel(clerk, made).body["status"] == "cancelled"
    with transaction(clerk) as session:
        row = session.get(Appointment, (clinic.id, appointment_id_of(held)))
        assert row is not None
        assert row.status is AppointmentStatus.BOOKED

"""A desk at the websocket: a tab of the board at a clinic with a day of its own, today and tomorrow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import select

from app.services.clock import utc_now
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_series import SeriesState
from app.state.board_series_change import SeriesChangeState
from app.state.board_visit import VisitState
from app.state.patient_finder import PatientFinder
from models.appointments import Appointment, AppointmentStatus
from models.clinics import Clinic, Location
from models.patients import Patient
from models.practitioners import HealthcareService, Practitioner
from models.schedules import Schedule, Slot
from tests.builders import (
    building,
    make_appointment,
    make_location,
    make_practitioner,
    make_schedule,
    make_service,
    make_slots,
)
from tests.services.board_day import make_named_patient
from tests.state.raw_socket import RawSocket, value

BOARD, PANE, BOOKING, MOVING, VISIT, SERIES, SERIES_CHANGE = (
    state.get_full_name()
    for state in (BoardState, PaneState, BookingState, MovingState, VisitState, SeriesState, SeriesChangeState)
)


FINDER = PatientFinder.get_full_name()


def add_patient(desk: RawSocket, form: dict[str, str]) -> Any:
    """Make a patient in the pane, also beside a similar one; return the answer that shows who was taken."""
    desk.call(f"{FINDER}.begin_new", purpose="board", is_new=True)
    if not value(desk.call(f"{FINDER}.make", form=form), "chosen")["id"]:
        desk.call(f"{FINDER}.make_anyway")
    return desk.call(f"{BOOKING}.take_chosen")


@dataclass(frozen=True, slots=True)
class Place:
    """A location with one practitioner whose four slots began a quarter of an hour ago, and four of tomorrow."""

    clinic: Clinic
    location: Location
    practitioner: Practitioner
    service: HealthcareService
    today: list[Slot]
    tomorrow: list[Slot]

    def patient(self, name: str) -> Patient:
        return make_named_patient(self.clinic, name)

    def booked(self, *slots: Slot, name: str = "Ana Silva", **fields: Any) -> Appointment:
        """Make an appointment over these slots, whatever the clock says."""
        patient = self.patient(name)
        with building() as session:
            found = [session.get_one(Slot, (slot.clinic_id, slot.id)) for slot in slots]
            status = fields.pop("status", AppointmentStatus.BOOKED)
            fields = {"timezone": self.location.timezone, "booked_at": utc_now(), **fields}
            return make_appointment(
                session, slots=found, service=self.service, patient=patient, status=status, **fields
            )

    def stored(self, appointment: Appointment) -> Appointment:
        """Return what the database holds of it now."""
        with building() as session:
            return session.get_one(Appointment, (self.clinic.id, appointment.id))

    def all_stored(self) -> list[Appointment]:
        """Return every appointment at the location, in the order in which they begin and were made."""
        with building() as session:
            asked = select(Appointment).where(Appointment.location_id == self.location.id)
            return list(session.exec(asked.order_by(Appointment.starts_at, Appointment.id)))  # type: ignore[arg-type]


def make_place(clinic: Clinic) -> Place:
    """Build the place; its clock is UTC, so that a quarter of an hour ago is today unless it is just past midnight."""
    now = utc_now().replace(second=0, microsecond=0)
    midnight = now.replace(hour=0, minute=0)
    begun = max(midnight, now - timedelta(minutes=15))
    with building() as session:
        location = make_location(session, clinic=clinic, timezone="UTC")
        practitioner = make_practitioner(session, clinic=clinic, display_name="Dr Anna")
        schedule = make_schedule(session, clinic=clinic, practitioner=practitioner, location=location)
        service = make_service(session, clinic=clinic, practitioners=[practitioner], duration_minutes=30)
        today = _slots(session, schedule, begun)
        tomorrow = _slots(session, schedule, midnight + timedelta(days=1, hours=9))
    return Place(clinic, location, practitioner, service, today, tomorrow)


def show(desk: RawSocket, place: Place, day: datetime) -> dict[str, Any]:
    """Open the board at the place on the day."""
    return desk.call(f"{BOARD}.load", path=f"/board?location={place.location.id}&day={day.date()}")


def open_card(desk: RawSocket, appointment: Appointment) -> dict[str, Any]:
    """Open a card and return the visit that the pane shows."""
    return value(desk.call(f"{PANE}.open_card", card_id=str(appointment.id), kind="visit"), "visit")


def pick(desk: RawSocket, place: Place, slot: Slot) -> dict[str, Any]:
    """Click a start of the board."""
    starts_at = slot.starts_at.isoformat()
    return desk.call(f"{BOOKING}.pick", practitioner_id=str(place.practitioner.id), starts_at=starts_at)


def _slots(session: Any, schedule: Schedule, starts_at: datetime) -> list[Slot]:
    return make_slots(session, schedule=schedule, count=4, starts_at=starts_at, overbook_limit=1)

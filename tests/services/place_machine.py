"""The booking machine with what the desk changes of an appointment where it stands: its length and its room."""

from collections import Counter
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlmodel import select

from app.errors import ClinicError, HoldExpired, InvalidField, InvalidTransition, RoomUnavailable
from app.services.board.moves import change_room
from models.appointments import Appointment
from models.appointments import AppointmentStatus as S
from models.clinics import Location
from tests import calls
from tests.builders import building, make_room
from tests.services.booking_machine import BookingMachine, Known

# The one service that needs a room, as the rules number them.
IN_A_ROOM = 2


class PlaceMachine(BookingMachine):
    """Lengths and rooms of appointments, of holds that run and of those that have run out."""

    seen: ClassVar[Counter[str]] = Counter()
    ward_id: UUID | None = None

    @precondition(lambda self: self.known)
    @rule(data=st.data(), minutes=st.sampled_from([5, 15, 30, 45]))
    def resize(self, data: Any, minutes: int) -> None:
        """What is not over yet may get another length where it stands; its status stays, and the room it has."""
        self._resize(*self._draw(data), minutes)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), room=st.sampled_from(["its own", "the ward", "none"]))
    def plan_room(self, data: Any, room: str) -> None:
        """What is not over yet may be planned into another room that is free then, into its own again, or into none."""
        self._plan_room(*self._draw(data), room)

    @rule(slot=st.integers(0, 5), patient=st.integers(0, 3), minutes=st.sampled_from([5, 30]))
    def go_on_with_a_run_out_hold(self, slot: int, patient: int, minutes: int) -> None:
        """Hold a start, let the time run out, and change the hold before anybody has ended it."""
        before = set(self.known)
        self._hold(slot, IN_A_ROOM, patient, twice=False)
        self.time_passes(6)
        for appointment_id in set(self.known) - before:
            known = self.known[appointment_id]
            for room in ("its own", "the ward"):
                self._tick()
                self._plan_room(appointment_id, known, room)
            self._tick()
            self._resize(appointment_id, known, minutes)
            self.seen["run out"] += known.has_run_out(self.now)

    def _resize(self, appointment_id: UUID, known: Known, minutes: int) -> None:
        before = self._row(appointment_id)
        try:
            answer = calls.resize(self.clerk, appointment_id, minutes, now=self.now)
        except HoldExpired:
            assert known.has_run_out(self.now) or not known.status.is_live
        except InvalidTransition:
            is_seat = before.slot_id == self.slots[-1].id
            assert is_seat or known.status in (S.FULFILLED, S.CANCELLED, S.NOSHOW, S.ENTERED_IN_ERROR)
        except ClinicError:
            pass
        else:
            assert not known.has_run_out(self.now)
            assert before.room_id in (None, self._row(appointment_id).room_id)
            self.seen["resized"] += answer.change is not None
        self._believe_what_was_cleared()

    def _plan_room(self, appointment_id: UUID, known: Known, room: str) -> None:
        row = self._row(appointment_id)
        room_id = {"its own": row.room_id, "the ward": self._ward(), "none": None}[room]
        seen = {"appointment_id": appointment_id, "version": row.version}
        try:
            change_room(self.clerk, **seen, room_id=room_id, now=self.now)
        except HoldExpired:
            assert known.has_run_out(self.now) or not known.status.is_live
        except InvalidTransition:
            assert not known.status.is_live or known.status is S.FULFILLED
        except (InvalidField, RoomUnavailable):
            # The other site has no rooms.
            assert room_id is not None
        else:
            assert not known.has_run_out(self.now)
            assert self._row(appointment_id).room_id == room_id
            self.seen["planned"] += 1
        self._believe_what_was_cleared()

    def _ward(self) -> UUID:
        """Return a room of a kind that no service needs."""
        if self.ward_id is None:
            with building() as session:
                location = session.get_one(Location, (self.clinic_id, self.slots[0].location_id))
                self.ward_id = make_room(session, location=location, kind="ward").id
        return self.ward_id

    def _row(self, appointment_id: UUID) -> Appointment:
        return next(row for row in self._rows() if row.id == appointment_id)

    def _rows(self) -> list[Appointment]:
        with building() as session:
            return list(session.exec(select(Appointment).where(Appointment.clinic_id == self.clerk.clinic_id)))

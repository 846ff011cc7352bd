"""The booking verbs as a state machine over one small clinic, and what must be true after every step."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, LiteralString
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import ClinicError, HoldExpired, InvalidTransition
from app.services.booking.answer import request_key
from app.services.booking.expire import sweep
from models.appointments import AppointmentStatus as S
from models.base import new_id
from models.db import DatabaseRole, execute, rows, transaction
from models.practitioners import HealthcareService, Practitioner
from models.principal import Principal
from models.schedules import Slot
from tests import calls
from tests.builders import (
    NOW,
    building,
    clerk_of,
    job_of,
    make_clinic,
    make_device,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slot,
    make_slots,
)
from tests.services.histories import require_complete_outbox, require_legal_history

APPOINTMENTS: LiteralString = "SELECT id, status, version FROM appointments WHERE clinic_id = %(clinic_id)s::uuid"
AUDIT: LiteralString = """
SELECT object_id, action, from_status, to_status, actor FROM audit_events
 WHERE clinic_id = %(clinic_id)s::uuid AND object_kind = 'appointment' ORDER BY at, id
"""
OUTBOX: LiteralString = """
SELECT aggregate_id, aggregate_version, kind FROM outbox_events
 WHERE clinic_id = %(clinic_id)s::uuid AND kind LIKE 'appointment.%%'
"""
# Said without the constraints and indexes of the tables, so that it also holds them to account.
OVERLAPS: LiteralString = """
SELECT a.id, b.id FROM appointments a JOIN appointments b ON a.clinic_id = b.clinic_id AND a.id < b.id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.live AND b.live
   AND ((a.patient_id = b.patient_id AND a.during && b.during)
        OR (NOT a.overbook AND NOT b.overbook AND a.slot_id <> b.slot_id AND a.occupies && b.occupies
            AND (a.practitioner_id = b.practitioner_id OR a.room_id = b.room_id OR a.device_id = b.device_id)))
"""
WRONG_COUNTS: LiteralString = """
SELECT s.id, s.current_bookings, s.overbooked
  FROM slots s
  LEFT JOIN appointment_slots t ON t.clinic_id = s.clinic_id AND t.slot_id = s.id
  LEFT JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
        AND a.status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
 WHERE s.clinic_id = %(clinic_id)s::uuid
 GROUP BY s.clinic_id, s.id
HAVING s.current_bookings <> count(a.id) FILTER (WHERE NOT a.overbook)
    OR s.overbooked <> count(a.id) FILTER (WHERE a.overbook)
    OR s.current_bookings > s.max_capacity OR s.overbooked > s.overbook_limit
"""
TOO_FEW_SLOTS: LiteralString = """
SELECT a.id FROM appointments a
  JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
  JOIN slots s ON s.clinic_id = t.clinic_id AND s.id = t.slot_id
 WHERE a.clinic_id = %(clinic_id)s::uuid
 GROUP BY a.clinic_id, a.id
HAVING min(s.starts_at) <> a.occupies_from OR max(s.ends_at) < a.occupies_until
    OR sum(s.ends_at - s.starts_at) <> max(s.ends_at) - min(s.starts_at)
"""
PAYING: LiteralString = (
    "UPDATE appointments SET pay_deadline_at = %(at)s WHERE clinic_id = %(clinic_id)s AND id = %(id)s"
)


@dataclass
class Known:
    """What the machine believes about one appointment."""

    status: S
    hold_expires_at: datetime
    is_paying: bool = False
    was_booked: bool = False
    is_roomed: bool = False

    def has_run_out(self, now: datetime) -> bool:
        """Whether it is a hold that anybody may end."""
        return self.status is S.PENDING and not self.is_paying and self.hold_expires_at <= now


class BookingMachine(RuleBasedStateMachine):
    """Holds, confirmations, cancellations, sweeps and time in any order; visit_machine.py has the other verbs."""

    clinics: ClassVar[list[UUID]] = []
    clinic_id: UUID | None = None

    @initialize()
    def open_the_clinic(self) -> None:
        """Two practitioners with one room and one device between them, and a session for two."""
        self.now = NOW
        self.known: dict[UUID, Known] = {}
        with building() as session:
            clinic = make_clinic(session)
            location = make_location(session, clinic=clinic)
            make_room(session, location=location)
            make_device(session, location=location)
            schedules = [make_schedule(session, clinic=clinic, location=location) for _ in range(2)]
            offered = {"clinic": clinic, "practitioners": [s.practitioner_id for s in schedules]}
            group = make_service(session, capacity=2, **offered)
            self.services: list[HealthcareService] = [
                make_service(session, **offered),
                make_service(session, duration_minutes=20, buffer_before_minutes=5, buffer_after_minutes=5, **offered),
                make_service(session, room_kind="exam", **offered),
                make_service(session, device_kind="ultrasound", hold_minutes=2, **offered),
                group,
            ]
            self.slots: list[Slot] = []
            for schedule in schedules:
                self.slots += make_slots(
                    session, schedule=schedule, count=3, starts_at=NOW + timedelta(hours=2), overbook_limit=1
                )
            # The first practitioner at another site at the same time: their own calendar has the last word.
            person = session.get_one(Practitioner, (clinic.id, schedules[0].practitioner_id))
            away = make_schedule(session, clinic=clinic, practitioner=person)
            at = NOW + timedelta(hours=2, minutes=5)
            self.slots.append(make_slot(session, schedule=away, starts_at=at, minutes=20))
            at = NOW + timedelta(hours=3)
            self.slots.append(
                make_slot(session, schedule=schedules[0], starts_at=at, service=group, capacity=2, overbook_limit=1)
            )
            self.patients = [make_patient(session, clinic=clinic).id for _ in range(4)]
        self.clinic_id = clinic.id
        self.clerk: Principal = clerk_of(clinic)
        BookingMachine.clinics.append(clinic.id)

    @rule(slot=st.integers(0, 7), service=st.integers(0, 4), patient=st.integers(0, 3), twice=st.booleans())
    def hold(self, slot: int, service: int, patient: int, *, twice: bool) -> None:
        """Hold a start; asked twice under one key, it is the same hold."""
        self._hold(slot, service, patient, twice=twice)

    @rule(patients=st.sets(st.integers(0, 3), min_size=1, max_size=3))
    def join_the_session(self, patients: set[int]) -> None:
        """Hold places of the session, which several may take."""
        for patient in sorted(patients):
            self._hold(len(self.slots) - 1, len(self.services) - 1, patient, twice=False)

    @rule(slot=st.integers(0, 2), service=st.integers(0, 3), patients=st.permutations(range(4)))
    def ask_both_practitioners_for_one_time(self, slot: int, service: int, patients: list[int]) -> None:
        """Hold the same time with both: where they need one room or device, the second is refused."""
        self._hold(slot, service, patients[0], twice=False)
        self._hold(slot + 3, service, patients[1], twice=False)

    @rule(slot=st.integers(0, 1), patients=st.permutations(range(4)))
    def ask_one_practitioner_at_both_sites(self, slot: int, patients: list[int]) -> None:
        """Hold one practitioner's time at both sites: the second is refused."""
        self._hold(slot, 0, patients[0], twice=False)
        self._hold(len(self.slots) - 2, 0, patients[1], twice=False)

    def _hold(self, slot: int, service: int, patient: int, *, twice: bool, **wish: Any) -> None:
        self._tick()
        key = request_key(self.clerk, method="POST", path="/appointments", key=str(new_id()), body=1)
        wanted = self.slots[slot], self.services[service], self.patients[patient]
        chosen = {"key": key, **wish} if twice else wish
        try:
            held = calls.hold(self.clerk, *wanted, now=self.now, **chosen)
        except ClinicError:
            held = None
        if held is not None and held.change is not None:
            if twice:
                assert calls.hold(self.clerk, *wanted, now=self.now, **chosen).body == held.body
            hold_expires_at = self.now + timedelta(minutes=self.services[service].hold_minutes)
            self.known[UUID(held.body["id"])] = Known(S.PENDING, hold_expires_at)
        self._believe_what_was_cleared()

    def _believe_what_was_cleared(self) -> None:
        # A hold may have ended run-out holds that stood in its way, and nothing else.
        for appointment_id, (status, _version) in self._appointments().items():
            known = self.known[appointment_id]
            if known.status is not status:
                assert known.has_run_out(self.now)
                assert status is S.CANCELLED
                known.status = status

    def _tick(self) -> None:
        # No two things happen at the same instant, so that their order can be read afterwards.
        self.now += timedelta(microseconds=1)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def confirm(self, data: Any) -> None:
        """A hold can be confirmed exactly until its time has run out."""
        appointment_id, known = self._draw(data)
        is_due = known.status is S.PENDING and not known.has_run_out(self.now)
        try:
            calls.confirm(self.clerk, appointment_id, now=self.now)
        except (HoldExpired, InvalidTransition):
            assert not is_due
        else:
            assert is_due
            known.status, known.was_booked = S.BOOKED, True

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        """What is live can be cancelled, once."""
        appointment_id, known = self._draw(data)
        try:
            calls.cancel(self.clerk, appointment_id, now=self.now)
        except InvalidTransition:
            assert not known.status.is_live or known.status is S.FULFILLED
        else:
            # Who has been seen cannot be cancelled any more.
            assert known.status.is_live
            assert known.status is not S.FULFILLED
            known.status = S.CANCELLED

    @rule()
    def start_paying(self) -> None:
        """A hold that is being paid is not ended by time; here it is the oldest that runs."""
        holds = [(key, k) for key, k in self.known.items() if k.status is S.PENDING and not k.is_paying]
        for appointment_id, known in holds[:1]:
            deadline = {"at": self.now + timedelta(minutes=15), "clinic_id": self.clinic_id, "id": appointment_id}
            with building() as session:
                execute(session, PAYING, deadline)
            known.is_paying = True

    @rule(batch=st.sampled_from([1, 2, 10]), minutes=st.sampled_from([0, 6]))
    def sweep(self, batch: int, minutes: int) -> None:
        """The sweeper ends run-out holds, as many as its batch allows, and only those."""
        self.now += timedelta(minutes=minutes)
        self._tick()
        due = {appointment_id for appointment_id, known in self.known.items() if known.has_run_out(self.now)}
        job = job_of(self.clerk.clinic_id)
        with transaction(job, role=DatabaseRole.WORKER) as session:
            changes = sweep(session, job, batch=batch, now=self.now)
        after = self._appointments()
        ended = {appointment_id for appointment_id in due if after[appointment_id][0] is S.CANCELLED}
        assert len(changes) == len(ended) == min(batch, len(due))
        for appointment_id in ended:
            self.known[appointment_id].status = S.CANCELLED

    @rule(minutes=st.sampled_from([1, 2, 6]))
    def time_passes(self, minutes: int) -> None:
        """The clock goes on."""
        self.now += timedelta(minutes=minutes)

    @invariant()
    def the_clinic_is_in_order(self) -> None:
        """All of it, read in one transaction."""
        if self.clinic_id is None:
            return
        with building() as session:

            def read(statement: LiteralString) -> list[tuple[Any, ...]]:
                return rows(session, statement, {"clinic_id": self.clinic_id})

            appointments = {key: (S(status), version) for key, status, version in read(APPOINTMENTS)}
            # No appointment is lost, none appears from nowhere, none changes by itself.
            assert {k: status for k, (status, _) in appointments.items()} == {
                k: known.status for k, known in self.known.items()
            }
            # Each slot counts exactly the live appointments that take it; each visit takes all of its slots.
            assert not read(WRONG_COUNTS), "counters"
            assert not read(TOO_FEW_SLOTS), "slots"
            # No patient, practitioner, room or device is in two places.
            assert not read(OVERLAPS), "overlap"
            audit = read(AUDIT)
            require_legal_history(appointments, audit)
            require_complete_outbox(appointments, audit, read(OUTBOX))

    def _draw(self, data: Any) -> tuple[UUID, Known]:
        self._tick()
        return data.draw(st.sampled_from(list(self.known.items())))

    def _appointments(self) -> dict[UUID, tuple[S, int]]:
        with building() as session:
            found = rows(session, APPOINTMENTS, {"clinic_id": self.clinic_id})
        return {key: (S(status), version) for key, status, version in found}

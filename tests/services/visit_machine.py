"""The booking machine with every other verb: overbooking, moves, the steps of a visit, and each step back."""

from collections import Counter
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.errors import ClinicError, InvalidTransition
from app.services.booking.status import BACK
from models.accounts import Role
from models.appointments import AppointmentStatus as S
from tests import calls
from tests.builders import staff_of
from tests.services.booking_machine import BookingMachine, Known
from tests.services.place_machine import PlaceMachine

# Which status each step of a visit starts from, and which it reaches.
STEPS = {
    "arrive": (S.BOOKED, S.ARRIVED),
    "check_in": (S.ARRIVED, S.CHECKED_IN),
    "enter_room": (S.CHECKED_IN, S.CHECKED_IN),
    "complete": (S.CHECKED_IN, S.FULFILLED),
}
# A slot, a service that is held there, and a patient.
STARTS = st.one_of(
    st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just(7), st.just(4), st.integers(0, 3)),
)
STORIES = (
    ("arrive", "check_in", "enter_room", "undo", "enter_room", "complete", "undo"),
    ("arrive", "check_in", "undo", "undo", "move"),
    ("arrive", "check_in", "arrive", "complete", "check_in"),
    ("the hour comes", "mark_no_show", "arrive"),
    ("the hour comes", "mark_no_show", "undo"),
    ("the hour comes", "mark_no_show", "rival", "arrive", "undo"),
    ("cancel", "undo", "move"),
    ("cancel", "rival", "undo"),
    ("arrive", "cancel", "undo"),
    ("cancel", "the day ends", "undo"),
)
WORDS = (*STEPS, "undo", "undo", "mark_no_show", "cancel", "rival", "move")
MUST_BE_SEEN = {
    *("overbooked", "rescheduled", "resized", "planned", "run out", "exchanged", "arrived late", "no-show", "mistake"),
    *(f"{verb}" for verb in STEPS),
    *(f"undone {status.value}" for status in BACK),
    "left the room",
}


class VisitMachine(PlaceMachine):
    """Everything that can happen to an appointment, in any order."""

    seen: ClassVar[Counter[str]] = Counter()

    # What the machine without the other verbs is for.
    join_the_session = ask_both_practitioners_for_one_time = ask_one_practitioner_at_both_sites = None
    admin: Any = None

    @initialize(stories=st.permutations(STORIES), slot=st.integers(0, 6), service=st.integers(0, 3))
    def open_the_clinic(self, stories: list[tuple[str, ...]], slot: int, service: int) -> None:
        """The same clinic, in which some visits have had their story already."""
        BookingMachine.open_the_clinic(self)
        self.cancelled_on: dict[UUID, date] = {}
        booked = [self._book(place, service, patient) for patient, place in ((2, slot), (3, (slot + 2) % 7))]
        self._exchange([one for one in booked if one is not None])
        for patient, story in enumerate(stories[:3]):
            self.live_through(((slot + patient) % 7, service, patient), story, [])

    @rule(slot=st.integers(0, 7), service=st.integers(0, 4), patients=st.permutations(range(4)))
    def overbook(self, slot: int, service: int, patients: list[int]) -> None:
        """Hold a start that is full, as far as the limit goes; asked three times, the limit is met."""
        for patient in patients[:3]:
            self._hold(slot, service, patient, twice=False, overbook_reason="asked for")
        self._count_overbooked()

    @precondition(lambda self: self.known)
    @rule(data=st.data(), slot=st.integers(0, 7), reason=st.sampled_from([None, "asked for"]))
    def reschedule(self, data: Any, slot: int, reason: str | None) -> None:
        """Only what is booked moves; it stays booked, wherever it is."""
        appointment_id, known = self._draw(data)
        self._move(known, [(appointment_id, self.slots[slot])], reason)

    @precondition(lambda self: sum(known.status is S.BOOKED for known in self.known.values()) > 1)
    @rule(data=st.data())
    def exchange(self, data: Any) -> None:
        """Two booked appointments take each other's places, or neither does."""
        booked = [key for key, known in self.known.items() if known.status is S.BOOKED]
        self._exchange(data.draw(st.permutations(booked))[:2])

    @rule(start=STARTS, story=st.sampled_from(STORIES), more=st.lists(st.sampled_from(WORDS), max_size=3))
    def live_through(self, start: tuple[int, int, int], story: tuple[str, ...], more: list[str]) -> None:
        """Book a start and let things happen to it, one after the other."""
        appointment_id = self._book(*start)
        if appointment_id is None:
            return
        for word in (*story, *more):
            self._do(appointment_id, word)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), word=st.sampled_from(WORDS))
    def happen(self, data: Any, word: str) -> None:
        """Let something happen to any appointment, whatever it is."""
        self._do(data.draw(st.sampled_from(list(self.known))), word)

    @rule(
        first=STARTS,
        second=STARTS,
        slot=st.integers(0, 7),
    )
    def book_and_move(self, first: tuple[int, int, int], second: tuple[int, int, int], slot: int) -> None:
        """Book two starts, move one of them, and let the two exchange."""
        booked = [made for made in (self._book(*first), self._book(*second)) if made is not None]
        for appointment_id in booked[:1]:
            self._tick()
            self._move(self.known[appointment_id], [(appointment_id, self.slots[slot])], None)
        self._exchange(booked)

    @precondition(lambda self: len(self.known) > 2)
    @rule(data=st.data())
    def enter_in_error(self, data: Any) -> None:
        """Whatever an appointment was can be a mistake, once."""
        appointment_id, known = self._draw(data)
        try:
            calls.visit(self._reopener(), "mark_entered_in_error", appointment_id, reason="twice", now=self.now)
        except InvalidTransition:
            assert known.status is S.ENTERED_IN_ERROR
        else:
            assert known.status is not S.ENTERED_IN_ERROR
            self.seen["mistake"] += 1
            known.status = S.ENTERED_IN_ERROR

    def _do(self, appointment_id: UUID, word: str) -> None:
        self._tick()
        known = self.known[appointment_id]
        if word in STEPS:
            self._step(appointment_id, known, word)
        elif word == "undo":
            self._undo(appointment_id, known)
        elif word == "mark_no_show":
            self._mark_no_show(appointment_id, known)
        elif word == "cancel" and known.status in (S.BOOKED, S.ARRIVED, S.CHECKED_IN):
            calls.cancel(self.clerk, appointment_id, now=self.now)
            known.status = S.CANCELLED
            self.cancelled_on[appointment_id] = self.now.date()
        elif word == "rival":
            self._hold(*self._start_of(appointment_id), twice=False)
        elif word == "move":
            self._move(known, [(appointment_id, self.slots[(self._start_of(appointment_id)[0] + 1) % 7])], None)
        elif word == "the hour comes":
            self.now = max(self.now, next(row.starts_at for row in self._rows() if row.id == appointment_id))
        elif word == "the day ends":
            self.now += timedelta(days=1)

    def _start_of(self, appointment_id: UUID) -> tuple[int, int, int]:
        """Return the slot and service of an appointment, as the rules number them, and another patient."""
        row = next(row for row in self._rows() if row.id == appointment_id)
        slot = [slot.id for slot in self.slots].index(row.slot_id)
        service = [service.id for service in self.services].index(row.service_id)
        return slot, service, (self.patients.index(row.patient_id) + 1) % len(self.patients)

    def _book(self, slot: int, service: int, patient: int) -> UUID | None:
        """Hold and confirm this start, or else the next that is to be had; None when there is none."""
        before = set(self.known)
        for further in range(7):
            self._hold((slot + further) % 7 if slot < 7 else slot, service, (patient + further) % 4, twice=False)
            made = set(self.known) - before
            if made:
                break
        for appointment_id in made:
            calls.confirm(self.clerk, appointment_id, now=self.now)
            self.known[appointment_id].status, self.known[appointment_id].was_booked = S.BOOKED, True
        return made.pop() if made else None

    def _exchange(self, pair: list[UUID]) -> None:
        if len(pair) < 2:
            return
        self._tick()
        starts = {row.id: row.slot_id for row in self._rows()}
        wanted = starts[pair[1]], starts[pair[0]]
        try:
            calls.reschedule_many(self.clerk, list(zip(pair, wanted, strict=True)), now=self.now)
        except ClinicError:
            pass
        else:
            self.seen["exchanged"] += starts[pair[0]] != starts[pair[1]]
            after = {row.id: row.slot_id for row in self._rows()}
            assert (after[pair[0]], after[pair[1]]) == wanted
        self._believe_what_was_cleared()

    def _mark_no_show(self, appointment_id: UUID, known: Known) -> None:
        starts_at = next(row.starts_at for row in self._rows() if row.id == appointment_id)
        is_due = known.status is S.BOOKED and starts_at <= self.now
        self._tick()
        try:
            calls.visit(self.clerk, "mark_no_show", appointment_id, now=self.now)
        except InvalidTransition:
            assert not is_due
        else:
            assert is_due
            self.seen["no-show"] += 1
            known.status = S.NOSHOW

    def _undo(self, appointment_id: UUID, known: Known) -> None:
        before, in_room = known.status, known.status is S.CHECKED_IN and known.is_roomed
        try:
            answer = calls.visit(self._reopener(), "undo", appointment_id, now=self.now)
        except ClinicError:
            assert before not in (S.ARRIVED, S.CHECKED_IN)
        else:
            assert known.was_booked
            if before is S.CANCELLED:
                assert self.cancelled_on.get(appointment_id, self.now.date()) == self.now.date()
            known.status = before if in_room else BACK[before]
            known.is_roomed &= before is S.FULFILLED
            assert answer.body["status"] == known.status
            self.seen["left the room" if in_room else f"undone {before.value}"] += 1
        self._believe_what_was_cleared()

    def _step(self, appointment_id: UUID, known: Known, verb: str) -> None:
        source, target = STEPS[verb]
        is_late = verb == "arrive" and known.status is S.NOSHOW
        try:
            calls.visit(self.clerk, verb, appointment_id, now=self.now)
        except ClinicError:
            assert known.status is not source
        else:
            assert known.status is source or is_late
            self.seen["arrived late" if is_late else verb] += 1
            known.status = target
            known.is_roomed |= verb == "enter_room"
        self._believe_what_was_cleared()

    def _move(self, known: Known, moves: list[Any], reason: str | None) -> None:
        ((appointment_id, slot),) = moves
        try:
            calls.reschedule(self.clerk, appointment_id, slot, overbook_reason=reason, now=self.now)
        except InvalidTransition:
            assert known.status is not S.BOOKED
        except ClinicError:
            assert known.status is S.BOOKED
        else:
            assert known.status is S.BOOKED
            self.seen["rescheduled"] += 1
        self._believe_what_was_cleared()

    def _count_overbooked(self) -> None:
        self.seen["overbooked"] += any(row.overbook for row in self._rows())

    def _reopener(self) -> Any:
        self.admin = self.admin or staff_of(self.clerk.clinic_id, role=Role.ADMINISTRATOR)
        return self.admin

"""Tries every start of a random clinic by moving an appointment there in a savepoint, and notes what it was told."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError
from app.services.availability import open_starts
from app.services.booking.answer import Answer, single_use_key
from app.services.booking.reschedule import reschedule
from models.db import driver, transaction
from models.patients import Patient
from models.principal import Principal
from models.schedules import Slot
from tests.builders import building, clerk_of, guest_of, make_patient
from tests.calls import confirm, hold
from tests.services.random_clinic import RandomClinic, make_random_clinic

MUST_BE_SEEN = {
    "accepted",
    "over its own slots",
    "slot-unavailable",
    "patient-overlap",
    "room-unavailable",
    "practitioner-overlap",
    "outside-booking-window",
    "a session",
}


@dataclass
class Moved:
    """One appointment, and the starts to which its actor could move it; its own is left out."""

    made: RandomClinic
    principal: Principal
    booked: Answer
    accepted: set[UUID] = field(default_factory=set)

    @property
    def id(self) -> UUID:
        """The appointment's id."""
        return UUID(self.booked.body["id"])

    @property
    def slot_id(self) -> UUID:
        """The appointment's own start."""
        return UUID(self.booked.body["slot_id"])

    def ask(self, read: Callable[..., Any], **filters: Any) -> Any:
        """Ask availability for the appointment over the whole time that the clinic's slots cover."""
        since = self.made.now - timedelta(days=1)
        asked = {"since": since, "until": since + timedelta(days=5), "now": self.made.now, "moving": self.id, **filters}
        with transaction(self.principal) as session:
            return read(session, self.principal, service_id=UUID(self.booked.body["service_id"]), **asked)

    def difference(self) -> str:
        """Return how list and moves differ, empty if they do not."""
        listed = {start.id for start in self.ask(open_starts)} - {self.slot_id}
        wrong = {"offered but refused": listed - self.accepted, "accepted but not offered": self.accepted - listed}
        found = {name: sorted(map(str, which)) for name, which in wrong.items() if which}
        return f"seed {self.made.seed}, {self.principal.kind}: {found}" if found else ""


class Mover:
    """Books some appointments in a random clinic, tries to move each everywhere, and notes what it has seen."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def examine(self, seed: int) -> Iterator[Moved]:
        """Make the clinic of a seed, and move one appointment of staff's and one of a guest's own."""
        made = make_random_clinic(seed)
        with building() as session:
            patients = [make_patient(session, clinic=made.clinic_id) for _ in range(2)]
        # All are booked before any is looked at: each stands in the others' way.
        actors = zip((clerk_of(made.clinic_id), guest_of(made.clinic_id)), patients, strict=True)
        booked = [(actor, self._book(made, actor, patient)) for actor, patient in actors]
        for patient in patients:
            self._book_another(made, patient)
        for principal, answer in booked:
            if answer is None:
                continue
            moved = Moved(made, principal, answer)
            with transaction(principal) as session:
                for slot in made.slots:
                    if slot.id != moved.slot_id and self._is_moved(session, moved, slot):
                        moved.accepted.add(slot.id)
            yield moved

    def _book(self, made: RandomClinic, principal: Principal, patient: Patient) -> Answer | None:
        services = made.services[made.seed % 5 :] + made.services
        for number, service in enumerate(services):
            for slot in made.random.sample(made.slots, len(made.slots)):
                try:
                    held = hold(principal, slot, service, patient, now=made.now)
                except ClinicError:
                    continue
                self.seen["a session"] += slot.service_id is not None
                return confirm(principal, held, now=made.now)
            assert number < len(services)
        return None

    def _book_another(self, made: RandomClinic, patient: Patient) -> None:
        """Let the patient have a second appointment, over which no move may go."""
        for slot in made.random.sample(made.slots, len(made.slots)):
            try:
                hold(made.clerk, slot, made.services[0], patient, now=made.now)
            except ClinicError:
                continue
            return

    def _is_moved(self, session: Session, moved: Moved, slot: Slot) -> bool:
        driver(session).execute("SAVEPOINT before_move")
        key = single_use_key(moved.principal, "reschedule")
        try:
            reschedule(session, moved.principal, appointment_id=moved.id, slot_id=slot.id, key=key, now=moved.made.now)
        except ClinicError as refusal:
            self.seen[refusal.code] += 1
            return False
        else:
            self.seen["accepted"] += 1
            self.seen["over its own slots"] += self._overlaps(moved, slot)
            return True
        finally:
            driver(session).execute("ROLLBACK TO SAVEPOINT before_move")

    def _overlaps(self, moved: Moved, slot: Slot) -> bool:
        own = next(one for one in moved.made.slots if one.id == moved.slot_id)
        is_near = abs(slot.starts_at - own.starts_at) < timedelta(minutes=25)
        return is_near and slot.practitioner_id == own.practitioner_id

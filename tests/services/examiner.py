"""Tries every start of a random clinic by holding it in a savepoint, and notes which rules were at work."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.errors import ClinicError
from app.services.availability import open_starts
from app.services.booking.answer import single_use_key
from app.services.booking.hold import Wish, hold
from app.services.booking.refusals import Contended
from models.appointments import Channel
from models.db import driver, transaction
from models.practitioners import HealthcareService
from models.principal import Principal
from models.schedules import Slot
from tests.builders import building, clerk_of, guest_of, make_patient, staff_of
from tests.services.random_clinic import RandomClinic, make_random_clinic

MUST_BE_SEEN = {
    "accepted",
    "several slots",
    "buffer before",
    "buffer after",
    "room",
    "device",
    "room-unavailable",
    "device-unavailable",
    "slot-unavailable",
    "practitioner-overlap",
    "outside-booking-window",
    "not-permitted",
    "session",
    "several places",
    "session in several slots",
    "after clearing expired holds",
    "both sides of a clock set ahead",
    "both sides of a clock set back",
    "the same wall-clock time twice",
}


@dataclass
class Examined:
    """One actor's view of one service: what holds accepted, with the number of places."""

    made: RandomClinic
    principal: Principal
    service: HealthcareService
    places: dict[UUID, int] = field(default_factory=dict)

    def listed(self) -> dict[UUID, int]:
        """Return what the list offers now, with the number of places."""
        return {start.id: start.free for start in self.ask(open_starts)}

    def ask(self, read: Callable[..., Any], **filters: Any) -> Any:
        """Ask availability over the whole time that the clinic's slots cover."""
        since = self.made.now - timedelta(days=1)
        asked = {"since": since, "until": since + timedelta(days=5), "now": self.made.now, **filters}
        with transaction(self.principal) as session:
            return read(session, self.principal, service_id=self.service.id, **asked)

    def difference(self) -> str:
        """Return how list and holds differ, empty if they do not."""
        listed, accepted = self.listed(), self.places
        wrong = {
            "offered but refused": sorted(str(key) for key in listed.keys() - accepted.keys()),
            "accepted but not offered": sorted(str(key) for key in accepted.keys() - listed.keys()),
            "other places": [(str(k), listed[k], n) for k, n in accepted.items() if listed.get(k, n) != n],
        }
        found = {name: which for name, which in wrong.items() if which}
        return f"seed {self.made.seed}, {self.principal.kind}, {self.service.name}: {found}" if found else ""


class Examiner:
    """Tries every start by holding it, and notes what it has seen."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def examine(self, seed: int, *, make: Callable[[int], RandomClinic] = make_random_clinic) -> Iterator[Examined]:
        """Make the clinic of a seed and examine it for every service and some actors."""
        made = make(seed)
        with building() as session:
            self.patients = [make_patient(session, clinic=made.clinic_id).id for _ in range(5)]
        one_site = staff_of(made.clinic_id, location_ids=frozenset({made.locations[1].id}))
        actors = itertools.cycle([clerk_of(made.clinic_id), one_site])
        for service, staff in zip(made.services, actors, strict=False):
            for principal in (guest_of(made.clinic_id), staff):
                yield self._examined(made, principal, service)

    def _examined(self, made: RandomClinic, principal: Principal, service: HealthcareService) -> Examined:
        examined = Examined(made, principal, service)
        accepted: list[Slot] = []
        with transaction(principal) as session:
            for slot in made.slots:
                places = self._places(session, examined, slot)
                if places:
                    examined.places[slot.id] = places
                    accepted.append(slot)
        self._note_clock_changes(made, accepted)
        return examined

    def _places(self, session: Session, examined: Examined, slot: Slot) -> int:
        """Hold a start for one new patient after the other until it is refused, then undo all of it."""
        driver(session).execute("SAVEPOINT before_holds")
        try:
            for places, patient_id in enumerate(self.patients):
                if not self._is_held(session, examined, slot, patient_id):
                    return places
                self._note(session, examined.service, slot, places + 1)
                if slot.max_capacity == 1:
                    return 1
            raise AssertionError("More places than patients: give the examiner more of them.")
        finally:
            driver(session).execute("ROLLBACK TO SAVEPOINT before_holds")

    def _is_held(self, session: Session, examined: Examined, slot: Slot, patient_id: UUID) -> bool:
        principal, now = examined.principal, examined.made.now
        wish = Wish(slot.id, examined.service.id, patient_id, Channel.ONLINE)
        for clearing in (False, True):
            driver(session).execute("SAVEPOINT one_look")
            try:
                key = single_use_key(principal, "hold")
                hold(session, principal, wish=wish, key=key, now=now, clearing=clearing)
            except (Contended, ClinicError) as refusal:
                driver(session).execute("ROLLBACK TO SAVEPOINT one_look")
                error = refusal.refusal if isinstance(refusal, Contended) else refusal
                if clearing or not isinstance(refusal, Contended):
                    self.seen[error.code] += 1
                    return False
            else:
                self.seen["after clearing expired holds"] += clearing
                return True
        return False

    def _note(self, session: Session, service: HealthcareService, slot: Slot, places: int) -> None:
        is_several = service.duration_minutes > (slot.ends_at - slot.starts_at) / timedelta(minutes=1)
        self.seen["accepted"] += 1
        self.seen["several slots"] += is_several
        self.seen["session in several slots"] += is_several and slot.service_id is not None
        self.seen["buffer before"] += service.buffer_before_minutes > 0
        self.seen["buffer after"] += service.buffer_after_minutes > 0
        self.seen["room"] += service.room_kind is not None
        self.seen["device"] += service.device_kind is not None
        self.seen["session"] += slot.service_id is not None
        self.seen["several places"] += places > 1

    def _note_clock_changes(self, made: RandomClinic, accepted: list[Slot]) -> None:
        zones = {location.id: location.timezone for location in made.locations}
        local = [s.starts_at.astimezone(made.zone) for s in accepted if zones[s.location_id] == made.zone.key]
        offsets = [instant.utcoffset() for instant in sorted(local, key=datetime.timestamp)]
        for before, after in itertools.pairwise(offsets):
            assert before is not None
            assert after is not None
            self.seen["both sides of a clock set ahead"] += after > before
            self.seen["both sides of a clock set back"] += after < before
        twice = Counter((instant.replace(tzinfo=None, fold=0), instant.fold) for instant in local)
        self.seen["the same wall-clock time twice"] += any((shown, 1) in twice for shown, fold in twice if fold == 0)

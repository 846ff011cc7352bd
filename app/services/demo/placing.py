"""Who sees whom when: visits laid into the slots as a hold would lay them, rooms and devices included."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from random import Random
from uuid import UUID

from app.services.demo.catalogue import DOCTOR, HEART, MOTION, SERVICES, SITES, URGENT, Service
from app.services.demo.ids import Kind, numbered
from app.services.demo.patients import InventedPatient
from app.services.demo.timetable import DAYS_AHEAD, DemoSlot, Roster

PAST_SHARE = 0.80
CANCELLED_SHARE = 0.09
# Around the present the round-the-clock desk and the doctor are full, so that every status is on the board at any hour.
BUSY_BEFORE, BUSY_AFTER = timedelta(hours=3), timedelta(minutes=45)


@dataclass(slots=True)
class Visit:
    """One planned visit; what became of it is told later."""

    roster: Roster
    service: Service
    patient: InventedPatient
    slots: list[DemoSlot]
    starts_at: datetime
    room_id: UUID | None = None
    device_id: UUID | None = None
    is_cancelled: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.service.minutes)

    @property
    def occupies_from(self) -> datetime:
        return self.slots[0].starts_at

    @property
    def occupies_until(self) -> datetime:
        return self.ends_at + timedelta(minutes=self.service.after)

    def local_day(self) -> date:
        """Return the date of the visit where it takes place."""
        return self.starts_at.astimezone(self.roster.zone).date()


class Waiting:
    """Draws patients, some far more often than others, and nobody twice on one day."""

    def __init__(self, people: list[InventedPatient], chance: Random, *, today: date) -> None:
        self._chance = chance
        self._groups = {
            of_children: [person for person in people if person.is_child(today) == of_children]
            for of_children in (True, False)
        }
        self._taken: set[tuple[UUID, date]] = set()

    def draw(self, *, child: bool, starts_at: datetime) -> InventedPatient:
        """Return a patient who has nothing else on that day or the days beside it."""
        group = self._groups[child]
        while True:
            person = group[int(len(group) * self._chance.random() ** 1.4)]
            days = [starts_at.date() + timedelta(days=step) for step in (-1, 0, 1)]
            if not any((person.id, day) in self._taken for day in days):
                self._taken.add((person.id, days[1]))
                return person


class Things:
    """Rooms and devices by site and kind, each given to one visit at a time."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], list[UUID]] = defaultdict(list)
        self._until: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
        for name, kind, thing_id in (*numbered_rooms(), *numbered_devices()):
            self._of[name, kind].append(thing_id)

    def free(self, site: str, kind: str, starts_at: datetime, ends_at: datetime) -> UUID | None:
        """Return a thing of the kind that nobody has in that time."""
        for thing in self._of[site, kind]:
            if all(end <= starts_at or ends_at <= start for start, end in self._until[thing]):
                return thing
        return None

    def take(self, thing: UUID, starts_at: datetime, ends_at: datetime) -> None:
        """Give the thing away for that time."""
        self._until[thing].append((starts_at, ends_at))


def numbered_rooms() -> Iterator[tuple[str, str, UUID]]:
    """Give (site, kind, id) of every room."""
    kinds = [(site.name, kind) for site in SITES for _, kind in site.rooms]
    return ((site, kind, numbered(Kind.ROOM, n)) for n, (site, kind) in enumerate(kinds, 1))


def numbered_devices() -> Iterator[tuple[str, str, UUID]]:
    """Give (site, kind, id) of every device."""
    kinds = [(site.name, kind) for site in SITES for _, kind in site.devices]
    return ((site, kind, numbered(Kind.DEVICE, n)) for n, (site, kind) in enumerate(kinds, 1))


class Placer:
    """Lays visits into the slots of all posts, until each day is as full as it should be."""

    def __init__(self, people: list[InventedPatient], chance: Random, *, now: datetime) -> None:
        self._chance, self._now, self._things = chance, now, Things()
        self._waiting = Waiting(people, chance, today=now.date())

    def fill(self, roster: Roster) -> list[Visit]:
        """Return the post's visits; their slots' counts are not set yet."""
        services = [s for s in SERVICES if s.specialty == roster.person.specialty and s.capacity == 1]
        visits: list[Visit] = []
        place = 0
        while place < len(roster.slots):
            slot = roster.slots[place]
            if slot.planned.service_id:
                visits += self._session(roster, slot)
                place += 1
                continue
            service = self._chance.choice(services)
            visit = self._visit(roster, place, service)
            if visit is not None:
                visits.append(visit)
            place += len(visit.slots) if visit and not visit.is_cancelled else 1
        return visits

    def _visit(self, roster: Roster, place: int, service: Service) -> Visit | None:
        slots = _consecutive(roster.slots, place, minutes=service.total_minutes)
        if not slots:
            return None
        share = _full(roster, slots[0].starts_at, now=self._now)
        # From a share of time to a chance at each free start: a visit takes several slots, a gap takes one.
        wanted = share / (share + len(slots) * (1 - share))
        luck = self._chance.random()
        if luck >= wanted + (1 - wanted) * CANCELLED_SHARE:
            return None
        visit = self._made(roster, service, slots)
        visit.is_cancelled = luck >= wanted
        return visit if visit.is_cancelled or self._take_things(visit) else None

    def _session(self, roster: Roster, slot: DemoSlot) -> Iterator[Visit]:
        service = next(s for s in SERVICES if s.capacity > 1)
        share = _full(roster, slot.starts_at, now=self._now)
        seats = min(service.capacity, round(service.capacity * share * self._chance.uniform(0.7, 1.25)))
        for _ in range(seats):
            yield self._made(roster, service, [slot])

    def _made(self, roster: Roster, service: Service, slots: list[DemoSlot]) -> Visit:
        starts_at = slots[0].starts_at + timedelta(minutes=service.before)
        patient = self._waiting.draw(child=service.name.startswith("Child"), starts_at=starts_at)
        return Visit(roster=roster, service=service, patient=patient, slots=slots, starts_at=starts_at)

    def _take_things(self, visit: Visit) -> bool:
        """Give the visit its room and device, both or none."""
        span = (visit.occupies_from, visit.occupies_until)
        site, service = visit.roster.site.name, visit.service
        if service.room_kind:
            visit.room_id = self._things.free(site, service.room_kind, *span)
        if service.device_kind:
            visit.device_id = self._things.free(site, service.device_kind, *span)
        if (service.room_kind and not visit.room_id) or (service.device_kind and not visit.device_id):
            return False
        for thing in (visit.room_id, visit.device_id):
            if thing:
                self._things.take(thing, *span)
        return True


def _consecutive(slots: list[DemoSlot], place: int, *, minutes: int) -> list[DemoSlot]:
    """Return the slots from `place` on that cover the minutes without a gap, or nothing."""
    taken: list[DemoSlot] = []
    until = slots[place].starts_at + timedelta(minutes=minutes)
    for slot in slots[place:]:
        if slot.planned.service_id or (taken and taken[-1].ends_at != slot.starts_at):
            return []
        taken.append(slot)
        if slot.ends_at >= until:
            return taken
    return []


def _full(roster: Roster, starts_at: datetime, *, now: datetime) -> float:
    """Return which share of the time around this instant should be taken: near days are fuller."""
    is_urgent = roster.person.specialty == URGENT
    is_shown = is_urgent or roster.person.name == DOCTOR
    if is_shown and now - BUSY_BEFORE < starts_at < now + BUSY_AFTER:
        return 1.0
    ahead = (starts_at - now).total_seconds() / 86_400
    if ahead < 0:
        return PAST_SHARE
    if is_urgent:
        return 0.12 + 0.7 * exp(-ahead / 14)
    full = 0.84 - 0.30 * ahead / DAYS_AHEAD
    # Where rooms, devices or people are scarce too, so much taken time would leave hardly a start.
    return 0.8 * full if roster.person.specialty in (HEART, MOTION) else full

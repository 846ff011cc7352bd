"""Whom the demonstration tells more of: people who come around now, so that a newcomer meets them without searching.

Chosen from the story book, the same for the same moment. Nobody is chosen twice, so that no file holds everything.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.services.demo.catalogue import DOCTOR
from app.services.demo.ids import Kind, numbered
from app.services.demo.logins import user_id
from app.services.demo.patients import InventedPatient
from app.services.demo.placing import Visit
from app.services.demo.rows import Numbered
from app.services.demo.story_book import StoryBook
from app.services.schedules.wall_clock import local_day
from models.accounts import Role
from models.appointments import AppointmentStatus as S
from models.principal import ActorKind, Principal

# Who has a visit in these days is met on a board, a list or a calendar.
NEAR_BEFORE, NEAR_AFTER = timedelta(days=2), timedelta(days=5)
ADULT = 18


def acting(role: Role) -> Principal:
    """Return the principal of a demonstration's account, who did what is told here."""
    return Principal(numbered(Kind.CLINIC, 1), ActorKind.USER, str(user_id(role)), ROLE_PERMISSIONS[role])


class Cast:
    """The book's people by what brings them here, those nearest to now first."""

    def __init__(self, book: StoryBook) -> None:
        self.book, self.now = book, book.now
        self._taken: set[UUID] = set()
        self.near = sorted(
            (one for one in book.stories if -NEAR_BEFORE < one[1].visit.starts_at - book.now < NEAR_AFTER),
            key=lambda one: (abs(one[1].visit.starts_at - book.now), one[0]),
        )
        self.today = [one for one in self.near if self._is_today(one) and one[1].status.is_live]
        self.own = [one for one in self.today if one[1].visit.roster.person.name == DOCTOR]
        self._seen: dict[UUID, list[Numbered]] = defaultdict(list)
        for one in book.stories:
            if one[1].status is S.FULFILLED and book.is_past(one[1].visit):
                self._seen[one[1].visit.patient.id].append(one)

    def seen(self, patient_id: UUID) -> list[Numbered]:
        """Return the patient's visits of the days before, the last one first."""
        return sorted(self._seen[patient_id], key=lambda one: one[1].visit.starts_at, reverse=True)

    def coming(self, *, after: timedelta) -> list[Numbered]:
        """Return the booked visits of the next days that are at least so far ahead, in the order of time."""
        found = [one for one in self.near if one[1].status is S.BOOKED and one[1].visit.starts_at > self.now + after]
        return sorted(found, key=lambda one: (one[1].visit.starts_at, one[0]))

    def choose(self, stories: Iterable[Numbered], *, fits: Callable[[Numbered], bool]) -> Iterator[Numbered]:
        """Give those who fit and were not chosen yet; whoever is given is chosen."""
        for one in stories:
            patient_id = one[1].visit.patient.id
            if patient_id not in self._taken and fits(one):
                self._taken.add(patient_id)
                yield one

    def is_adult(self, one: Numbered) -> bool:
        """Tell whether somebody of age comes."""
        return self.age(one[1].visit.patient) >= ADULT

    def age(self, patient: InventedPatient) -> int:
        """Return the patient's age in years, near enough."""
        return (self.now.date() - patient.birth_date).days // 365

    def never_meet(self, first: InventedPatient, second: InventedPatient) -> bool:
        """Tell whether two people have no visits at the same time."""
        spans = [[(visit.starts_at, visit.ends_at) for visit in self._visits_of(one)] for one in (first, second)]
        return not any(begin < until and since < end for begin, end in spans[0] for since, until in spans[1])

    def _visits_of(self, patient: InventedPatient) -> list[Visit]:
        mine = (story for _, story in self.book.stories if story.visit.patient is patient)
        return [story.visit for story in mine if story.status.is_live]

    def earlier_today(self, minutes: int) -> datetime:
        """Return the moment so many minutes ago, or now when that was yesterday by the clinic's clock."""
        zone, at = self.book.where.zone, self.now - timedelta(minutes=minutes)
        return at if local_day(at, zone) == local_day(self.now, zone) else self.now

    def _is_today(self, one: Numbered) -> bool:
        return one[1].visit.local_day() == local_day(self.now, one[1].visit.roster.zone)

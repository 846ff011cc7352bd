"""Everything that is made up about a moment: posts with slots, patients, and the story of each visit. Pure."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from app.services.demo import rows
from app.services.demo.patients import InventedPatient, invent
from app.services.demo.placing import Placer, Visit
from app.services.demo.present import tell_present
from app.services.demo.stories import Story, Teller, tell_past
from app.services.demo.timetable import Roster, rosters
from app.services.demo.where import Whereabouts, whereabouts
from app.services.schedules.wall_clock import local_day

SEED = 20_160_429


@dataclass(frozen=True, slots=True)
class StoryBook:
    """The clinic as it stands at `now`; slots count their live appointments."""

    now: datetime
    where: Whereabouts
    posts: list[Roster]
    people: list[InventedPatient]
    stories: list[rows.Numbered]

    def is_past(self, visit: Visit) -> bool:
        """Tell whether the visit's day is over where it takes place."""
        return visit.local_day() < local_day(self.now, visit.roster.zone)


def make_up(now: datetime) -> StoryBook:
    """Return the same book for the same moment."""
    chance = Random(SEED)
    where = whereabouts(now)
    posts = rosters(now, where)
    people = invent(chance, now=now)
    placer = Placer(people, chance, now=now)
    visits = [visit for roster in posts for visit in placer.fill(roster)]
    book = StoryBook(now=now, where=where, posts=posts, people=people, stories=[])
    teller = Teller(chance, now=now)
    stories: list[Story] = tell_past([v for v in visits if book.is_past(v)], teller, chance)
    stories += tell_present([v for v in visits if not book.is_past(v)], teller, chance, now=now)
    rows.count_places(stories)
    book.stories.extend(rows.in_order(stories))
    return book

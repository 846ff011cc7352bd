"""Today and the weeks ahead: a day under way, with every status on the board, and what is booked already."""

from datetime import datetime, timedelta
from random import Random

from app.services.demo import figures
from app.services.demo.catalogue import DOCTOR, FAMILY, HEART, URGENT
from app.services.demo.placing import Visit
from app.services.demo.stories import Outcome, Story, Teller, any_lead

SOON = timedelta(minutes=25)
# The doctor's visits last half an hour: whoever comes next is there by now.
NEXT = timedelta(minutes=35)
MISSED_AFTER = timedelta(minutes=20)
HOLD_NOT_BEFORE = timedelta(minutes=50)
# (specialty, how many of its next visits are held at this moment; the one after them was cancelled)
HOLDS = ((URGENT, 3), (HEART, 2))


def tell_present(visits: list[Visit], teller: Teller, chance: Random, *, now: datetime) -> list[Story]:
    """Tell today's visits and the coming ones as they stand at `now`."""
    outcomes = [_outcome(visit, chance, now) for visit in visits]
    by_visit = dict(zip(map(id, visits), outcomes, strict=True))
    by_visit |= _certain(visits, now)
    stories = []
    for visit in visits:
        lead = _lead(visit, chance, now)
        stories.append(teller.tell(visit, by_visit[id(visit)], lead_days=lead))
    return stories


def _outcome(visit: Visit, chance: Random, now: datetime) -> Outcome:
    if visit.is_cancelled:
        return Outcome.CANCELLED
    if visit.starts_at > now + SOON:
        return Outcome.BOOKED
    if visit.starts_at > now:
        return Outcome.ARRIVED if chance.random() < 0.55 else Outcome.BOOKED
    if visit.ends_at > now:
        return Outcome.IN_ROOM if chance.random() < 0.9 else Outcome.ARRIVED
    _, missed = figures.NO_SHOW_BY_LEAD[1]
    has_waited = visit.starts_at + MISSED_AFTER < now
    return Outcome.MISSED if has_waited and chance.random() < missed / 2 else Outcome.DONE


def _certain(visits: list[Visit], now: datetime) -> dict[int, Outcome]:
    """Choose visits of the round-the-clock desk, the doctor and two costly ones: no status is left to chance."""
    chosen: dict[int, Outcome] = {}
    urgent = _in_order(visits, URGENT)
    before = [visit for visit in urgent if visit.starts_at + MISSED_AFTER < now and visit.ends_at <= now]
    current = [visit for visit in urgent if visit.starts_at <= now < visit.ends_at]
    coming = [visit for visit in urgent if now < visit.starts_at <= now + SOON]
    own = [visit for visit in _in_order(visits, FAMILY) if visit.roster.person.name == DOCTOR]
    wanted = (
        ([visit for visit in own if visit.starts_at <= now < visit.occupies_until], Outcome.IN_ROOM),
        ([visit for visit in own if now < visit.starts_at <= now + NEXT][:1], Outcome.ARRIVED),
        (before[-1:], Outcome.MISSED),
        (before[-2:-1], Outcome.DONE),
        (current[:1], Outcome.IN_ROOM),
        (coming[:1], Outcome.ARRIVED),
    )
    for found, outcome in wanted:
        chosen |= {id(visit): outcome for visit in found}
    for specialty, count in HOLDS:
        later = [v for v in _in_order(visits, specialty) if v.starts_at > now + HOLD_NOT_BEFORE]
        chosen |= {id(visit): Outcome.HELD for visit in later[:count]}
        chosen |= {id(visit): Outcome.CANCELLED for visit in later[count : count + 1]}
    return chosen


def _in_order(visits: list[Visit], specialty: str) -> list[Visit]:
    found = [v for v in visits if v.service.specialty == specialty and not v.is_cancelled]
    return sorted(found, key=lambda visit: visit.starts_at)


def _lead(visit: Visit, chance: Random, now: datetime) -> int:
    """Return a likely lead that does not put the booking after today."""
    ahead = (visit.local_day() - now.astimezone(visit.roster.zone).date()).days
    if visit.service.specialty == URGENT:
        return max(ahead, min(any_lead(chance), any_lead(chance)))
    return ahead + any_lead(chance) if ahead else any_lead(chance)

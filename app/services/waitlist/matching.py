"""Who is offered what: each free place of a search goes to the first of its queue, and nobody gets two at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.availability import Start
from app.services.waitlist.entries import Entry
from app.services.waitlist.free_places import Search, free_places
from app.services.waitlist.places import PassedOver, Waiting, is_quiet, passed_over
from app.services.waitlist.queue import waiting
from models.principal import Principal
from models.waiting import EntryStatus

# A date somewhere on earth begins at most this long before it begins in UTC, and ends as long after.
ZONES = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A free place, those whom it suits in their order, and those before them who have another appointment then."""

    place: Start
    suited: Sequence[Entry]
    clashing: Sequence[Entry]


def proposals(
    session: Session, principal: Principal, *, search: Search, horizon: timedelta, most: int, now: datetime
) -> list[Proposal]:
    """Return up to `most` places with those to whom they are to be offered, in time order."""
    people = [
        one
        for one in waiting(session, principal, service_id=search.service_id, now=now)
        if one.entry.status is EntryStatus.WAITING
    ]
    searching = [one for one in people if _is_of(one.entry, search)]
    if not searching:
        return []
    since, until = _span(searching, horizon=horizon, now=now)
    places = free_places(session, principal, search=search, since=since, until=until, now=now)
    return list(islice(_matched(places, people, {one.entry.id for one in searching}, now=now), most))


def _matched(
    places: Iterator[Start], people: Sequence[Waiting], searching: set[UUID], *, now: datetime
) -> Iterator[Proposal]:
    served: set[UUID] = set()
    for place in places:
        if is_quiet(place.timezone, now=now):
            continue
        for _ in range(place.free):
            proposal = _proposal(place, [one for one in people if one.entry.id not in served], now=now)
            if proposal is None:
                break
            served.update(entry.id for entry in proposal.suited[:1])
            yield proposal
            if not proposal.suited:
                break
        if searching <= served:
            return


def _proposal(place: Start, people: Sequence[Waiting], *, now: datetime) -> Proposal | None:
    suited: list[Entry] = []
    clashing: list[Entry] = []
    for one in people:
        reason = passed_over(one, place, now=now)
        if reason is None:
            suited.append(one.entry)
        elif reason is PassedOver.CLASH and not suited and place.id not in one.clashed_slots:
            clashing.append(one.entry)
    return Proposal(place, suited, clashing) if suited or clashing else None


def _is_of(entry: Entry, search: Search) -> bool:
    return (entry.practitioner_id, entry.location_id) == (search.practitioner_id, search.location_id)


def _span(people: Sequence[Waiting], *, horizon: timedelta, now: datetime) -> tuple[datetime, datetime]:
    """Return the time in which all that these people wish for lies."""
    begins, ends = [], []
    for one in people:
        first, last, end = one.entry.earliest_on, one.entry.latest_on, now + horizon
        begins.append(datetime.combine(first, time(), ZoneInfo("UTC")) - ZONES if first else now)
        if last is not None:
            end = min(end, datetime.combine(last, time.max, ZoneInfo("UTC")) + ZONES)
        ends.append(min(end, one.to_beat) if one.to_beat else end)
    return max(now, min(begins)), max(ends)

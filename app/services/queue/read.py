"""What the page of arrivals shows: everybody of a location's day, from expected to done, the waiting in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.places import Place
from app.services.queue.arrival import DAY, Arrival, ArrivalRow, Group, arrival_of, group_of
from app.services.queue.late import late_on
from app.services.queue.order import place_in_line
from app.settings import settings
from models.db import rows
from models.principal import Principal

MOST_EXPECTED, MOST_DONE = 300, 100
COUNT: LiteralString = """
SELECT count(*) FROM queue_tickets
 WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid AND on_date = %(day)s::date
   AND state IN ('waiting', 'parked', 'missed')
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A location's day at the desk; `late` are the minutes that practitioners said to be late by."""

    place: Place
    day: date
    arrivals: dict[Group, list[Arrival]]
    late: list[tuple[UUID, str, int]]
    people: list[tuple[UUID, str]]
    # How many there are in all; the lists of the expected and the done end somewhere.
    counts: dict[Group, int]


def read_queue(session: Session, principal: Principal, *, place: Place, now: datetime) -> Day:
    """Return today at a location as its desks see it; raises NotPermitted."""
    require(principal, Permission.QUEUE_READ, location_id=place.id)
    require(principal, Permission.PATIENTS_READ)
    day = place.today(now)
    found = _found(session, principal, place=place, now=now)
    groups = _grouped(found)
    counts = {group: len(some) for group, some in groups.items()}
    groups[Group.EXPECTED] = groups[Group.EXPECTED][:MOST_EXPECTED]
    groups[Group.DONE] = groups[Group.DONE][-MOST_DONE:]
    people = sorted({(row.practitioner_id, row.practitioner) for row in found}, key=lambda one: (one[1], one[0]))
    names = dict(people)
    minutes = late_on(session, principal.clinic_id, location_id=place.id, day=day)
    late = [(one, names[one], minutes[one]) for one, _ in people if one in minutes]
    return Day(place, day, _opened(session, principal, groups, now=now), late, people, counts)


def arrivals_of(
    session: Session, principal: Principal, *, place: Place, practitioner_id: UUID, now: datetime
) -> dict[Group, list[Arrival]]:
    """Return one practitioner's patients of today at a location, each list in its order; raises NotPermitted.

    Who was handed over is among those of whoever took them.
    """
    require(principal, Permission.QUEUE_READ, location_id=place.id)
    require(principal, Permission.PATIENTS_READ)
    found = _found(session, principal, place=place, practitioner_id=practitioner_id, now=now)
    return _opened(session, principal, _grouped(found), now=now)


def count_waiting(session: Session, principal: Principal, *, place: Place, now: datetime) -> int:
    """Return how many have come to a location today and were not called in yet."""
    require(principal, Permission.QUEUE_READ, location_id=place.id)
    asked = {"clinic_id": principal.clinic_id, "location_id": place.id, "day": place.today(now)}
    return int(rows(session, COUNT, asked)[0][0])


def _found(
    session: Session, principal: Principal, *, place: Place, practitioner_id: UUID | None = None, now: datetime
) -> list[ArrivalRow]:
    day = place.today(now)
    begin, until = place.span(day)
    whose = {"clinic_id": principal.clinic_id, "location_id": place.id, "practitioner_id": practitioner_id}
    return [ArrivalRow._make(row) for row in rows(session, DAY, {**whose, "day": day, "begin": begin, "until": until})]


def _grouped(found: Sequence[ArrivalRow]) -> dict[Group, list[ArrivalRow]]:
    groups: dict[Group, list[ArrivalRow]] = {group: [] for group in Group}
    for row in found:
        group = group_of(row)
        if group is not None:
            groups[group].append(row)
    return groups


def _opened(
    session: Session, principal: Principal, groups: dict[Group, list[ArrivalRow]], *, now: datetime
) -> dict[Group, list[Arrival]]:
    vault = vault_of(session, principal.clinic_id)
    shown = {group: [arrival_of(row, vault, group=group, now=now) for row in some] for group, some in groups.items()}
    return {group: _sorted(group, some, now=now) for group, some in shown.items()}


def _sorted(group: Group, some: list[Arrival], *, now: datetime) -> list[Arrival]:
    """The waiting in the order of the rule, who was set aside or missed after them; the others by their last step."""
    if group is Group.WAITING:
        return sorted(some, key=lambda one: (one.state != "waiting", _place(one, now=now)))
    if group in (Group.CALLED, Group.IN_ROOM):
        return sorted(some, key=lambda one: (one.called_at or now, one.number), reverse=True)
    if group is Group.DONE:
        return sorted(some, key=lambda one: -one.number)
    return sorted(some, key=lambda one: (one.status == "noshow", one.starts_at))


def _place(one: Arrival, *, now: datetime) -> tuple[int, datetime, int]:
    return place_in_line(_InLine(one), walk_in_minutes=settings().walk_in_turn_minutes, now=now)


class _InLine:
    """An arrival as the rule looks at it."""

    def __init__(self, one: Arrival) -> None:
        self.number, self.priority, self.is_walk_in = one.number, int(one.is_urgent), one.is_walk_in
        self.since_at, self.starts_at = one.since_at or one.starts_at, one.starts_at

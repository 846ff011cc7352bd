"""Read one location's day as the board shows it: columns, open time, and the cards that the reader lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.accounts.permissions import require
from app.services.board import queries
from app.services.board.cards import Card, Legend, Print, Row, Rows, cards_of
from app.services.places import Place, place_for, places_for
from app.services.queue.late import late_on
from models.db import rows
from models.principal import Principal

PERMISSION = "board:read"
# The board shows at least these hours, in minutes from midnight, also when nobody works.
EARLIEST, LATEST = 8 * 60, 18 * 60
STRIPES = 8


@dataclass(frozen=True, slots=True)
class DayRead:
    """A day's frame, the cards that differ from what the reader knew, and the prints of all."""

    frame: dict[str, Any]
    cards: list[Card]
    prints: dict[str, Print] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of one day as the statements of `queries` give them."""

    spans: Sequence[Row]
    cards: Rows
    people: Sequence[Row]
    services: Sequence[Row]
    blocks: Sequence[Row]
    rooms: Sequence[Row]
    late: Mapping[UUID, int]


def places(session: Session, principal: Principal) -> list[Place]:
    """Return the locations whose boards the actor may read."""
    return places_for(session, principal, permission=PERMISSION)


def place_of(session: Session, principal: Principal, *, location_id: UUID) -> Place:
    """Return one location; raises NotPermitted for another's desk, NotFound when there is none."""
    return place_for(session, principal, permission=PERMISSION, location_id=location_id)


def read_day(
    session: Session,
    principal: Principal,
    *,
    place: Place,
    day: date,
    known: Mapping[str, Print],
    now: datetime,
) -> DayRead:
    """Read the day; only cards whose print differs from the known one are opened and returned."""
    require(principal, PERMISSION, location_id=place.id)
    found = _found(session, principal, place=place, day=day, now=now)
    prints = found.cards.prints()
    legend = Legend(_places_of(found.people), _places_of(found.services), _places_of(found.rooms))
    cards = cards_of(session, principal, found=found.cards, legend=legend, prints=prints, known=known)
    return DayRead(frame=_frame(found, legend.columns, place=place, day=day), cards=cards, prints=prints)


def _found(session: Session, principal: Principal, *, place: Place, day: date, now: datetime) -> _Found:
    begin, until = place.span(day)
    scope = {
        "clinic_id": principal.clinic_id,
        "location_id": place.id,
        "begin": begin,
        "until": until,
        "now": now,
        "day": day,
        "zone": place.timezone,
    }
    spans = rows(session, queries.SPANS, scope)
    cards = Rows(rows(session, queries.VISITS, scope), rows(session, queries.SESSIONS, scope))
    blocks = rows(session, queries.BLOCKS, scope)
    rooms = rows(session, queries.ROOMS, scope)
    # Whose whole day is closed still has a column to open it in; who is on leave has none for that.
    closed = [row for row in blocks if row[0] is not None]
    ids = {row[0] for row in spans} | {row[1] for row in closed} | cards.practitioners
    people = rows(session, queries.PRACTITIONERS, {"clinic_id": principal.clinic_id, "ids": list(ids)})
    services = rows(session, queries.SERVICES, {"clinic_id": principal.clinic_id})
    late = late_on(session, principal.clinic_id, location_id=place.id, day=day)
    return _Found(spans, cards, people, services, blocks, rooms, late)


def _frame(found: _Found, column: Mapping[UUID, int], *, place: Place, day: date) -> dict[str, Any]:
    begin, until = place.span(day)
    return {
        "id": f"{place.id}/{day}",
        "zone": place.timezone,
        "short": begin.astimezone(ZoneInfo(place.timezone)).tzname() or "",
        "start": int(begin.timestamp() * 1000),
        "length": int((until - begin).total_seconds() // 60),
        **_hours(found.spans, found.cards.times),
        "columns": [[str(row[0]), row[1], row[2], found.late.get(row[0], 0)] for row in found.people],
        "services": [[str(row[0]), row[1], at % STRIPES + 1] for at, row in enumerate(found.services)],
        "rooms": [[str(row[0]), row[1]] for row in found.rooms],
        "blocks": [
            [str(row[0] or ""), column[row[1]], row[2], row[3], row[4]] for row in found.blocks if row[1] in column
        ],
        "spans": [[column[row[0]], row[1], row[2], row[3]] for row in found.spans],
    }


def _hours(spans: Sequence[Row], busy: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Return the whole hours that hold all open time and every card."""
    begins = [EARLIEST, *(row[1] for row in spans), *(begin for begin, _ in busy)]
    ends = [LATEST, *(row[2] for row in spans), *(end for _, end in busy)]
    return {"from": min(begins) // 60 * 60, "to": -(-max(ends) // 60) * 60}


def _places_of(entries: Sequence[Row]) -> dict[UUID, int]:
    return {row[0]: at for at, row in enumerate(entries)}

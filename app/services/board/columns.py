"""Read some practitioners' columns of a day again: all that a change of one appointment touches at once.

A day of 1,500 appointments costs fifty times as much to read as the two columns of a move.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import require
from app.services.board import queries
from app.services.board.cards import Card, Legend, Print, Rows, cards_of
from app.services.board.read import PERMISSION
from app.services.places import Place
from models.db import rows
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """The columns' cards that differ from what the reader knew, and the prints of all that stand there now."""

    cards: list[Card]
    prints: dict[str, Print] = field(repr=False)


def read_columns(
    session: Session,
    principal: Principal,
    *,
    place: Place,
    day: date,
    whose: Collection[UUID],
    frame: Mapping[str, Any],
    known: Mapping[str, Print],
    now: datetime,
) -> ColumnsRead | None:
    """Read the columns of these practitioners; None when they do not fit the frame, and the whole day must be read."""
    require(principal, PERMISSION, location_id=place.id)
    begin, until = place.span(day)
    scope = {
        "clinic_id": principal.clinic_id,
        "location_id": place.id,
        "whose": list(whose),
        "begin": begin,
        "until": until,
        "now": now,
    }
    found = Rows(rows(session, queries.VISITS_OF, scope), rows(session, queries.SESSIONS_OF, scope))
    legend = Legend.of(frame)
    if not _fits(found, legend, frame):
        return None
    prints = found.prints()
    cards = cards_of(session, principal, found=found, legend=legend, prints=prints, known=known)
    return ColumnsRead(cards=cards, prints=prints)


def _fits(found: Rows, legend: Legend, frame: Mapping[str, Any]) -> bool:
    """Tell whether the frame has a place for everything: nobody and nothing new, no hour beyond those drawn."""
    is_known = found.practitioners <= legend.columns.keys() and found.services <= legend.services.keys()
    return is_known and all(frame["from"] <= begin and end <= frame["to"] for begin, end in found.times)

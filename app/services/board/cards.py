"""The cards of a day: made from the rows of `queries`, and a print of each that tells whether it has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.patients.sealing import name_of
from models.principal import Principal

# A card as it travels, by place: app/components/day_board/store.js reads the same order.
Card = list[Any]
# What tells whether a card has changed, without anything of the patient's in it; the practitioner comes first.
Print = tuple[Any, ...]
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Legend:
    """At which place of the day's frame each practitioner, service and room stands."""

    columns: Mapping[UUID, int]
    services: Mapping[UUID, int]
    rooms: Mapping[UUID, int]

    @classmethod
    def of(cls, frame: Mapping[str, Any]) -> Self:
        """Read a frame that was made before."""
        named = (frame["columns"], frame["services"], frame["rooms"])
        return cls(*({UUID(one[0]): at for at, one in enumerate(entries)} for entries in named))


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands on a day or in some of its columns."""

    visits: Sequence[Row]
    sessions: Sequence[Row]

    @property
    def practitioners(self) -> set[UUID]:
        """Who has something there."""
        return {row[1] for row in (*self.visits, *self.sessions)}

    @property
    def services(self) -> set[UUID]:
        """What is done there."""
        return {*(row[7] for row in self.visits), *(row[4] for row in self.sessions)}

    @property
    def times(self) -> list[tuple[int, int]]:
        """From when until when there is a card, in minutes of the day."""
        return [(row[2], row[3]) for row in (*self.visits, *self.sessions)]

    def prints(self) -> dict[str, Print]:
        """Return the print of every card; the sealed names stay out, they are as good as a copy."""
        prints = {str(row[0]): tuple(row[1:-2]) for row in self.visits}
        return prints | {str(row[0]): tuple(row[1:]) for row in self.sessions}


def cards_of(
    session: Session,
    principal: Principal,
    *,
    found: Rows,
    legend: Legend,
    prints: Mapping[str, Print],
    known: Mapping[str, Print],
) -> list[Card]:
    """Return the cards whose print differs from the known one; only their names are opened."""
    visits = [row for row in found.visits if known.get(str(row[0])) != prints[str(row[0])]]
    sessions = [row for row in found.sessions if known.get(str(row[0])) != prints[str(row[0])]]
    names = _names(session, principal, visits)
    cards = [_visit_card(row, legend, title=name) for row, name in zip(visits, names, strict=True)]
    return cards + [_session_card(row, legend) for row in sessions]


def _names(session: Session, principal: Principal, visits: Sequence[Row]) -> list[str]:
    if not visits:
        return []
    vault = vault_of(session, principal.clinic_id)
    return [name_of(vault, visit[10], *visit[-2:]) for visit in visits]


def _visit_card(row: Row, legend: Legend, *, title: str) -> Card:
    visit_id, practitioner, start, end, begin, until, status, service_id, expires = row[:9]
    place = [str(visit_id), legend.columns[practitioner], start, end, begin, until]
    is_extra, number, count, room_id, flags, ticket = row[12:18]
    service, in_room = legend.services[service_id], legend.rooms.get(room_id, -1)
    return [*place, status, title, service, expires, 0, 0, is_extra, number, count, in_room, flags, ticket]


def _session_card(row: Row, legend: Legend) -> Card:
    slot_id, practitioner, start, end, service_id, places_in_all, taken = row
    place = [str(slot_id), legend.columns[practitioner], start, end, start, end]
    service = legend.services[service_id]
    return [*place, "session", "", service, None, taken, places_in_all, 0, 0, 0, -1, 0, 0]

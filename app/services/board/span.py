"""Read many days of one or all locations: cards for a week or a list, counts a day for a month.

A card is a list, by place: id, "visit" or "session", start and end as the location's clock tells them, status,
patient's name, practitioner, service, its stripe, location, whether overbooked, taken and all places of a session.
app/components/calendar_views/events.js reads the same order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import require
from app.services.board import span_queries
from app.services.board.read import PERMISSION, STRIPES
from app.services.patients.sealing import opened
from app.services.places import Place
from models.db import first_row, rows
from models.principal import Principal

Card = list[Any]
PlaceDay = tuple[Place, date]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose appointments are shown: empty `only` and `services` mean all of them."""

    only: tuple[UUID, ...] = ()
    hidden: tuple[UUID, ...] = ()
    services: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A practitioner or service to filter by."""

    id: UUID
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day's appointments, and how many of its places are taken; with a service chosen there are no places."""

    appointments: int
    taken: int
    places: int


def days_of(places: Iterable[Place], *, first: date, length: int) -> list[PlaceDay]:
    """Return every day of every place from `first` on."""
    days = [first + timedelta(days=step) for step in range(length)]
    return [(place, day) for place in places for day in days]


def read_cards(
    session: Session,
    principal: Principal,
    *,
    wanted: Sequence[PlaceDay],
    whose: Whose,
    with_ended: bool,
    now: datetime,
) -> dict[date, list[Card]]:
    """Return the cards of each day, in the order of their starts; a day without any has an empty list."""
    scope = _scope(principal, wanted, whose, now=now) | {"with_ended": with_ended, "stripes": STRIPES}
    visits = rows(session, span_queries.VISITS, scope)
    scope.pop("with_ended")
    sessions = rows(session, span_queries.SESSIONS, scope)
    vault = vault_of(session, principal.clinic_id) if visits else None
    cards: dict[date, list[Card]] = {day: [] for _, day in wanted}
    for row in visits:
        cards[row[0]].append(_visit_card(row, title=_name(vault, row)))
    for row in sessions:
        cards[row[0]].append(_session_card(row))
    return {day: sorted(found, key=lambda card: (card[2], card[6], card[0])) for day, found in cards.items()}


def count_cards(
    session: Session,
    principal: Principal,
    *,
    wanted: Sequence[PlaceDay],
    whose: Whose,
    with_ended: bool,
    now: datetime,
) -> int:
    """Return how many visits `read_cards` would give, without opening any."""
    scope = _scope(principal, wanted, whose, now=now) | {"with_ended": with_ended}
    found = first_row(session, span_queries.CARDS, scope)
    return int(found[0]) if found else 0


def read_counts(
    session: Session, principal: Principal, *, wanted: Sequence[PlaceDay], whose: Whose, now: datetime
) -> dict[date, DayCount]:
    """Return how full each day is over the places that were asked for."""
    found = rows(session, span_queries.COUNTS, _scope(principal, wanted, whose, now=now))
    return {row[0]: DayCount(row[1], row[2], row[3]) for row in found}


def read_counts_by_person(
    session: Session, principal: Principal, *, wanted: Sequence[PlaceDay], whose: Whose, now: datetime
) -> dict[date, dict[UUID, DayCount]]:
    """Return how full each practitioner's days are; who neither sees anybody nor could is left out."""
    found = rows(session, span_queries.COUNTS_BY_PERSON, _scope(principal, wanted, whose, now=now))
    days: dict[date, dict[UUID, DayCount]] = {day: {} for _, day in wanted}
    for day, practitioner_id, *figures in found:
        days[day][practitioner_id] = DayCount(*figures)
    return days


def people_at(session: Session, principal: Principal, *, places: Sequence[Place]) -> list[Choice]:
    """Return the practitioners who work at the places."""
    _require(principal, places)
    scope = {"clinic_id": principal.clinic_id, "ids": [place.id for place in places]}
    return [Choice(*row) for row in rows(session, span_queries.PEOPLE, scope)]


def services_offered(session: Session, principal: Principal) -> list[Choice]:
    """Return the clinic's services."""
    require(principal, PERMISSION)
    return [Choice(*row) for row in rows(session, span_queries.SERVICES, {"clinic_id": principal.clinic_id})]


def _require(principal: Principal, places: Iterable[Place]) -> None:
    for place in places:
        require(principal, PERMISSION, location_id=place.id)


def _scope(principal: Principal, wanted: Sequence[PlaceDay], whose: Whose, *, now: datetime) -> dict[str, Any]:
    _require(principal, {place for place, _ in wanted})
    spans = [place.span(day) for place, day in wanted]
    return {
        "clinic_id": principal.clinic_id,
        "ids": [place.id for place, _ in wanted],
        "days": [day for _, day in wanted],
        "begins": [begin for begin, _ in spans],
        "untils": [until for _, until in spans],
        "zones": [place.timezone for place, _ in wanted],
        "only": list(whose.only) or None,
        "hidden": list(whose.hidden),
        "services": list(whose.services) or None,
        "now": now,
    }


def _visit_card(row: Sequence[Any], *, title: str) -> Card:
    _, visit_id, starts, ends, status, practitioner, service, stripe, place, is_extra = row[:10]
    times = [_wall(starts), _wall(ends)]
    return [str(visit_id), "visit", *times, status, title, practitioner, service, stripe, place, int(is_extra), 0, 0]


def _session_card(row: Sequence[Any]) -> Card:
    _, slot_id, starts, ends, practitioner, service, stripe, place, places, taken = row
    times = [_wall(starts), _wall(ends)]
    return [str(slot_id), "session", *times, "session", "", practitioner, service, stripe, place, 0, taken, places]


def _wall(local: datetime) -> str:
    return local.isoformat(timespec="minutes")


def _name(vault: Any, row: Sequence[Any]) -> str:
    patient_id, given, family = row[10:13]
    parts = (
        opened(vault, patient_id, field="given_name", sealed=given),
        opened(vault, patient_id, field="family_name", sealed=family),
    )
    return " ".join(part for part in parts if part)

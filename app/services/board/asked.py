"""What the desk is told of a time or a day that is not offered: which rules remove it, and what is free nearest to it.

One explanation serves all services of a practitioner that the same rules keep out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability import Start, open_starts
from app.services.availability.explain import ExplainedTime, Reason, explain, explain_day
from models.db import rows
from models.principal import Principal

MOST_SERVICES = 20
NEAREST = 3
AROUND = timedelta(days=14)
OFFERED_BY: LiteralString = """
SELECT v.id, v.name FROM practitioner_services o
  JOIN services v ON v.clinic_id = o.clinic_id AND v.id = o.service_id AND v.is_active
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.practitioner_id = %(practitioner_id)s::uuid
 ORDER BY v.capacity, v.name, v.id LIMIT %(most)s::int
"""
SLOTS: LiteralString = """
SELECT id, starts_at FROM slots WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service of a practitioner's."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Near:
    """A free start near by; the slot that it begins with starts earlier when time is kept free before the visit."""

    start: Start
    slot_starts_at: datetime


@dataclass(frozen=True, slots=True)
class WhyHere:
    """The reasons that some services share at a time; none when they can be booked. `nearest` is of the first."""

    services: list[str]
    reasons: list[Reason]
    nearest: list[Near]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the day in which the same rules hold: from its first quarter of an hour to the end of its last."""

    starts_at: datetime
    ends_at: datetime
    reasons: list[Reason]


def offered_services(session: Session, principal: Principal, *, practitioner_id: UUID) -> list[OfferedService]:
    """Return what a practitioner offers, single visits first."""
    asked = {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id, "most": MOST_SERVICES}
    return [OfferedService(*row) for row in rows(session, OFFERED_BY, asked)]


def why_here(
    session: Session,
    principal: Principal,
    *,
    location_id: UUID,
    practitioner_id: UUID,
    services: Sequence[OfferedService],
    starts_at: datetime,
    now: datetime,
) -> list[WhyHere]:
    """Explain a time for each of some services, those with the same reasons together; raises what `explain` does."""
    groups: dict[tuple[object, ...], tuple[list[OfferedService], list[Reason]]] = {}
    asked: dict[str, Any] = {"practitioner_id": practitioner_id, "location_id": location_id, "now": now}
    for service in services:
        found = explain(session, principal, service_id=service.id, starts_at=starts_at, **asked)
        same = tuple((one.code, one.until, tuple(sorted(one.values.items()))) for one in found.reasons)
        groups.setdefault(same, ([], found.reasons))[0].append(service)
    return [
        WhyHere(
            [one.name for one in members],
            reasons,
            nearest_starts(session, principal, service_id=members[0].id, around=starts_at, **asked),
        )
        for members, reasons in groups.values()
    ]


def nearest_starts(
    session: Session,
    principal: Principal,
    *,
    service_id: UUID,
    practitioner_id: UUID,
    location_id: UUID,
    around: datetime,
    now: datetime,
) -> list[Near]:
    """Return the three free starts nearest to a time: this practitioner's, filled up with anybody's at this site."""
    chosen: dict[UUID, Start] = {}
    for who in (practitioner_id, None):
        asked: dict[str, Any] = {
            "service_id": service_id,
            "practitioner_id": who,
            "location_id": location_id,
            "now": now,
        }
        nearest = sorted(
            _around(session, principal, around, **asked), key=lambda start: (abs(start.starts_at - around), start.id)
        )
        for start in nearest:
            if len(chosen) < NEAREST:
                chosen.setdefault(start.id, start)
    return _with_slots(session, principal, sorted(chosen.values(), key=lambda start: (start.starts_at, start.id)))


def _around(session: Session, principal: Principal, around: datetime, **asked: Any) -> list[Start]:
    since = max(around, asked["now"])
    # More than are shown: of those that come first, some may be chosen already.
    later = open_starts(session, principal, **asked, since=since, until=since + 4 * AROUND, limit=2 * NEAREST)
    if around <= asked["now"]:
        return later
    begins = max(asked["now"], around - AROUND)
    return [*open_starts(session, principal, **asked, since=begins, until=around)[-2 * NEAREST :], *later]


def why_day(
    session: Session,
    principal: Principal,
    *,
    location_id: UUID,
    practitioner_id: UUID,
    service_id: UUID,
    day: date,
    now: datetime,
) -> list[Stretch]:
    """Explain a whole day as the stretches in which the same rules hold; free time has no reasons."""
    asked = {"location_id": location_id, "practitioner_id": practitioner_id, "service_id": service_id}
    return stretches(explain_day(session, principal, **asked, day=day, now=now))


def _with_slots(session: Session, principal: Principal, starts: Sequence[Start]) -> list[Near]:
    asked = {"clinic_id": principal.clinic_id, "ids": [start.id for start in starts]}
    begins: dict[UUID, datetime] = dict(rows(session, SLOTS, asked))
    return [Near(start, begins[start.id]) for start in starts]


def stretches(times: Sequence[ExplainedTime]) -> list[Stretch]:
    """Put neighbouring quarters of an hour together that the same rules remove; until when is the last one's."""
    quarter = times[1].starts_at - times[0].starts_at
    found: list[Stretch] = []
    for at, explanation in times:
        before = found[-1] if found else None
        if before and [one.code for one in before.reasons] == [one.code for one in explanation.reasons]:
            found[-1] = Stretch(before.starts_at, at + quarter, explanation.reasons)
        else:
            found.append(Stretch(at, at + quarter, explanation.reasons))
    return found

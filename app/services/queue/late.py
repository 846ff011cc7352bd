"""`say_late`: a practitioner runs late today, for the boards, the display and whoever still waits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField, NotFound, StaleVersion
from app.infra import live
from app.services.accounts.permissions import Permission, require, require_at
from app.services.audit.record import record
from app.services.places import NO_SUCH_PLACE
from app.services.queue.late_letters import Delay, write_late_letters
from app.services.schedules.reach import OWN
from app.words import N_
from models.base import new_id
from models.db import execute, first_row, rows, transaction
from models.principal import ActorKind, Principal

LATEST_MINUTES = 600
NOT_SO_LATE = N_("Give the minutes, from 0 to 600.")
NOT_HERE = N_("This practitioner does not work here.")
PLACE: LiteralString = """
SELECT l.timezone, EXISTS (SELECT 1 FROM schedules s WHERE s.clinic_id = l.clinic_id AND s.location_id = l.id
                              AND s.practitioner_id = %(practitioner_id)s::uuid)
  FROM locations l WHERE l.clinic_id = %(clinic_id)s::uuid AND l.id = %(location_id)s::uuid
"""
SAY: LiteralString = """
INSERT INTO running_late AS known (clinic_id, id, practitioner_id, location_id, on_date, minutes, said_by, said_at)
VALUES (%(clinic_id)s, %(id)s, %(practitioner_id)s, %(location_id)s, %(on_date)s, %(minutes)s, %(said_by)s, %(now)s)
ON CONFLICT (clinic_id, practitioner_id, location_id, on_date) DO UPDATE
   SET minutes = excluded.minutes, said_by = excluded.said_by, said_at = excluded.said_at
 WHERE known.minutes <> excluded.minutes AND known.minutes = coalesce(%(expected)s::int, known.minutes)
"""
LATE: LiteralString = """
SELECT practitioner_id, minutes FROM running_late
 WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid AND on_date = %(on_date)s::date
   AND minutes > 0
"""


@dataclass(frozen=True, slots=True)
class SaidLate:
    """What was said: `on_date` is the location's day; `is_news` is False when it was said before.

    `before` are the minutes that stood until then, to take back what was said.
    """

    practitioner_id: UUID
    location_id: UUID
    on_date: date
    minutes: int
    is_news: bool
    before: int


def say_late(
    session: Session,
    principal: Principal,
    *,
    practitioner_id: UUID,
    location_id: UUID,
    minutes: int,
    now: datetime,
    expected: int | None = None,
) -> SaidLate:
    """Say by how many minutes a practitioner is late at a location today; 0 takes it back, saying it twice is once.

    Whoever waits, and whoever is to come in the next hours, gets a letter in a few minutes unless it is taken back.
    For the practitioner's own account, and for a desk of that location. Raises NotPermitted, InvalidField, NotFound,
    and StaleVersion when the minutes that stand today are not the `expected` ones.
    """
    if not 0 <= minutes <= LATEST_MINUTES:
        raise InvalidField("minutes", NOT_SO_LATE)
    scope = {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id, "location_id": location_id}
    _require_reach(session, principal, practitioner_id=practitioner_id, location_id=location_id)
    place = first_row(session, PLACE, scope)
    if place is None:
        raise NotFound(NO_SUCH_PLACE)
    if not place[1]:
        raise InvalidField("practitioner_id", NOT_HERE)
    today = now.astimezone(ZoneInfo(place[0])).date()
    said = {**scope, "id": new_id(), "on_date": today, "minutes": minutes, "said_by": principal.actor, "now": now}
    said["expected"] = expected
    before = late_on(session, principal.clinic_id, location_id=location_id, day=today).get(practitioner_id, 0)
    is_news = execute(session, SAY, said) == 1
    # Yesterday's word has no row today; somebody else's between the two statements was left as it is.
    if expected is not None and not (is_news and before == expected):
        raise StaleVersion()
    if is_news:
        detail = {"location_id": str(location_id), "minutes": minutes}
        record(
            session,
            principal,
            action="run-late",
            object_kind="practitioner",
            object_id=practitioner_id,
            detail=detail,
            now=now,
        )
        delay = Delay(practitioner_id, location_id, today, minutes)
        write_late_letters(session, principal, delay=delay, timezone=place[0], now=now)
    return SaidLate(practitioner_id, location_id, today, minutes, is_news, before)


def tell_late(principal: Principal, *, location_id: UUID, minutes: int, **asked: Any) -> SaidLate:
    """Say it in a transaction of its own, and have the boards and displays of the location read again."""
    with transaction(principal) as session:
        said = say_late(session, principal, location_id=location_id, minutes=minutes, **asked)
    live.publish(principal.clinic_id, location_id, said.on_date, minutes)
    return said


def late_on(session: Session, clinic_id: UUID, *, location_id: UUID, day: date) -> dict[UUID, int]:
    """Return who said to be late at a location on a day, and by how many minutes; for callers who asked who may."""
    asked = {"clinic_id": clinic_id, "location_id": location_id, "on_date": day}
    return {row[0]: row[1] for row in rows(session, LATE, asked)}


def _require_reach(session: Session, principal: Principal, *, practitioner_id: UUID, location_id: UUID) -> None:
    if principal.kind is ActorKind.USER and principal.may(Permission.OWN_DAY):
        own = {"user_id": principal.actor_id, "practitioner_id": practitioner_id}
        if first_row(session, OWN, {"clinic_id": principal.clinic_id, **own}) is not None:
            require_at(principal, location_id)
            return
    require(principal, Permission.QUEUE_WRITE, location_id=location_id)

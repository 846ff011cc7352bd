"""Closing a location's day, with what was left open written down, and opening it again.

A closed day forbids nothing: it says that somebody looked at everything. Takings come with the payments.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField, InvalidTransition, NotFound
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.day.open_items import open_items
from app.services.places import Place
from app.words import N_
from models.base import new_id
from models.db import execute, first_row, rows
from models.principal import Principal

READ: LiteralString = """
SELECT c.id, c.closed_at, c.open_items, coalesce(u.display_name, c.closed_by)
  FROM day_closes c LEFT JOIN users u ON 'user:' || u.id = c.closed_by
 WHERE c.clinic_id = %(clinic_id)s::uuid AND c.location_id = %(location_id)s::uuid AND c.on_date = %(day)s::date
   AND c.reopened_at IS NULL
 ORDER BY c.closed_at DESC LIMIT 1
"""
# Two desks that close at once: the second waits for the first and finds it closed.
ONE_AT_A_TIME: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"
INSERT: LiteralString = """
INSERT INTO day_closes (clinic_id, id, location_id, on_date, closed_by, closed_at, open_items)
VALUES (%(clinic_id)s, %(id)s, %(location_id)s, %(day)s, %(actor)s, %(now)s, %(open_items)s)
"""
REOPEN: LiteralString = """
UPDATE day_closes SET reopened_by = %(actor)s, reopened_at = %(now)s
 WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid AND on_date = %(day)s::date
   AND reopened_at IS NULL AND coalesce(%(close_id)s::uuid = id, true)
RETURNING id
"""
RESTORE: LiteralString = """
UPDATE day_closes SET reopened_by = NULL, reopened_at = NULL
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(close_id)s::uuid AND reopened_at IS NOT NULL
"""
# Everything that a close looks at, as one word that is another after any change of it.
STANDING: LiteralString = """
SELECT md5(coalesce((SELECT string_agg(a.id || '/' || a.version, ',' ORDER BY a.id) FROM appointments a
                      WHERE a.clinic_id = %(clinic_id)s::uuid AND a.location_id = %(location_id)s::uuid
                        AND a.starts_at >= %(begin)s::timestamptz AND a.starts_at < %(until)s::timestamptz), '')
           || ';' || coalesce((SELECT string_agg(o.id::text, ',' ORDER BY o.id) FROM outbox_events o
                      JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.aggregate_id
                      WHERE o.clinic_id = %(clinic_id)s::uuid AND o.state = 'dead'
                        AND a.location_id = %(location_id)s::uuid AND o.created_at < %(until)s::timestamptz), ''))
"""
OPENED_SINCE = N_("Somebody has opened this day again meanwhile. Nothing was undone.")
CLOSED_SINCE = N_("Somebody has closed this day meanwhile. Nothing was undone.")
CHANGED_SINCE = N_("The day has changed since it was opened again, and stays open. Close it when it is ready.")


@dataclass(frozen=True, slots=True)
class Closed:
    """That a day is closed: when, by whom, and how much was left open; `was_there` before it was asked for."""

    id: UUID
    closed_at: datetime
    closed_by: str
    open_items: int
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Reopened:
    """That a day was opened again: which close ended with it, and how the day stood then."""

    close_id: UUID
    standing: str


def closed_day(session: Session, principal: Principal, *, place: Place, day: date) -> Closed | None:
    """Return how the day was closed, None while it is open; raises NotPermitted."""
    require(principal, Permission.DAY_CLOSE, location_id=place.id)
    found = first_row(session, READ, _scope(principal, place, day))
    return Closed(id=found[0], closed_at=found[1], open_items=found[2], closed_by=found[3]) if found else None


def close_day(session: Session, principal: Principal, *, place: Place, day: date, now: datetime) -> Closed:
    """Close a day that has begun and return how; a day that is closed stays as it is. Raises InvalidField."""
    require(principal, Permission.DAY_CLOSE, location_id=place.id)
    if day > place.today(now):
        raise InvalidField("day", N_("This day has not begun yet."))
    execute(session, ONE_AT_A_TIME, {"name": f"close/{principal.clinic_id}/{place.id}/{day}"})
    closed = closed_day(session, principal, place=place, day=day)
    if closed is not None:
        return replace(closed, was_there=True)
    left = open_items(session, principal, place=place, day=day, now=now)
    row = {**_scope(principal, place, day), "id": (close_id := new_id()), "actor": principal.actor, "now": now}
    execute(session, INSERT, {**row, "open_items": len(left)})
    _record(session, principal, "close-day", place=place, day=day, left=[str(one.id) for one in left], now=now)
    return closed_day(session, principal, place=place, day=day) or Closed(close_id, now, principal.actor, len(left))


def reopen_day(
    session: Session, principal: Principal, *, place: Place, day: date, close_id: UUID | None = None, now: datetime
) -> Reopened:
    """Open a closed day again, of a named close only if it stands still; the close is kept with its end.

    Raises NotPermitted, NotFound.
    """
    require(principal, Permission.DAY_CLOSE, location_id=place.id)
    require(principal, Permission.APPOINTMENTS_REOPEN, location_id=place.id)
    changed = {**_scope(principal, place, day), "close_id": close_id, "actor": principal.actor, "now": now}
    ended = rows(session, REOPEN, changed)
    if not ended:
        raise NotFound(OPENED_SINCE if close_id else N_("This day is not closed."))
    _record(session, principal, "reopen-day", place=place, day=day, left=[], now=now)
    return Reopened(ended[0][0], _standing(session, principal, place, day))


def restore_close(
    session: Session, principal: Principal, *, place: Place, day: date, reopened: Reopened, now: datetime
) -> None:
    """Let the close stand again that was ended by opening the day, as long as the day is as it was then.

    Whatever was changed since has not been looked at by whoever closed it. Raises NotPermitted, InvalidTransition.
    """
    require(principal, Permission.DAY_CLOSE, location_id=place.id)
    require(principal, Permission.APPOINTMENTS_REOPEN, location_id=place.id)
    execute(session, ONE_AT_A_TIME, {"name": f"close/{principal.clinic_id}/{place.id}/{day}"})
    if closed_day(session, principal, place=place, day=day) is not None:
        raise InvalidTransition(CLOSED_SINCE)
    if _standing(session, principal, place, day) != reopened.standing:
        raise InvalidTransition(CHANGED_SINCE)
    execute(session, RESTORE, {"clinic_id": principal.clinic_id, "close_id": reopened.close_id})
    _record(session, principal, "undo-reopen-day", place=place, day=day, left=[], now=now)


def _standing(session: Session, principal: Principal, place: Place, day: date) -> str:
    begin, until = place.span(day)
    ((found,),) = rows(session, STANDING, {**_scope(principal, place, day), "begin": begin, "until": until})
    return str(found)


def _scope(principal: Principal, place: Place, day: date) -> dict[str, UUID | date]:
    return {"clinic_id": principal.clinic_id, "location_id": place.id, "day": day}


def _record(
    session: Session, principal: Principal, action: str, *, place: Place, day: date, left: list[str], now: datetime
) -> None:
    detail = {"day": day.isoformat(), "left_open": left}
    record(session, principal, action=action, object_kind="day", object_id=place.id, detail=detail, now=now)

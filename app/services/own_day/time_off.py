"""The time that a practitioner has closed for themselves: hours of a day, and leave."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.own_day.me import Me, require_me
from models.db import rows
from models.principal import Principal

MOST = 60
# Both by the clock of their place; a leave holds at every site, and is over when it is over everywhere.
NOT_OVER: LiteralString = """
SELECT e.id, 'block' AS kind, e.on_date + e.starts_local AS starts_local, e.on_date + e.ends_local AS ends_local,
       e.reason, l.name, l.timezone
  FROM schedule_exceptions e
  JOIN schedules s ON s.clinic_id = e.clinic_id AND s.id = e.schedule_id
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
 WHERE e.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = %(practitioner_id)s::uuid AND e.kind = 'closed'
   AND e.on_date + e.ends_local > %(now)s::timestamptz AT TIME ZONE l.timezone
UNION ALL
SELECT v.id, 'leave', v.starts_local, v.ends_local, v.reason, '', ''
  FROM leaves v
 WHERE v.clinic_id = %(clinic_id)s::uuid AND v.practitioner_id = %(practitioner_id)s::uuid
   AND v.ends_local > (SELECT min(%(now)s::timestamptz AT TIME ZONE l.timezone) FROM locations l
                        WHERE l.clinic_id = v.clinic_id)
 ORDER BY starts_local, id LIMIT %(most)s::int
"""


class Kind(StrEnum):
    """Hours of one day at one location, or time away from all of them."""

    BLOCK = "block"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class TimeOff:
    """Time that is closed, on the clock of its location; a leave names none."""

    id: UUID
    kind: Kind
    starts_local: datetime
    ends_local: datetime
    reason: str
    place: str
    timezone: str


def own_time_off(session: Session, principal: Principal, *, now: datetime) -> list[TimeOff]:
    """Return what the actor has closed of their own time and is not over, the next first; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_OWN)
    return time_off_of(session, principal, me=require_me(session, principal), now=now)


def time_off_of(session: Session, principal: Principal, *, me: Me, now: datetime) -> list[TimeOff]:
    """Return what is closed of a practitioner's time; for callers who asked who may."""
    asked = {"clinic_id": principal.clinic_id, "practitioner_id": me.id, "now": now, "most": MOST}
    return [TimeOff(row[0], Kind(row[1]), *row[2:]) for row in rows(session, NOT_OVER, asked)]

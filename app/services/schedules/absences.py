"""Who is away now or soon: the leaves that are not over, as the desk reads them."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from models.db import rows
from models.principal import Principal

MOST = 100
# By the clock of the place where it is latest: a leave is over when it is over at every site.
NOT_OVER: LiteralString = """
SELECT v.id, v.practitioner_id, p.display_name, v.starts_local, v.ends_local, v.reason
  FROM leaves v JOIN practitioners p ON p.clinic_id = v.clinic_id AND p.id = v.practitioner_id
 WHERE v.clinic_id = %(clinic_id)s::uuid
   AND v.ends_local > (SELECT min(%(now)s::timestamptz AT TIME ZONE l.timezone) FROM locations l
                        WHERE l.clinic_id = v.clinic_id)
   AND (%(location_ids)s::uuid[] IS NULL OR EXISTS (
         SELECT 1 FROM schedules s WHERE s.clinic_id = v.clinic_id AND s.practitioner_id = v.practitioner_id
            AND s.location_id = ANY(%(location_ids)s::uuid[])))
 ORDER BY v.starts_local, p.display_name, v.id LIMIT %(most)s::int
"""


@dataclass(frozen=True, slots=True)
class Absence:
    """A leave with its practitioner's name; wall-clock times of each of their sites."""

    id: UUID
    practitioner_id: UUID
    practitioner: str
    starts_local: datetime
    ends_local: datetime
    reason: str


def absences(session: Session, principal: Principal, *, now: datetime) -> list[Absence]:
    """Return the first leaves that are not over of who works at the actor's sites; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ)
    reached = principal.location_ids
    parameters = {
        "clinic_id": principal.clinic_id,
        "location_ids": None if reached is None else list(reached),
        "most": MOST,
        "now": now,
    }
    return [Absence(*row) for row in rows(session, NOT_OVER, parameters)]

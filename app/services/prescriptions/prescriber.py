"""Who prescribes: somebody whose role is linked to a practitioner who works here; and where they are at the moment."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.file_errors import NotAPrescriber
from app.services.accounts.permissions import Permission, require
from models.db import first_row
from models.principal import ActorKind, Principal

LINKED: LiteralString = """
SELECT p.id
  FROM role_grants g JOIN practitioners p ON p.clinic_id = g.clinic_id AND p.id = g.practitioner_id AND p.is_active
 WHERE g.clinic_id = %(clinic_id)s::uuid AND g.user_id::text = %(user_id)s
 ORDER BY p.id LIMIT 1
"""
# The site where their hours are the nearest to now; without hours around now, the first of their sites.
WHERE: LiteralString = """
SELECT k.location_id
  FROM schedules k
  JOIN locations l ON l.clinic_id = k.clinic_id AND l.id = k.location_id
  LEFT JOIN LATERAL (
    SELECT min(abs(extract(epoch FROM s.starts_at - %(now)s::timestamptz))) AS away
      FROM slots s
     WHERE s.clinic_id = k.clinic_id AND s.practitioner_id = k.practitioner_id AND s.location_id = k.location_id
       AND s.starts_at BETWEEN %(now)s::timestamptz - interval '12 hours' AND %(now)s::timestamptz + interval '12 hours'
  ) near ON true
 WHERE k.clinic_id = %(clinic_id)s::uuid AND k.practitioner_id = %(practitioner_id)s::uuid AND k.is_active
 ORDER BY near.away NULLS LAST, l.name, l.id LIMIT 1
"""


def prescriber_of(session: Session, principal: Principal) -> UUID | None:
    """Return the practitioner as whom the actor prescribes, None for whoever may not."""
    if principal.kind is not ActorKind.USER or not principal.may(Permission.CLINICAL_WRITE):
        return None
    found = first_row(session, LINKED, {"clinic_id": principal.clinic_id, "user_id": principal.actor_id})
    return found[0] if found else None


def require_prescriber(session: Session, principal: Principal) -> UUID:
    """Return the practitioner as whom the actor prescribes; raises NotPermitted, NotAPrescriber."""
    require(principal, Permission.CLINICAL_WRITE)
    practitioner_id = prescriber_of(session, principal)
    if practitioner_id is None:
        raise NotAPrescriber
    return practitioner_id


def place_of(session: Session, clinic_id: UUID, *, practitioner_id: UUID, now: datetime) -> UUID | None:
    """Return the location where the practitioner works at this time, None when they have no schedule."""
    place = {"clinic_id": clinic_id, "practitioner_id": practitioner_id, "now": now}
    found = first_row(session, WHERE, place)
    return found[0] if found else None

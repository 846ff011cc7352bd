"""What the clock on the wall shows where a practitioner works now or next."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from models.db import first_row
from models.principal import Principal

# Of several sites the one of the next open time, as no slot lasts for more than a day; without any open time the site
# of a schedule, and without a schedule the clinic.
ZONE: LiteralString = """
SELECT coalesce(
         (SELECT l.timezone FROM slots s JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
           WHERE s.clinic_id = c.id AND s.practitioner_id = %(practitioner_id)s::uuid AND s.status = 'open'
             AND s.starts_at > %(now)s::timestamptz - interval '1 day' AND s.ends_at > %(now)s::timestamptz
           ORDER BY s.starts_at LIMIT 1),
         (SELECT l.timezone FROM schedules h JOIN locations l ON l.clinic_id = h.clinic_id AND l.id = h.location_id
           WHERE h.clinic_id = c.id AND h.practitioner_id = %(practitioner_id)s::uuid AND h.is_active
           ORDER BY l.name, h.id LIMIT 1),
         c.timezone)
  FROM clinics c WHERE c.id = %(clinic_id)s::uuid
"""


def local_now(session: Session, principal: Principal, *, practitioner_id: UUID | None, now: datetime) -> datetime:
    """Return `now` in the zone of the practitioner's site, of the clinic when nobody is named; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ)
    found = first_row(session, ZONE, {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id, "now": now})
    return now.astimezone(ZoneInfo(found[0] if found else "UTC"))

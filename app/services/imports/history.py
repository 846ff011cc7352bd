"""What was imported before, the latest first, and an example for the file to fill in."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.imports.columns import template
from models.db import first_row, rows
from models.desk import ImportKind
from models.principal import Principal

MOST = 20
PAST: LiteralString = """
SELECT i.id, i.kind, i.row_count, i.created_at, coalesce(u.display_name, '')
  FROM imports i LEFT JOIN users u ON 'user:' || u.id = i.made_by
 WHERE i.clinic_id = %(clinic_id)s::uuid ORDER BY i.created_at DESC, i.id DESC LIMIT %(most)s
"""
EXAMPLE: LiteralString = """
SELECT p.display_name, v.name, v.duration_minutes, l.name
  FROM practitioners p
  JOIN practitioner_services o ON o.clinic_id = p.clinic_id AND o.practitioner_id = p.id
  JOIN services v ON v.clinic_id = p.clinic_id AND v.id = o.service_id AND v.is_active
  JOIN schedules h ON h.clinic_id = p.clinic_id AND h.practitioner_id = p.id AND h.is_active
  JOIN locations l ON l.clinic_id = p.clinic_id AND l.id = h.location_id AND l.is_active
 WHERE p.clinic_id = %(clinic_id)s::uuid AND p.is_active
 ORDER BY p.display_name, v.name, l.name LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PastImport:
    """One file that was taken over."""

    id: UUID
    kind: ImportKind
    rows: int
    at: datetime
    by: str


def past_imports(session: Session, principal: Principal) -> list[PastImport]:
    """Return the last imports of the clinic."""
    require(principal, Permission.SETTINGS_WRITE)
    found = rows(session, PAST, {"clinic_id": principal.clinic_id, "most": MOST})
    return [PastImport(one, ImportKind(kind), count, at, by) for one, kind, count, at, by in found]


def template_of(session: Session, principal: Principal, *, kind: ImportKind) -> bytes:
    """Return the file to fill in, whose example names somebody and something of this clinic."""
    require(principal, Permission.SETTINGS_WRITE)
    found = first_row(session, EXAMPLE, {"clinic_id": principal.clinic_id}) if kind is ImportKind.APPOINTMENTS else None
    practitioner, service, minutes, location = found or ("", "", "", "")
    named = {"practitioner": practitioner, "service": service, "minutes": str(minutes), "location": location}
    return template(kind, examples=named if kind is ImportKind.APPOINTMENTS else {})

"""What was done to a patient's file, from the audit log: who, when, which fields; who looked, for whoever may know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.booking.history import names_of
from app.services.notes.kinds import readable
from models.db import rows
from models.principal import Principal

MOST = 100
TRAIL: LiteralString = """
SELECT id, at, actor, action, object_kind, detail FROM audit_events
 WHERE clinic_id = %(clinic_id)s::uuid
   AND object_kind IN ('patient', 'document', 'medical-history', 'note', 'prescription')
   AND (object_id = %(patient_id)s::uuid OR object_id = ANY(%(files)s::uuid[]))
   AND (%(with_views)s::boolean OR action NOT IN ('view', 'list', 'download'))
 ORDER BY at DESC, id DESC LIMIT %(most)s::int
"""
# Of notes and prescriptions only those that the reader may read.
FILES: LiteralString = """
SELECT id FROM documents WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid
UNION ALL
SELECT id FROM notes WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid
   AND kind = ANY(%(kinds)s::text[])
UNION ALL
SELECT id FROM prescriptions WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid
   AND %(is_clinical)s::boolean
"""


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One row: `fields` are the names of what was changed, never a value."""

    id: UUID
    at: datetime
    action: str
    object_kind: str
    actor_kind: str
    actor_name: str
    fields: list[str]


def trail_of(session: Session, principal: Principal, *, patient_id: UUID) -> list[TrailEntry]:
    """Return the newest rows of a file; looks are among them for whoever may read the audit log."""
    require(principal, Permission.PATIENTS_READ)
    place = {"clinic_id": principal.clinic_id, "patient_id": patient_id}
    scope = {"kinds": readable(principal), "is_clinical": principal.may(Permission.CLINICAL_READ)}
    files = [row[0] for row in rows(session, FILES, {**place, **scope})]
    wanted = {"files": files, "with_views": principal.may(Permission.AUDIT_READ), "most": MOST}
    found = rows(session, TRAIL, {**place, **wanted})
    names = names_of(session, {row[2] for row in found})
    return [_entry(row, names) for row in found]


def _entry(row: tuple[Any, ...], names: dict[str, str]) -> TrailEntry:
    event_id, at, actor, action, object_kind, detail = row
    fields = [str(name) for name in (detail or {}).get("fields", [])]
    return TrailEntry(event_id, at, action, object_kind, actor.partition(":")[0], names.get(actor, ""), fields)

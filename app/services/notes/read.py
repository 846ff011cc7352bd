"""The notes of a patient's file: those that stand, each with the ones that it corrects; one audit row a look."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from app.services.notes.kinds import WRITE, readable
from app.services.patients.standing import standing_id
from models.db import rows
from models.files import NoteKind
from models.principal import Principal

MOST = 50
# From each note that nobody corrected back to the first one; a correction is of the same kind as what it corrects.
THREADS: LiteralString = """
WITH RECURSIVE threads AS (
  (SELECT n.id AS head, n.created_at AS head_at, n.id, n.replaces_id, 0 AS depth
     FROM notes n
    WHERE n.clinic_id = %(clinic_id)s::uuid AND n.patient_id = %(patient_id)s::uuid AND n.kind = ANY(%(kinds)s::text[])
      AND NOT EXISTS (SELECT 1 FROM notes c WHERE c.clinic_id = n.clinic_id AND c.replaces_id = n.id)
    ORDER BY n.created_at DESC, n.id DESC LIMIT %(most)s::int)
  UNION ALL
  SELECT t.head, t.head_at, n.id, n.replaces_id, t.depth + 1
    FROM threads t
    JOIN notes n ON n.clinic_id = %(clinic_id)s::uuid AND n.id = t.replaces_id AND n.kind = ANY(%(kinds)s::text[]))
SELECT t.depth, n.id, n.patient_id, n.kind, n.text_sealed, n.author, n.created_at, n.appointment_id
  FROM threads t JOIN notes n ON n.clinic_id = %(clinic_id)s::uuid AND n.id = t.id
 ORDER BY t.head_at DESC, t.head DESC, t.depth
"""


@dataclass(frozen=True, slots=True)
class NoteView:
    """One note; `earlier` are those that it corrects, the newest first."""

    id: UUID
    patient_id: UUID
    kind: NoteKind
    text: str = field(repr=False)
    author: str
    created_at: datetime
    appointment_id: UUID | None
    can_correct: bool
    earlier: tuple["NoteView", ...] = ()


def list_notes(
    session: Session, principal: Principal, *, patient_id: UUID, now: datetime, most: int = MOST
) -> list[NoteView]:
    """Return a patient's notes of the kinds that the actor may read, the newest first.

    Those of a file that was merged are in the one it was merged into. Raises PatientNotFound, NotPermitted.
    """
    require(principal, Permission.PATIENTS_READ)
    vault, owner = vault_of(session, principal.clinic_id), standing_id(session, principal, patient_id=patient_id)
    place = {"clinic_id": principal.clinic_id, "patient_id": owner, "kinds": readable(principal), "most": most}
    found: list[NoteView] = []
    named: list[UUID] = []
    for depth, *columns in rows(session, THREADS, place):
        note = _view(principal, vault, *columns)
        named.append(note.id)
        if depth == 0:
            found.append(note)
        else:
            found[-1] = replace(found[-1], earlier=(*found[-1].earlier, replace(note, can_correct=False)))
    viewed(session, principal, object_kind="note", object_id=owner, ids=named, now=now)
    return found


def _view(principal: Principal, vault: Vault, *columns: Any) -> NoteView:
    note_id, patient_id, kind, sealed, author, created_at, appointment_id = columns
    return NoteView(
        id=note_id,
        patient_id=patient_id,
        kind=NoteKind(kind),
        text=vault.open("notes", "text", note_id, sealed),
        author=author,
        created_at=created_at,
        appointment_id=appointment_id,
        can_correct=principal.may(WRITE[NoteKind(kind)]),
    )

"""`write_note`: add to a patient's notes, or correct one by a new one; nothing that was written is changed or lost."""

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlmodel import Session

from app.errors import InvalidField
from app.file_errors import NoteNotFound
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import require
from app.services.audit.record import record
from app.services.booking.history import names_of
from app.services.booking.refusals import refusal_of
from app.services.notes.kinds import WRITE
from app.services.notes.read import NoteView
from app.services.patients.fields import good_text
from app.services.patients.standing import require_own_visit, require_standing
from app.words import N_
from models.base import new_id
from models.db import execute, first_row, rows
from models.files import NoteKind
from models.principal import Principal

LONGEST = 10_000
# The same words by the same person within this time are one press too many, not a second note.
TWICE_WITHIN = timedelta(minutes=2)
CORRECTED: LiteralString = """
SELECT appointment_id FROM notes
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(replaces_id)s::uuid AND patient_id = %(patient_id)s::uuid
   AND kind = %(kind)s
"""
TWINS: LiteralString = """
SELECT n.id, n.text_sealed, n.author, n.created_at FROM notes n
 WHERE n.clinic_id = %(clinic_id)s::uuid AND n.patient_id = %(patient_id)s::uuid AND n.kind = %(kind)s
   AND n.made_by = %(made_by)s AND n.created_at >= %(since)s::timestamptz
   AND n.appointment_id IS NOT DISTINCT FROM %(appointment_id)s::uuid
   AND n.replaces_id IS NOT DISTINCT FROM %(replaces_id)s::uuid
   AND NOT EXISTS (SELECT 1 FROM notes c WHERE c.clinic_id = n.clinic_id AND c.replaces_id = n.id)
 ORDER BY n.id
"""
INSERT: LiteralString = """
INSERT INTO notes (clinic_id, id, patient_id, appointment_id, replaces_id, kind, text_sealed, made_by, author,
                   created_at)
VALUES (%(clinic_id)s, %(id)s, %(patient_id)s, %(appointment_id)s, %(replaces_id)s, %(kind)s, %(sealed)s,
        %(made_by)s, %(author)s, %(now)s)
"""


def write_note(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    kind: NoteKind,
    text: str,
    appointment_id: UUID | None = None,
    replaces_id: UUID | None = None,
    now: datetime,
) -> NoteView:
    """Keep a note; with `replaces_id` it corrects that one, of the same file and kind, and takes its place.

    Called twice it is one note. Raises NotPermitted, InvalidField, PatientNotFound, PatientMerged,
    AppointmentNotFound, NoteNotFound, and NoteReplaced when somebody has corrected that one already.
    """
    require(principal, WRITE[kind])
    clean = good_text("text", text, longest=LONGEST)
    if clean is None:
        raise InvalidField("text", N_("Write something first."))
    # Whoever adds to this file too waits here, so that a second press finds what the first one wrote.
    require_standing(session, principal, patient_id=patient_id)
    require_own_visit(session, principal, patient_id=patient_id, appointment_id=appointment_id)
    scope = {"clinic_id": principal.clinic_id, "patient_id": patient_id, "kind": kind.value}
    note: dict[str, Any] = {**scope, "replaces_id": replaces_id, "made_by": principal.actor, "now": now}
    note["appointment_id"] = appointment_id if replaces_id is None else _visit_of_corrected(session, note)
    vault = vault_of(session, principal.clinic_id)
    return _twin(session, vault, note, text=clean) or _insert(session, principal, vault, note, text=clean)


def _visit_of_corrected(session: Session, note: dict[str, Any]) -> UUID | None:
    """Return the appointment of what is corrected, to which the correction belongs as well."""
    found = first_row(session, CORRECTED, note)
    if found is None:
        raise NoteNotFound
    return found[0]  # type: ignore[no-any-return]


def _twin(session: Session, vault: Vault, note: dict[str, Any], *, text: str) -> NoteView | None:
    """Return the note that this one only repeats."""
    for note_id, sealed, author, created_at in rows(session, TWINS, {**note, "since": note["now"] - TWICE_WITHIN}):
        if vault.open("notes", "text", note_id, sealed) == text:
            return _written({**note, "id": note_id, "author": author, "now": created_at}, text=text)
    return None


def _insert(session: Session, principal: Principal, vault: Vault, note: dict[str, Any], *, text: str) -> NoteView:
    note_id, author = new_id(), names_of(session, {principal.actor}).get(principal.actor, "")
    made = {**note, "id": note_id, "author": author, "sealed": vault.seal("notes", "text", note_id, text)}
    try:
        execute(session, INSERT, made)
    except psycopg.IntegrityError as error:
        raise refusal_of(error) or error from error
    detail = {"patient_id": str(note["patient_id"]), "kind": note["kind"]}
    if note["replaces_id"] is not None:
        detail["replaces"] = str(note["replaces_id"])
    action = "write" if note["replaces_id"] is None else "correct"
    record(session, principal, action=action, object_kind="note", object_id=note_id, detail=detail, now=note["now"])
    return _written(made, text=text)


def _written(note: dict[str, Any], *, text: str) -> NoteView:
    return NoteView(
        id=note["id"],
        patient_id=note["patient_id"],
        kind=NoteKind(note["kind"]),
        text=text,
        author=note["author"],
        created_at=note["now"],
        appointment_id=note["appointment_id"],
        can_correct=True,
    )

"""Removing a document: it is gone from the file at once, its object some weeks later, by the night's sweep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotPermitted
from app.infra.storage import store
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.documents.read import find, may_remove
from app.settings import settings
from models.db import DatabaseRole, rows, transaction
from models.principal import Principal

# An upload puts its object first and its row a moment later: only what is older has none.
HALF_DONE = timedelta(hours=1)
NEEDED: LiteralString = """
SELECT storage_key FROM documents
 WHERE clinic_id = %(clinic_id)s::uuid AND storage_key = ANY(%(keys)s::text[])
   AND (removed_at IS NULL OR removed_at > %(since)s::timestamptz)
"""
BATCH = 500


def remove_document(
    session: Session, principal: Principal, *, patient_id: UUID, document_id: UUID, now: datetime
) -> None:
    """Take a document out of a patient's file; raises DocumentNotFound, also the second time, and NotPermitted."""
    require(principal, Permission.DOCUMENTS_WRITE)
    document = find(session, principal, patient_id=patient_id, document_id=document_id)
    if not may_remove(principal, document):
        raise NotPermitted
    document.removed_at = now
    session.add(document)
    session.flush()
    detail = {"patient_id": str(patient_id), "kind": document.kind.value}
    record(session, principal, action="remove", object_kind="document", object_id=document_id, detail=detail, now=now)


def sweep_documents(principal: Principal, *, now: datetime, is_stopping: Callable[[], bool]) -> int:
    """Delete the clinic's objects that no row needs: removed ones after their days, and what an upload left behind.

    May run at any time and twice: what is gone is no longer listed, and what a row needs is never touched.
    """
    keys = [one.key for one in store().stored(f"{principal.clinic_id}/") if one.at < now - HALF_DONE]
    since = now - timedelta(days=settings().removed_document_days)
    deleted = 0
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with transaction(principal, role=DatabaseRole.WORKER) as session:
            place = {"clinic_id": principal.clinic_id, "keys": batch, "since": since}
            needed = {key for (key,) in rows(session, NEEDED, place)}
        for key in batch:
            if is_stopping():
                return deleted
            if key not in needed:
                store().delete(key)
                deleted += 1
    return deleted

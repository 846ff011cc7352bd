"""`add_document`: check, seal and store a file, then its row; a file whose row was refused does not stay."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session

from app.errors import ClinicError, Overloaded
from app.file_errors import FileTooLarge, StorageUnavailable
from app.infra.storage import store
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.claim import utc_text
from app.services.booking.idempotency import keep, require_new
from app.services.booking.retry import attempt
from app.services.documents.names import clean_name
from app.services.documents.sniff import content_type_of
from app.services.patients.standing import require_own_visit, require_standing
from app.services.patients.write import load
from app.settings import settings
from models.base import new_id
from models.db import transaction
from models.files import Document, DocumentKind
from models.principal import Principal

CONTENT = "content"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: nothing of it is believed but its bytes."""

    name: str = field(repr=False)
    kind: DocumentKind
    data: bytes = field(repr=False)
    appointment_id: UUID | None = None


def add_document(principal: Principal, *, patient_id: UUID, upload: Upload, key: RequestKey, now: datetime) -> Answer:
    """Keep a file in a patient's file; the answer is 201 without the name, which is the patient's.

    The bytes go out first, sealed, under an id of their own, so that no row ever names an object that is not there.
    Raises FileTooLarge, FileRefused, PatientNotFound, PatientMerged, AppointmentNotFound, NotPermitted,
    StorageUnavailable.
    """
    content_type = _content_type(principal, upload)
    with transaction(principal) as session:
        document, sealed = _sealed(
            session, principal, patient_id=patient_id, upload=upload, content_type=content_type, now=now
        )
    store().put(document.storage_key, sealed)
    verb = partial(_insert, principal=principal, document=document, name=upload.name, key=key, now=now)
    return _settled(principal, verb, storage_key=document.storage_key, key=key, now=now)


def file_document(
    session: Session, principal: Principal, *, patient_id: UUID, upload: Upload, key: RequestKey, now: datetime
) -> Answer:
    """Do the same within the caller's transaction; when that is undone, the night's sweep drops the object.

    Raises what `add_document` raises.
    """
    content_type = _content_type(principal, upload)
    document, sealed = _sealed(
        session, principal, patient_id=patient_id, upload=upload, content_type=content_type, now=now
    )
    store().put(document.storage_key, sealed)
    return _insert(session, principal=principal, document=document, name=upload.name, key=key, now=now)


def _content_type(principal: Principal, upload: Upload) -> str:
    require(principal, Permission.DOCUMENTS_WRITE)
    if len(upload.data) > largest():
        raise FileTooLarge
    return content_type_of(upload.data)


def _sealed(
    session: Session, principal: Principal, *, patient_id: UUID, upload: Upload, content_type: str, now: datetime
) -> tuple[Document, bytes]:
    """Return the row to be, still without its name, and the sealed bytes that it tells of."""
    document_id = new_id()
    load(session, principal, patient_id=patient_id)
    sealed = vault_of(session, principal.clinic_id).seal_bytes("documents", CONTENT, document_id, upload.data)
    document = Document(
        clinic_id=principal.clinic_id,
        id=document_id,
        patient_id=patient_id,
        appointment_id=upload.appointment_id,
        kind=upload.kind,
        name_sealed=b"",
        content_type=content_type,
        size_bytes=len(upload.data),
        storage_key=f"{principal.clinic_id}/{document_id}",
        added_by=principal.actor,
        created_at=now,
    )
    return document, sealed


def largest() -> int:
    """Return how many bytes a document may have."""
    return settings().document_megabytes * 1024 * 1024


def _settled(principal: Principal, verb: Any, *, storage_key: str, key: RequestKey, now: datetime) -> Answer:
    """Write the row; an object that got none is dropped at once, or by the night's sweep when that is not sure."""
    try:
        answer = attempt(principal, verb, key=key, now=now)
    except Overloaded:
        # The row may have been written although nobody said so.
        raise
    except ClinicError:
        _drop(storage_key)
        raise
    if not storage_key.endswith(str(answer.body.get("id"))):
        # The same request was answered before: that one's file is the one that is kept.
        _drop(storage_key)
    return answer


def _insert(
    session: Session,
    *,
    principal: Principal,
    document: Document,
    name: str,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    require_new(session, principal.clinic_id, key)
    require_standing(session, principal, patient_id=document.patient_id)
    require_own_visit(session, principal, patient_id=document.patient_id, appointment_id=document.appointment_id)
    vault = vault_of(session, principal.clinic_id)
    clean = clean_name(name, content_type=document.content_type)
    sealed = vault.seal("documents", "name", document.id, clean)
    # A copy: the verb may be run again in another transaction.
    session.add(Document(**{**document.model_dump(), "name_sealed": sealed}))
    session.flush()
    record(
        session,
        principal,
        action="add",
        object_kind="document",
        object_id=document.id,
        detail={"patient_id": str(document.patient_id), "kind": document.kind.value},
        now=now,
    )
    body = {
        "id": str(document.id),
        "kind": document.kind.value,
        "content_type": document.content_type,
        "size_bytes": document.size_bytes,
        "created_at": utc_text(now),
    }
    if not keep(session, principal.clinic_id, key, status=201, body=body, now=now):
        require_new(session, principal.clinic_id, key)
    return Answer(201, body)


def _drop(storage_key: str) -> None:
    with suppress(StorageUnavailable):
        store().delete(storage_key)
        return
    _log.warning("an object without a row waits for the night's sweep")

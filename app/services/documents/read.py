"""The documents of a patient's file, and one of them opened: each look is in the audit log."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import NotFound, NotPermitted
from app.file_errors import DocumentNotFound
from app.infra.crypto import Vault
from app.infra.storage import store
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record, viewed
from app.services.documents.add import CONTENT
from app.services.documents.kinds import may_open, permission_for
from models.db import transaction
from models.files import Document, DocumentKind
from models.principal import Principal

MOST = 200


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document; whoever may not open it does not see its name either."""

    id: UUID
    kind: DocumentKind
    name: str = field(repr=False)
    content_type: str
    size_bytes: int
    created_at: datetime
    can_open: bool
    can_remove: bool


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document's content and the name to save it under."""

    name: str = field(repr=False)
    content_type: str
    data: bytes = field(repr=False)


def documents_of(session: Session, principal: Principal, *, patient_id: UUID, now: datetime) -> list[DocumentView]:
    """Return a patient's documents, the newest first, and write which of them were named."""
    require(principal, Permission.DOCUMENTS_READ)
    vault = vault_of(session, principal.clinic_id)
    wanted = (
        select(Document)
        .where(
            Document.clinic_id == principal.clinic_id,
            Document.patient_id == patient_id,
            col(Document.removed_at).is_(None),
        )
        .order_by(col(Document.created_at).desc(), col(Document.id).desc())
        .limit(MOST)
    )
    found = [_view(principal, vault, row) for row in session.exec(wanted)]
    if found:
        viewed(session, principal, object_kind="document", ids=[one.id for one in found if one.can_open], now=now)
    return found


def open_document(principal: Principal, *, patient_id: UUID, document_id: UUID, now: datetime) -> OpenedDocument:
    """Return a document's content; the look is written down before the bytes are fetched.

    Raises DocumentNotFound, also for one of another patient and for one that was removed, NotPermitted,
    StorageUnavailable.
    """
    require(principal, Permission.DOCUMENTS_READ)
    with transaction(principal) as session:
        document = find(session, principal, patient_id=patient_id, document_id=document_id)
        if not may_open(principal, document.kind):
            raise NotPermitted(permission=permission_for(document.kind))
        vault = vault_of(session, principal.clinic_id)
        name = vault.open("documents", "name", document.id, document.name_sealed)
        content_type, storage_key = document.content_type, document.storage_key
        detail = {"patient_id": str(patient_id)}
        record(
            session, principal, action="download", object_kind="document", object_id=document_id, detail=detail, now=now
        )
    try:
        sealed = store().get(storage_key)
    except NotFound:
        raise DocumentNotFound from None
    return OpenedDocument(name, content_type, vault.open_bytes("documents", CONTENT, document_id, sealed))


def find(session: Session, principal: Principal, *, patient_id: UUID, document_id: UUID) -> Document:
    """Return a document's row of this patient; raises DocumentNotFound."""
    wanted = select(Document).where(
        Document.clinic_id == principal.clinic_id,
        Document.id == document_id,
        Document.patient_id == patient_id,
        col(Document.removed_at).is_(None),
    )
    document = session.exec(wanted).first()
    if document is None:
        raise DocumentNotFound
    return document


def may_remove(principal: Principal, document: Document) -> bool:
    """Tell whether the actor may remove it: who may open it, or who added it."""
    is_theirs = may_open(principal, document.kind) or document.added_by == principal.actor
    return principal.may(Permission.DOCUMENTS_WRITE) and is_theirs


def _view(principal: Principal, vault: Vault, document: Document) -> DocumentView:
    can_open = may_open(principal, document.kind)
    return DocumentView(
        id=document.id,
        kind=document.kind,
        name=vault.open("documents", "name", document.id, document.name_sealed) if can_open else "",
        content_type=document.content_type,
        size_bytes=document.size_bytes,
        created_at=document.created_at,
        can_open=can_open,
        can_remove=may_remove(principal, document),
    )

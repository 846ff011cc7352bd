"""A file between its upload and its import: sealed in the object store, under an id that only this clinic opens.

What is not dropped here goes with the night's sweep of the store, as an upload without a row.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.file_errors import StorageUnavailable
from app.import_errors import ImportTooLarge, UploadNotFound
from app.infra.crypto import SealBroken
from app.infra.storage import store
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.imports.decode import MOST_BYTES
from app.services.imports.table import Table, table_of
from models.base import new_id
from models.principal import Principal

TABLE, COLUMN = "imports", "content"


def keep_upload(session: Session, principal: Principal, *, data: bytes, now: datetime) -> UUID:
    """Keep a file that can be read as a table; raises ImportRefused, ImportTooLarge, NotPermitted."""
    require(principal, Permission.SETTINGS_WRITE)
    if len(data) > MOST_BYTES:
        raise ImportTooLarge
    table_of(data)
    upload_id = new_id()
    sealed = vault_of(session, principal.clinic_id).seal_bytes(TABLE, COLUMN, upload_id, data)
    store().put(_key(principal, upload_id), sealed)
    detail = {"bytes": len(data)}
    record(session, principal, action="upload", object_kind="import", object_id=upload_id, detail=detail, now=now)
    return upload_id


def open_upload(session: Session, principal: Principal, *, upload_id: UUID) -> bytes:
    """Return a file that was sent before; raises UploadNotFound, NotPermitted."""
    require(principal, Permission.SETTINGS_WRITE)
    try:
        sealed = store().get(_key(principal, upload_id))
        return vault_of(session, principal.clinic_id).open_bytes(TABLE, COLUMN, upload_id, sealed)
    except (NotFound, SealBroken):
        # Also for a patient's document: its seal opens as a document only.
        raise UploadNotFound from None


def read_upload(session: Session, principal: Principal, *, upload_id: UUID) -> Table:
    """Return the table of a file that was sent before; raises UploadNotFound, ImportRefused."""
    return table_of(open_upload(session, principal, upload_id=upload_id))


def drop_upload(session: Session, principal: Principal, *, upload_id: UUID) -> None:
    """Forget a file; no error when it is gone. Only what opens as an upload: never a patient's document."""
    with suppress(StorageUnavailable, UploadNotFound):
        open_upload(session, principal, upload_id=upload_id)
        store().delete(_key(principal, upload_id))


def _key(principal: Principal, upload_id: UUID) -> str:
    return f"{principal.clinic_id}/{upload_id}"

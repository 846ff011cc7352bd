"""The file of an import with what is said about it, who may take it over, and the mark by which it is known again."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import derived_key
from app.services.accounts.permissions import Permission, require
from app.services.imports.columns import checked_mapping
from app.services.imports.dates import DateOrder
from app.services.imports.table import Table, table_of
from models.db import first_row
from models.desk import ImportKind
from models.principal import Principal

KEPT: LiteralString = """
SELECT id FROM imports WHERE clinic_id = %(clinic_id)s AND kind = %(kind)s AND digest = %(digest)s
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what its columns hold, in their order, and how it writes dates."""

    kind: ImportKind
    data: bytes = field(repr=False)
    mapping: Sequence[str]
    order: DateOrder = DateOrder.NOT_SAID


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's rows, and which of their cells holds what."""

    table: Table
    columns: dict[str, int]
    order: DateOrder


def opened_source(source: Source) -> Opened:
    """Read a file; raises ImportRefused for what is no table or whose columns are not said."""
    table = table_of(source.data)
    return Opened(table, checked_mapping(source.kind, table, source.mapping), source.order)


def require_import(principal: Principal, kind: ImportKind) -> None:
    """Refuse whoever may not import this; raises NotPermitted."""
    require(principal, Permission.SETTINGS_WRITE)
    require(principal, Permission.PATIENTS_WRITE if kind is ImportKind.PATIENTS else Permission.APPOINTMENTS_WRITE)


def mark_of(principal: Principal, source: Source) -> dict[str, object]:
    """Return what tells whether this very file was taken over before."""
    # Keyed: a plain digest would tell who has the same file.
    digest = hmac.digest(derived_key(b"import"), source.data, "sha256")
    return {"clinic_id": principal.clinic_id, "kind": source.kind.value, "digest": digest}


def import_of(session: Session, principal: Principal, source: Source) -> UUID | None:
    """Return the import that took this file over, if there was one."""
    found = first_row(session, KEPT, mark_of(principal, source))
    return found[0] if found else None

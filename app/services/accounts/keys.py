"""Each clinic's own keys: made when first asked for, wrapped by the master key, kept in this process."""

from threading import Lock
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import (
    SealBroken,
    Vault,
    master_key_id,
    new_key,
    refuse_unknown_master_key,
    unwrap,
    wrap,
)
from models.accounts import KeyPurpose
from models.db import DatabaseRole, execute, global_transaction, rows

FIRST_VERSION = 1
MADE_HERE = "vault made in this session"
READ_KEYS: LiteralString = (
    "SELECT purpose, version, wrapped, master_key_id FROM clinic_keys WHERE clinic_id = %(clinic_id)s"
)
# Two processes may make a clinic's first keys at once: the first row stays, both read it back.
MAKE_KEY: LiteralString = """
INSERT INTO clinic_keys (clinic_id, purpose, version, wrapped, master_key_id, created_at)
VALUES (%(clinic_id)s, %(purpose)s, %(version)s, %(wrapped)s, %(master_key_id)s, now())
ON CONFLICT (clinic_id, purpose, version) DO NOTHING
"""
ALL_MASTER_KEYS: LiteralString = "SELECT DISTINCT master_key_id FROM clinic_keys"

_vaults: dict[UUID, Vault] = {}
_guard = Lock()


def vault_of(session: Session, clinic_id: UUID) -> Vault:
    """Return the clinic's vault; its keys are made in this transaction when there are none.

    Only keys that were committed are kept in the process: the transaction that makes them may yet roll back,
    and what was sealed under lost keys would never open again.
    """
    vault = _vaults.get(clinic_id) or session.info.get((MADE_HERE, clinic_id))
    if vault is not None:
        return vault
    vault = _read(session, clinic_id)
    if vault is None:
        return _make(session, clinic_id)
    with _guard:
        return _vaults.setdefault(clinic_id, vault)


def forget_vaults() -> None:
    """Drop every cached vault, for a process that changes its database or its keys."""
    with _guard:
        _vaults.clear()


def refuse_foreign_data(*, role: DatabaseRole = DatabaseRole.OWNER) -> None:
    """Refuse a start over data under an unknown master key; the owner sees the keys of all clinics."""
    with global_transaction(role=role) as session:
        refuse_unknown_master_key({row[0] for row in rows(session, ALL_MASTER_KEYS, {})})


def _read(session: Session, clinic_id: UUID) -> Vault | None:
    data: dict[int, bytes] = {}
    search: bytes | None = None
    for purpose, version, wrapped, wrapped_by in rows(session, READ_KEYS, {"clinic_id": clinic_id}):
        refuse_unknown_master_key({wrapped_by})
        key = unwrap(wrapped, context=_context(clinic_id, purpose, version))
        if purpose == KeyPurpose.DATA:
            data[version] = key
        else:
            search = key
    return Vault(data=data, search=search) if data and search is not None else None


def _make(session: Session, clinic_id: UUID) -> Vault:
    for purpose in KeyPurpose:
        context = _context(clinic_id, purpose, FIRST_VERSION)
        execute(
            session,
            MAKE_KEY,
            {
                "clinic_id": clinic_id,
                "purpose": purpose.value,
                "version": FIRST_VERSION,
                "wrapped": wrap(new_key(), context=context),
                "master_key_id": master_key_id(),
            },
        )
    # Read back: if another process was faster, its keys stand.
    made = _read(session, clinic_id)
    if made is None:
        raise SealBroken("The clinic's keys could not be made: the transaction belongs to another clinic.")
    session.info[MADE_HERE, clinic_id] = made
    return made


def _context(clinic_id: UUID, purpose: str, version: int) -> bytes:
    return f"clinic_keys.{clinic_id}.{purpose}.{version}".encode()

"""Reading the messages that were made: the demonstration's mail sink, and who could not be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from models.db import first_row, rows
from models.principal import Principal

COLUMNS: LiteralString = """
SELECT id, kind, language, outcome, created_at, recipient_sealed, subject_sealed, body_sealed FROM messages
 WHERE clinic_id = %(clinic_id)s::uuid
"""
NEWEST: LiteralString = COLUMNS + " ORDER BY created_at DESC, id DESC LIMIT %(limit)s::int"
ONE: LiteralString = COLUMNS + " AND id = %(id)s::uuid"


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as it was sent; `outcome` is sent, sink or no-address."""

    id: UUID
    kind: str
    language: str
    outcome: str
    created_at: datetime
    recipient: str
    subject: str
    body: str


def newest_messages(session: Session, principal: Principal, *, limit: int, now: datetime) -> list[MessageView]:
    """Return the newest messages, the last one first; one audit row names those that were seen."""
    require(principal, Permission.MESSAGES_READ)
    vault = vault_of(session, principal.clinic_id)
    found = [_view(vault, row) for row in rows(session, NEWEST, {"clinic_id": principal.clinic_id, "limit": limit})]
    viewed(session, principal, object_kind="message", ids=[message.id for message in found], now=now)
    return found


def read_message(session: Session, principal: Principal, *, message_id: UUID, now: datetime) -> MessageView:
    """Return one message, with an audit row; raises NotFound."""
    require(principal, Permission.MESSAGES_READ)
    row = first_row(session, ONE, {"clinic_id": principal.clinic_id, "id": message_id})
    if row is None:
        raise NotFound
    viewed(session, principal, object_kind="message", object_id=message_id, now=now)
    return _view(vault_of(session, principal.clinic_id), row)


def _view(vault: Vault, row: Sequence[object]) -> MessageView:
    message_id, kind, language, outcome, created_at, *sealed = row
    texts = [
        vault.open("messages", column, message_id, value)  # type: ignore[arg-type]
        for column, value in zip(("recipient", "subject", "body"), sealed, strict=True)
    ]
    return MessageView(message_id, kind, language, outcome, created_at, *texts)  # type: ignore[arg-type]

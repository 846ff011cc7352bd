"""What was written to a patient, and whether it reached them."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import viewed
from models.db import rows
from models.principal import Principal

MOST = 50
LETTERS: LiteralString = """
SELECT id, kind, channel, outcome, created_at, recipient_sealed, subject_sealed FROM messages
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid
 ORDER BY created_at DESC, id DESC LIMIT %(most)s::int
"""


@dataclass(frozen=True, slots=True)
class PatientLetter:
    """One message; `outcome` as in messages/sent.py."""

    id: UUID
    kind: str
    channel: str
    outcome: str
    created_at: datetime
    recipient: str
    subject: str


def letters_of(session: Session, principal: Principal, *, patient_id: UUID, now: datetime) -> list[PatientLetter]:
    """Return the newest messages to a patient, with one audit row that names them."""
    require(principal, Permission.MESSAGES_READ)
    vault = vault_of(session, principal.clinic_id)
    place = {"clinic_id": principal.clinic_id, "patient_id": patient_id, "most": MOST}
    found = [_letter(vault, *row) for row in rows(session, LETTERS, place)]
    if found:
        viewed(session, principal, object_kind="message", ids=[one.id for one in found], now=now)
    return found


def _letter(
    vault: Vault,
    message_id: UUID,
    kind: str,
    channel: str,
    outcome: str,
    at: datetime,
    recipient: bytes,
    subject: bytes,
) -> PatientLetter:
    opened = [
        vault.open("messages", column, message_id, sealed)
        for column, sealed in (("recipient", recipient), ("subject", subject))
    ]
    return PatientLetter(message_id, kind, channel, outcome, at, recipient=opened[0], subject=opened[1])

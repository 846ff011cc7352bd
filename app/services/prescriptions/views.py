"""What the rest of the program sees of a prescription, and how its rows are read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from app.infra.crypto import Vault
from app.services.prescriptions.fields import TABLE, PrescriptionFields, opened
from models.files import RevokeReason

COLUMNS: LiteralString = """
p.id, p.patient_id, p.appointment_id, p.practitioner_id, r.display_name, p.location_id, p.created_at, p.revoked_at,
p.revoked_by, p.revoke_reason, p.revoke_words_sealed, p.drug_sealed, p.dosage_sealed, p.frequency_sealed,
p.duration_sealed, p.advice_sealed
"""
TABLES: LiteralString = """
prescriptions p JOIN practitioners r ON r.clinic_id = p.clinic_id AND r.id = p.practitioner_id
"""

PLAIN = (
    "id", "patient_id", "appointment_id", "practitioner_id", "practitioner", "location_id", "created_at",
    "revoked_at", "revoked_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrescriptionView:
    """One prescription. It counts until `revoked_at`; `revoked_by` is an actor, `words` what they added."""

    id: UUID
    patient_id: UUID
    appointment_id: UUID | None
    practitioner_id: UUID
    practitioner: str
    location_id: UUID | None
    created_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    reason: RevokeReason | None
    words: str = field(repr=False)
    fields: PrescriptionFields = field(repr=False)


def view_of(vault: Vault, row: tuple[Any, ...]) -> PrescriptionView:
    """Open a row of COLUMNS; raises SealBroken when a field was altered or moved."""
    plain, (reason, words), columns = row[:9], row[9:11], row[11:]
    return PrescriptionView(
        **dict(zip(PLAIN, plain, strict=True)),
        reason=RevokeReason(reason) if reason else None,
        words=vault.open(TABLE, "revoke_words", row[0], words) if words else "",
        fields=opened(vault, row[0], *columns),
    )

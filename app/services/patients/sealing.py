"""A patient's fields between their sealed columns and plain text."""

from collections.abc import Mapping
from uuid import UUID

from app.infra.crypto import Vault

TABLE = "patients"
SEALED = (
    "given_name",
    "family_name",
    "birth_date",
    "phone",
    "email",
    "address",
    "medical_history",
    "alert",
    "insurer",
    "member_number",
    "external_number",
)


def sealed_columns(vault: Vault, patient_id: UUID, *, fields: Mapping[str, str | None]) -> dict[str, bytes | None]:
    """Return the `*_sealed` columns of these fields; an empty optional field becomes NULL."""
    columns: dict[str, bytes | None] = {}
    for field, text in fields.items():
        columns[f"{field}_sealed"] = None if text is None else vault.seal(TABLE, field, patient_id, text)
    return columns


def opened(vault: Vault, patient_id: UUID, *, field: str, sealed: bytes | None) -> str | None:
    """Return one field in plain text, None for NULL; raises SealBroken when it was altered or moved."""
    return None if sealed is None else vault.open(TABLE, field, patient_id, sealed)


def name_of(vault: Vault, patient_id: UUID, given_name: bytes, family_name: bytes) -> str:
    """Return the name that stands on cards and lists."""
    parts = (
        opened(vault, patient_id, field="given_name", sealed=given_name),
        opened(vault, patient_id, field="family_name", sealed=family_name),
    )
    return " ".join(part for part in parts if part)

"""What the rest of the program sees of a patient: plain values, never a table row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.infra.crypto import Vault
from app.services.patients.sealing import opened
from models.patients import Patient, Verification


class PatientName(NamedTuple):
    """A patient's name, for boards and lists."""

    given_name: str
    family_name: str

    @property
    def full(self) -> str:
        """Both names as people say them."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class PatientView:
    """Who a patient is and how to reach them; what is clinical is read apart."""

    id: UUID
    given_name: str
    family_name: str
    birth_date: date
    phone: str | None
    email: str | None
    address: str | None
    language: str
    verification: Verification
    version: int
    created_at: datetime
    alert: str | None = None
    insurer: str | None = None
    member_number: str | None = None
    external_number: str | None = None
    needs_interpreter: bool = False
    guardian_id: UUID | None = None
    merged_into_id: UUID | None = None

    @property
    def name(self) -> PatientName:
        """The patient's name."""
        return PatientName(self.given_name, self.family_name)


def view_of(vault: Vault, patient: Patient) -> PatientView:
    """Open a patient's row; raises SealBroken when a field was altered or moved."""

    def text(field: str) -> str | None:
        return opened(vault, patient.id, field=field, sealed=getattr(patient, f"{field}_sealed"))

    return PatientView(
        id=patient.id,
        given_name=text("given_name") or "",
        family_name=text("family_name") or "",
        birth_date=date.fromisoformat(text("birth_date") or ""),
        phone=text("phone"),
        email=text("email"),
        address=text("address"),
        language=patient.language,
        verification=patient.verification,
        version=patient.version,
        created_at=patient.created_at,
        alert=text("alert"),
        insurer=text("insurer"),
        member_number=text("member_number"),
        external_number=text("external_number"),
        needs_interpreter=patient.needs_interpreter,
        guardian_id=patient.guardian_id,
        merged_into_id=patient.merged_into_id,
    )

"""What stands in a prescription: checked as it is typed, sealed column by column as it is kept."""

from dataclasses import dataclass, fields
from uuid import UUID

from app.errors import InvalidField
from app.infra.crypto import Vault
from app.services.patients.fields import good_line, good_text
from app.words import N_

TABLE = "prescriptions"
LONGEST = 200
LONGEST_ADVICE = 1_000
MISSING = {
    "drug": N_("Name the drug."),
    "dosage": N_("Say how much is taken at a time."),
    "frequency": N_("Say how often it is taken."),
    "duration": N_("Say for how long it is taken."),
}


@dataclass(frozen=True, slots=True, repr=False)
class PrescriptionFields:
    """What is to be taken, how much, how often, for how long, and what else to mind."""

    drug: str
    dosage: str
    frequency: str
    duration: str
    advice: str = ""


NAMES = tuple(one.name for one in fields(PrescriptionFields))


def checked(given: PrescriptionFields) -> PrescriptionFields:
    """Return the fields as they are kept; raises InvalidField, naming the one that is missing or cannot be."""
    lines = {name: good_line(name, getattr(given, name), longest=LONGEST) for name in MISSING}
    for name, line in lines.items():
        if line is None:
            raise InvalidField(name, MISSING[name])
    advice = good_text("advice", given.advice, longest=LONGEST_ADVICE)
    return PrescriptionFields(**{name: line or "" for name, line in lines.items()}, advice=advice or "")


def sealed(vault: Vault, prescription_id: UUID, *, fields: PrescriptionFields) -> dict[str, bytes | None]:
    """Return the `*_sealed` columns; no advice is NULL."""
    texts = {name: getattr(fields, name) for name in NAMES}
    return {
        f"{name}_sealed": vault.seal(TABLE, name, prescription_id, text) if text else None
        for name, text in texts.items()
    }


def opened(vault: Vault, prescription_id: UUID, *columns: bytes | None) -> PrescriptionFields:
    """Return the fields of their sealed columns, given in order; raises SealBroken for what was altered or moved."""
    texts = {
        name: vault.open(TABLE, name, prescription_id, column) if column else ""
        for name, column in zip(NAMES, columns, strict=True)
    }
    return PrescriptionFields(**texts)

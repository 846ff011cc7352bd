"""What the frame of a page says about the clinic."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from app.settings import settings
from models.db import first_row, global_transaction

READ: LiteralString = """
SELECT name, timezone, lock_minutes, is_demonstration, is_being_set_up FROM clinics WHERE id = %(clinic_id)s
"""


@dataclass(frozen=True, slots=True)
class ClinicProfile:
    """The clinic's name, the zone of its main site, and after how many idle minutes its computers lock (0 never).

    `is_demonstration` is never said in production, whatever the database says.
    """

    name: str
    timezone: str
    lock_minutes: int = 0
    is_demonstration: bool = False
    is_being_set_up: bool = False


NO_CLINIC = ClinicProfile("", "")


def clinic_profile(clinic_id: UUID) -> ClinicProfile:
    """Return what stands in the frame; empty when there is no such clinic."""
    with global_transaction() as session:
        found = first_row(session, READ, {"clinic_id": clinic_id})
    if found is None:
        return NO_CLINIC
    name, timezone, lock_minutes, is_demonstration, is_being_set_up = found
    is_shown = is_demonstration and settings().is_demonstration
    return ClinicProfile(name, timezone, lock_minutes, is_shown, is_being_set_up)

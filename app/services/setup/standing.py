"""How far the clinic of an address is: a demonstration, still without its people, being set up, or at work."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from app.services.accounts.grants import enter_clinic
from app.services.directory import clinic_at, is_demonstration
from models.db import first_row, global_transaction

READ: LiteralString = """
SELECT c.is_being_set_up,
       EXISTS (SELECT 1 FROM role_grants g WHERE g.clinic_id = c.id)
  FROM clinics c WHERE c.id = %(clinic_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What anybody who opens an address may know of its clinic."""

    clinic_id: UUID
    is_demonstration: bool
    is_being_set_up: bool
    has_people: bool


def standing_at(host: str) -> Standing:
    """Return the standing of the clinic that a Host header names; raises NotFound without one."""
    with global_transaction() as session:
        clinic_id = clinic_at(session, host=host)
        # Roles are shown to the clinic only.
        enter_clinic(session, clinic_id)
        found = first_row(session, READ, {"clinic_id": clinic_id})
        is_shown = is_demonstration(session, clinic_id)
    is_being_set_up, has_people = found or (False, False)
    return Standing(clinic_id, is_shown, is_being_set_up, has_people)

"""From the roles that somebody has at a clinic to what they may do, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import ROLE_PERMISSIONS
from app.settings import settings
from models.accounts import Role
from models.db import execute, rows

# The one whose home page opens first, when somebody has several roles.
PRECEDENCE = (
    Role.ADMINISTRATOR,
    Role.MANAGER,
    Role.PRACTITIONER,
    Role.RECEPTIONIST,
    Role.NURSE,
)
ENTER_CLINIC: LiteralString = "SELECT set_config('holdfast.clinic_id', %(clinic_id)s, true)"
# A demonstration's logins are printed for everybody to read, so production knows nobody there.
READ: LiteralString = """
SELECT role, location_id, practitioner_id FROM role_grants
WHERE clinic_id = %(clinic_id)s AND user_id = %(user_id)s
  AND (%(may_be_shown)s OR NOT EXISTS (SELECT 1 FROM clinics c WHERE c.id = %(clinic_id)s AND c.is_demonstration))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user is at one clinic; `location_ids` None means every location."""

    role: Role
    permissions: frozenset[str]
    location_ids: frozenset[UUID] | None
    practitioner_id: UUID | None


def enter_clinic(session: Session, clinic_id: UUID) -> None:
    """Let row-level security show this clinic's rows for the rest of the transaction."""
    execute(session, ENTER_CLINIC, {"clinic_id": str(clinic_id)})


def standing_of(session: Session, *, clinic_id: UUID, user_id: UUID) -> Standing | None:
    """Return what the user is at the clinic, None when nothing; enters the clinic."""
    enter_clinic(session, clinic_id)
    asked = {"clinic_id": clinic_id, "user_id": user_id, "may_be_shown": settings().is_demonstration}
    found = rows(session, READ, asked)
    if not found:
        return None
    grants = [(Role(role), location_id) for role, location_id, _ in found]
    permissions, location_ids = scope_of(grants)
    roles = {role for role, _ in grants}
    return Standing(
        role=next(role for role in PRECEDENCE if role in roles),
        permissions=permissions,
        location_ids=location_ids,
        practitioner_id=next((row[2] for row in found if row[2] is not None), None),
    )


def scope_of(grants: list[tuple[Role, UUID | None]]) -> tuple[frozenset[str], frozenset[UUID] | None]:
    """Return the permissions that hold at every location the grants reach, and these locations.

    Somebody who is a manager in one place and a receptionist in another is a receptionist in both: a role
    never reaches a location that it was not given for.
    """
    everywhere = _together(role for role, location in grants if location is None)
    if any(location is None for _, location in grants):
        return everywhere, None
    places = {location for _, location in grants if location is not None}
    by_place = [_together(role for role, location in grants if location == place) for place in places]
    shared = reduce(frozenset.intersection, by_place) if by_place else frozenset()
    return shared, frozenset(places)


def _together(roles: Iterable[Role]) -> frozenset[str]:
    return frozenset[str]().union(*(ROLE_PERMISSIONS[role] for role in roles))

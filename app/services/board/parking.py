"""The parking strip: appointments that a user keeps at hand to move elsewhere; they keep their place until then."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.patients.sealing import name_of
from app.services.preferences import prefer, preference
from app.words import N_
from models.db import rows
from models.principal import Principal

NAME = "board.parked"
MOST = 12
FULL = N_("The parking strip is full. Drop something from it first.")
# What was cancelled, has begun or was moved away by somebody else is parked no more.
READ: LiteralString = """
SELECT a.id, a.starts_at, a.timezone, a.patient_id, p.given_name_sealed, p.family_name_sealed
  FROM appointments a JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
 WHERE a.clinic_id = %(clinic_id)s AND a.id = ANY(%(ids)s)
   AND (a.status = 'booked' OR a.status = 'pending' AND a.hold_expires_at > %(now)s)
   AND (%(locations)s::uuid[] IS NULL OR a.location_id = ANY(%(locations)s))
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """One card on the strip."""

    id: UUID
    patient: str = field(repr=False)
    starts_at: datetime
    timezone: str


def parked(session: Session, principal: Principal, *, now: datetime) -> list[Parked]:
    """Return what this user has parked and can still be moved, in the order in which it was parked."""
    require(principal, Permission.APPOINTMENTS_READ)
    require(principal, Permission.PATIENTS_READ)
    ids = _ids(session, principal)
    locations = None if principal.location_ids is None else list(principal.location_ids)
    asked = {"clinic_id": principal.clinic_id, "ids": ids, "now": now, "locations": locations}
    found = rows(session, READ, asked) if ids else []
    vault = vault_of(session, principal.clinic_id) if found else None
    cards = {row[0]: Parked(row[0], name_of(vault, *row[3:]), row[1], row[2]) for row in found if vault}
    return [cards[one] for one in ids if one in cards]


def park(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> list[Parked]:
    """Put an appointment on the strip; the book does not change. Raises InvalidField when the strip is full."""
    kept = [one.id for one in parked(session, principal, now=now) if one.id != appointment_id]
    if len(kept) >= MOST:
        raise InvalidField("card_id", FULL)
    _keep(session, principal, [*kept, appointment_id], now=now)
    return parked(session, principal, now=now)


def unpark(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> list[Parked]:
    """Take an appointment off the strip."""
    _keep(session, principal, [one for one in _ids(session, principal) if one != appointment_id], now=now)
    return parked(session, principal, now=now)


def _ids(session: Session, principal: Principal) -> list[UUID]:
    kept = preference(session, principal, name=NAME) or {}
    return [UUID(one) for one in kept.get("ids", [])]


def _keep(session: Session, principal: Principal, ids: list[UUID], *, now: datetime) -> None:
    prefer(session, principal, name=NAME, value={"ids": [str(one) for one in ids]}, now=now)

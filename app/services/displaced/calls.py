"""Whom no letter reaches: displaced patients who were moved or cancelled and have to be called, until they were."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require, require_at
from app.services.audit.record import record, viewed
from app.services.patients.sealing import name_of, opened
from app.words import N_
from models.appointments import AppointmentStatus
from models.db import execute, first_row, rows
from models.displaced import Settlement
from models.principal import Principal

MOST = 200
# The newest word on each appointment counts. Who stands where they stood before has nothing to be told; once the
# time has passed, nobody calls any more. Who was called stays for a day, so that a slip can be taken back.
TO_CALL: LiteralString = """
SELECT d.id, a.id, a.patient_id, p.given_name_sealed, p.family_name_sealed, p.phone_sealed, d.settlement, a.status,
       a.starts_at, a.timezone, r.display_name, l.name, d.settled_at, d.called_at
  FROM (SELECT DISTINCT ON (appointment_id) * FROM displaced_appointments
         WHERE clinic_id = %(clinic_id)s::uuid ORDER BY appointment_id, since_at DESC, id DESC) d
  JOIN appointments a ON a.clinic_id = d.clinic_id AND a.id = d.appointment_id
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id AND p.email_sealed IS NULL
  JOIN practitioners r ON r.clinic_id = a.clinic_id AND r.id = a.practitioner_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
 WHERE d.settlement IN ('moved', 'cancelled') AND a.status IN ('booked', 'cancelled')
   AND a.starts_at > %(now)s::timestamptz
   AND (d.called_at IS NULL OR d.called_at > %(now)s::timestamptz - interval '1 day')
   AND (%(location_ids)s::uuid[] IS NULL OR a.location_id = ANY(%(location_ids)s::uuid[]))
 ORDER BY d.called_at IS NOT NULL, a.starts_at, a.id LIMIT %(most)s::int
"""
CALL: LiteralString = """
UPDATE displaced_appointments SET called_at = CASE WHEN %(is_called)s::boolean THEN %(now)s::timestamptz END
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""
PLACE: LiteralString = """
SELECT d.appointment_id, a.location_id, d.called_at IS NOT NULL FROM displaced_appointments d
  JOIN appointments a ON a.clinic_id = d.clinic_id AND a.id = d.appointment_id
 WHERE d.clinic_id = %(clinic_id)s::uuid AND d.id = %(id)s::uuid AND d.settled_at IS NOT NULL FOR UPDATE OF d
"""


@dataclass(frozen=True, slots=True)
class ToCall:
    """One patient to be called: what became of the appointment and where it stands, or stood when it was cancelled."""

    id: UUID
    appointment_id: UUID
    patient_id: UUID
    patient: str
    phone: str
    settlement: Settlement
    status: AppointmentStatus
    starts_at: datetime
    timezone: str
    practitioner: str
    location: str
    settled_at: datetime
    called_at: datetime | None


def to_call(session: Session, principal: Principal, *, location_id: UUID | None = None, now: datetime) -> list[ToCall]:
    """Return whom the desk has to call, who is first soonest first, then who was called today; raises NotPermitted."""
    require(principal, Permission.APPOINTMENTS_READ, location_id=location_id)
    reached = principal.location_ids if location_id is None else frozenset({location_id})
    parameters = {
        "clinic_id": principal.clinic_id,
        "location_ids": None if reached is None else list(reached),
        "most": MOST,
        "now": now,
    }
    vault = vault_of(session, principal.clinic_id)
    found = []
    for row_id, appointment_id, patient_id, given, family, phone, settlement, status, *rest in rows(
        session, TO_CALL, parameters
    ):
        name = name_of(vault, patient_id, given, family)
        number = opened(vault, patient_id, field="phone", sealed=phone) or ""
        whose = (row_id, appointment_id, patient_id, name, number)
        found.append(ToCall(*whose, Settlement(settlement), AppointmentStatus(status), *rest))
    if found:
        viewed(session, principal, object_kind="displaced-to-call", ids=[one.appointment_id for one in found], now=now)
    return found


def mark_called(session: Session, principal: Principal, *, row_id: UUID, is_called: bool, now: datetime) -> bool:
    """Tick that a displaced patient was called, or take the tick back; False when it stood so already.

    Raises NotFound, NotPermitted.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    found = first_row(session, PLACE, {"clinic_id": principal.clinic_id, "id": row_id})
    if found is None:
        raise NotFound(N_("There is no such entry."))
    appointment_id, location_id, was_called = found
    require_at(principal, location_id)
    if was_called == is_called:
        return False
    parameters = {"clinic_id": principal.clinic_id, "id": row_id, "is_called": is_called, "now": now}
    execute(session, CALL, parameters)
    record(
        session,
        principal,
        action="called" if is_called else "not-called",
        object_kind="displaced-appointment",
        object_id=appointment_id,
        now=now,
    )
    return True

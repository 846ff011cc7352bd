"""How a displaced appointment leaves the worklist by somebody's decision: kept where it is, or cancelled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.cancel import cancel
from app.services.booking.left import places_of
from app.services.booking.locks import lock_appointment, lock_visits
from app.services.booking.read import require_change
from models.appointments import CancelReason
from models.db import rows
from models.displaced import Settlement
from models.principal import Principal

SETTLE: LiteralString = """
WITH mine AS (
  SELECT id FROM displaced_appointments
   WHERE clinic_id = %(clinic_id)s::uuid AND settled_at IS NULL AND appointment_id = ANY(%(appointment_ids)s::uuid[])
   ORDER BY id FOR NO KEY UPDATE
)
UPDATE displaced_appointments d SET settled_at = %(now)s::timestamptz, settlement = %(settlement)s::text
  FROM mine WHERE d.clinic_id = %(clinic_id)s::uuid AND d.id = mine.id
RETURNING d.appointment_id
"""


def keep_displaced(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> bool:
    """Leave an appointment where it is, outside the schedule; False when it was not on the list any more.

    It comes back only when a later change takes another slot from it. Raises AppointmentNotFound, NotPermitted.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    lock_appointment(session, principal.clinic_id, appointment_id)
    require_change(session, principal, appointment_id=appointment_id, version=None)
    return bool(settle(session, principal, [appointment_id], settlement=Settlement.KEPT, now=now))


def cancel_displaced(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Cancel an appointment for the clinic and settle it; raises what `cancel` raises. Call it through `attempt`."""
    require(principal, Permission.APPOINTMENTS_WRITE)
    lock_visits(session, principal.clinic_id, [appointment_id])
    row = require_change(session, principal, appointment_id=appointment_id, version=version)
    left = places_of(session, principal.clinic_id, [row])
    answer = cancel(
        session,
        principal,
        appointment_id=appointment_id,
        reason=CancelReason.CLINIC,
        key=key,
        now=now,
        version=version,
        clearing=clearing,
    )
    settle(session, principal, [appointment_id], settlement=Settlement.CANCELLED, now=now)
    return replace(answer, left=left)


def settle(
    session: Session, principal: Principal, appointment_ids: Sequence[UUID], *, settlement: Settlement, now: datetime
) -> list[UUID]:
    """Settle the open rows of some appointments, each with an audit row; return those that had one."""
    parameters = {
        "clinic_id": principal.clinic_id,
        "appointment_ids": list(appointment_ids),
        "settlement": settlement.value,
        "now": now,
    }
    settled = [appointment_id for (appointment_id,) in rows(session, SETTLE, parameters)]
    for appointment_id in settled:
        record(
            session,
            principal,
            action="settle",
            object_kind="displaced-appointment",
            object_id=appointment_id,
            reason=settlement.value,
            now=now,
        )
    return settled

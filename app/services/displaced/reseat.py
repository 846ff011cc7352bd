"""`reseat`: the chosen moves of displaced appointments in one go, with a list of those whom no message reaches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.idempotency import keep, require_new
from app.services.booking.reschedule_many import Move, reschedule_many
from app.services.displaced.settle import settle
from models.db import rows
from models.displaced import Settlement
from models.principal import Principal

# Messages go by e-mail alone: a phone number tells the desk whom to call, and reaches nobody by itself.
UNREACHED: LiteralString = """
SELECT a.id, a.patient_id, p.phone_sealed IS NOT NULL
  FROM appointments a JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = ANY(%(appointment_ids)s::uuid[]) AND p.email_sealed IS NULL
 ORDER BY a.starts_at, a.id
"""


def reseat(
    session: Session,
    principal: Principal,
    *,
    moves: Sequence[Move],
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Move displaced appointments to their new places, all or none, and settle them; each patient is written to.

    The answer is 200 with `items`, each as the API shows an appointment, and `unreached`: whom the desk has to call.
    Raises what `reschedule_many` raises. Call it through `retry.attempt`. `clearing` has no meaning here.
    """
    require(principal, Permission.APPOINTMENTS_WRITE)
    require_new(session, principal.clinic_id, key)
    inner = single_use_key(principal, "reseat-moves")
    moved = reschedule_many(session, principal, moves=moves, key=inner, now=now)
    appointment_ids = [move.appointment_id for move in moves]
    settle(session, principal, appointment_ids, settlement=Settlement.MOVED, now=now)
    body = {**moved.body, "unreached": _unreached(session, principal, appointment_ids)}
    if not keep(session, principal.clinic_id, key, status=200, body=body, now=now):
        # Our twin was faster; leaving with its answer undoes what we did.
        require_new(session, principal.clinic_id, key)
    return Answer(200, body, also=tuple(moved.changes), left=moved.left)


def _unreached(session: Session, principal: Principal, appointment_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    parameters = {"clinic_id": principal.clinic_id, "appointment_ids": list(appointment_ids)}
    return [
        {"appointment_id": str(appointment_id), "patient_id": str(patient_id), "has_phone": has_phone}
        for appointment_id, patient_id, has_phone in rows(session, UNREACHED, parameters)
    ]

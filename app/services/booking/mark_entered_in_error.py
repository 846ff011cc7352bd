"""`mark_entered_in_error`: an appointment that should never have been; it keeps its history and nothing follows it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep
from app.services.booking.reasons import checked_reason
from app.services.booking.release import release
from app.services.booking.status import require_transition
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit
from models.appointments import AppointmentStatus
from models.principal import Principal

ACTION, WRONG = "enter-in-error", AppointmentStatus.ENTERED_IN_ERROR


def mark_entered_in_error(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    reason: str,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """End whatever an appointment was as a mistake, for good; a live one gives its place back. The answer is a 200.

    Raises NotPermitted without the permission to correct, InvalidField for an empty reason, AppointmentNotFound,
    StaleVersion, InvalidTransition when it was a mistake already. `clearing` has no meaning here.
    """
    require(principal, Permission.APPOINTMENTS_CORRECT)
    reason = checked_reason("reason", reason)
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version, slot_ids=())
    require_transition(row.status, WRONG)
    if not row.status.is_live:
        step = Step(action=ACTION, to_status=WRONG, reason=reason)
        return answer_step(session, principal, row, step, key=key, now=now)
    release(
        session,
        principal,
        appointment_ids=[row.id],
        action=ACTION,
        reason=reason,
        from_status=row.status,
        to_status=WRONG,
        now=now,
    )
    body = row.body(status=WRONG, version=row.version + 1)
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, row.change(principal.clinic_id, version=row.version + 1))

"""`cancel`: a live appointment ends and its places are free again at once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidTransition, OutsideCancellationWindow
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep, require_new
from app.services.booking.locks import lock_visits
from app.services.booking.read import AppointmentRow, require_change
from app.services.booking.release import release
from app.services.booking.status import require_transition
from app.services.queue.ticket import PRESENT
from app.settings import settings
from app.words import N_
from models.appointments import AppointmentStatus, CancelReason
from models.principal import Principal

NOT_HERE = N_("Only who has come can have left again.")


def cancel(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    reason: CancelReason,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    tell: bool = True,
    clearing: bool = False,
) -> Answer:
    """End an appointment and give back each place it took; the answer is the API's 200.

    What staff cancel is told to the patient after the minutes in which it can be undone, unless they tell it
    themselves; a patient's own cancellation at once; who has left knows it. Raises AppointmentNotFound, StaleVersion,
    InvalidTransition, also for the reason `left` of somebody who has not come, and OutsideCancellationWindow for
    whoever is not staff once the appointment has begun. `clearing` has no meaning here.
    """
    lock_visits(session, principal.clinic_id, [appointment_id])
    require_new(session, principal.clinic_id, key)
    row = require_change(session, principal, appointment_id=appointment_id, version=version)
    by_staff = principal.may(Permission.APPOINTMENTS_WRITE)
    _require_end(row, reason=reason, by_staff=by_staff, now=now)
    release(
        session,
        principal,
        appointment_ids=[appointment_id],
        action="cancel",
        reason=reason,
        from_status=row.status,
        not_before=now + timedelta(minutes=settings().undo_minutes) if by_staff else now,
        now=now,
        tell=(tell or not by_staff) and reason is not CancelReason.LEFT,
    )
    body = row.body(status=AppointmentStatus.CANCELLED, version=row.version + 1)
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, row.change(principal.clinic_id, version=row.version + 1))


def _require_end(row: AppointmentRow, *, reason: CancelReason, by_staff: bool, now: datetime) -> None:
    require_transition(row.status, AppointmentStatus.CANCELLED)
    if reason is CancelReason.LEFT and row.status not in PRESENT:
        raise InvalidTransition(NOT_HERE, from_status=row.status.value)
    # A hold can be let go at any time: nobody was to come yet.
    if not by_staff and row.status is not AppointmentStatus.PENDING and row.starts_at <= now:
        raise OutsideCancellationWindow()

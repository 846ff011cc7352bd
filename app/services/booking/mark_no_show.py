"""`mark_no_show`: the patient has not come; the place is free again for whoever is there."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidTransition
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.idempotency import keep
from app.services.booking.release import release
from app.services.booking.status import require_transition
from app.services.booking.visiting import open_visit
from app.words import N_
from models.appointments import AppointmentStatus
from models.principal import Principal

NOT_YET = N_("Nobody can be missing before the appointment's time.")


def mark_no_show(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Note, from the appointment's start on, that nobody came; the answer is the API's 200.

    Raises AppointmentNotFound, StaleVersion, InvalidTransition. `clearing` has no meaning here.
    """
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version, slot_ids=())
    require_transition(row.status, AppointmentStatus.NOSHOW)
    if now < row.starts_at:
        raise InvalidTransition(NOT_YET, from_status=row.status.value)
    release(
        session,
        principal,
        appointment_ids=[row.id],
        action="no-show",
        reason=None,
        from_status=row.status,
        to_status=AppointmentStatus.NOSHOW,
        now=now,
    )
    body = row.body(status=AppointmentStatus.NOSHOW, version=row.version + 1)
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, row.change(principal.clinic_id, version=row.version + 1))

"""`arrive`: the patient is there, in time or, after a no-show, late but on the day."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.come_back import come_back
from app.services.booking.idempotency import require_new
from app.services.booking.locks import Overtaken
from app.services.booking.read import AppointmentRow, require_visit
from app.services.booking.status import require_transition
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit, require_same_day
from models.appointments import AppointmentStatus
from models.principal import Principal


def arrive(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Note that the patient has come; the answer is the API's 200. Also for a kiosk at its own location.

    A late arrival claims its place again, on the appointment's own day, and raises what a hold would when it is
    taken. Raises AppointmentNotFound, StaleVersion, InvalidTransition. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    seen = require_visit(session, principal, appointment_id=appointment_id, version=version, at_kiosk=True)
    if seen.status is AppointmentStatus.NOSHOW:
        return _arrive_late(session, principal, seen, key=key, now=now)
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version, at_kiosk=True)
    if row.status is not seen.status:
        raise Overtaken
    require_transition(row.status, AppointmentStatus.ARRIVED)
    step = Step(action="arrive", to_status=AppointmentStatus.ARRIVED, stamp="arrived_at", event="appointment.arrived")
    return answer_step(session, principal, row, step, key=key, now=now)


def _arrive_late(
    session: Session, principal: Principal, row: AppointmentRow, *, key: RequestKey, now: datetime
) -> Answer:
    require_same_day(row, row.starts_at, now=now)
    step = Step(
        action="arrive",
        to_status=AppointmentStatus.ARRIVED,
        stamp="arrived_at",
        cleared=("noshow_at",),
        event="appointment.arrived",
    )
    return come_back(session, principal, row, step, key=key, now=now)

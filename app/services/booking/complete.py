"""`complete`: the visit is over."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.status import require_transition
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit
from models.appointments import AppointmentStatus
from models.principal import Principal

STEP = Step(
    action="complete", to_status=AppointmentStatus.FULFILLED, stamp="fulfilled_at", event="appointment.completed"
)


def complete(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """End the visit of a checked-in patient; the answer is the API's 200.

    Raises AppointmentNotFound, StaleVersion, InvalidTransition. `clearing` has no meaning here.
    """
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version)
    require_transition(row.status, STEP.to_status)
    return answer_step(session, principal, row, STEP, key=key, now=now)

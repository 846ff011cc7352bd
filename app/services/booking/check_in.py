"""`check_in`: who has arrived is ready to be seen, when nothing is outstanding."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.booking.status import require_transition
from app.services.booking.step import Step, answer_step
from app.services.booking.visiting import open_visit
from models.appointments import AppointmentStatus
from models.principal import Principal

STEP = Step(action="check-in", to_status=AppointmentStatus.CHECKED_IN, stamp="checked_in_at")


def check_in(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Check an arrived patient in; the answer is the API's 200. Also for a kiosk at its own location.

    Raises AppointmentNotFound, StaleVersion, InvalidTransition. `clearing` has no meaning here.
    """
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version, at_kiosk=True)
    require_transition(row.status, STEP.to_status)
    return answer_step(session, principal, row, STEP, key=key, now=now)

"""`leave_room`: who is in a room waits again, from whichever room and however many there were."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidTransition
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.status import require_status
from app.services.booking.step import answer_step
from app.services.booking.undo import out_of_rooms
from app.services.booking.visiting import open_visit
from models.appointments import AppointmentStatus
from models.principal import Principal


def leave_room(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Bring a patient from a room back to the waiting room; the answer is the API's 200.

    Raises AppointmentNotFound, StaleVersion, InvalidTransition unless in a room. `clearing` has no meaning here.
    """
    row = open_visit(session, principal, appointment_id=appointment_id, key=key, version=version)
    require_status(row.status, wanted=AppointmentStatus.CHECKED_IN)
    if row.roomed_at is None:
        raise InvalidTransition(from_status=row.status.value)
    return answer_step(session, principal, row, out_of_rooms(row), key=key, now=now)

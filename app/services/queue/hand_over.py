"""`hand_over`: another practitioner takes the patient who waits; the appointment's own time and place stay.

The day's plan is moved with `reschedule`: handing over says only who calls this number from now on.
"""

from dataclasses import replace
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.booking.answer import Answer, RequestKey
from app.services.queue.tickets import change_ticket, open_ticket
from app.words import N_
from models.db import first_row
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.WAITING, T.CALLED, T.PARKED, T.MISSED})
NOT_HERE = N_("This practitioner does not work here.")
WORKS_HERE: LiteralString = """
SELECT 1 FROM practitioners p
 WHERE p.clinic_id = %(clinic_id)s::uuid AND p.id = %(practitioner_id)s::uuid AND p.is_active
   AND EXISTS (SELECT 1 FROM schedules s WHERE s.clinic_id = p.clinic_id AND s.practitioner_id = p.id
                  AND s.location_id = %(location_id)s::uuid)
"""


def hand_over(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    practitioner_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Let a number wait for another practitioner of the location; who was called already waits again.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved, InvalidField. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    asked = {"clinic_id": principal.clinic_id, "location_id": ticket.location_id, "practitioner_id": practitioner_id}
    if first_row(session, WORKS_HERE, asked) is None:
        raise InvalidField("practitioner_id", NOT_HERE)
    is_called = ticket.state is T.CALLED
    after = replace(ticket, practitioner_id=practitioner_id, state=T.WAITING if is_called else ticket.state)
    after = replace(after, before=ticket.state if is_called else ticket.before)
    return change_ticket(session, principal, ticket, after, action="queue-hand-over", key=key, now=now)

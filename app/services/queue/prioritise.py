"""`prioritise`: this one is urgent and comes first, or is not any more."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.queue.tickets import change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.WAITING, T.PARKED, T.MISSED})


def prioritise(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    is_urgent: bool,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Put a number before all who are not urgent, or back to its own place.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    after = replace(ticket, priority=int(is_urgent))
    return change_ticket(session, principal, ticket, after, action="queue-priority", key=key, now=now)

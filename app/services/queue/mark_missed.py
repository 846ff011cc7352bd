"""`mark_missed`: the number was called and nobody came; the appointment stays as it is."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.queue.tickets import change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.CALLED})


def mark_missed(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Note that a called number did not come to the room; it can be called again or wait again.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    after = replace(ticket, state=T.MISSED, before=ticket.state)
    return change_ticket(session, principal, ticket, after, action="queue-missed", key=key, now=now)

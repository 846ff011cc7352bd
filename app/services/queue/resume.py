"""`resume`: who was set aside or missed waits again, at the place that the rule gives them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.queue.tickets import change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.PARKED, T.MISSED})


def resume(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Put a number back into the line.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    after = replace(ticket, state=T.WAITING, before=ticket.state)
    return change_ticket(session, principal, ticket, after, action="queue-resume", key=key, now=now)

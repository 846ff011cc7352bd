"""`park`: somebody waits for something else first (a form, a sample) and is not called meanwhile."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.queue.tickets import change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.WAITING, T.CALLED, T.MISSED})


def park(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Set a number aside; it keeps its place in line for when it resumes.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    after = replace(ticket, state=T.PARKED, before=ticket.state)
    return change_ticket(session, principal, ticket, after, action="queue-park", key=key, now=now)

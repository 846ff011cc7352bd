"""`recall`: the number is called once more, where it was called to."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.queue.tickets import called, change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.CALLED})


def recall(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Call a number again; the ticket counts how often.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    after = called(ticket, principal, to=ticket.called_to or "", room_id=ticket.room_id, now=now)
    return change_ticket(session, principal, ticket, after, action="queue-recall", key=key, now=now)

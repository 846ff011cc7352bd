"""`call`: this one is called, whoever else waits."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey
from app.services.queue.calling import Target, where_to
from app.services.queue.tickets import called, change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

ALLOWED = frozenset({T.WAITING, T.PARKED, T.MISSED})


def call(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    target: Target | None = None,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Call one number to a room or the reception, out of turn if need be; the answer is the ticket.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved, InvalidField for an unknown room. `clearing` has
    no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    to, room_id = where_to(session, principal.clinic_id, ticket, target or Target())
    after = called(ticket, principal, to=to, room_id=room_id, now=now)
    return change_ticket(session, principal, ticket, after, action="queue-call", key=key, now=now)

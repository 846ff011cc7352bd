"""`undo_queue`: one step back of what was done to a number: called, set aside, missed, waiting again."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.errors import TicketMoved
from app.services.booking.answer import Answer, RequestKey
from app.services.booking.undo import NOTHING_TO_UNDO
from app.services.queue.tickets import Ticket, change_ticket, open_ticket
from models.principal import Principal
from models.queue import TicketState as T

# Where the ticket follows the appointment, the appointment's own step is undone instead.
ALLOWED = frozenset({T.WAITING, T.CALLED, T.PARKED, T.MISSED})


def undo_queue(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Bring a number back to where it stood before its last step; a second undo has nothing left.

    Raises NotPermitted, TicketNotFound, StaleVersion, TicketMoved. `clearing` has no meaning here.
    """
    ticket = open_ticket(session, principal, ticket_id=ticket_id, version=version, key=key, allowed=ALLOWED)
    after = _step_back(ticket)
    return change_ticket(session, principal, ticket, after, action="queue-undo", key=key, now=now)


def _step_back(ticket: Ticket) -> Ticket:
    if ticket.before is None:
        raise TicketMoved(NOTHING_TO_UNDO)
    after = replace(ticket, state=ticket.before, before=None)
    if ticket.state is not T.CALLED:
        return after
    # A call that was taken back was none: the display forgets it.
    calls = ticket.calls - 1
    if after.state in ALLOWED - {T.CALLED} and calls <= 0:
        return replace(after, calls=0, called_at=None, called_by=None, called_to=None, room_id=None)
    return replace(after, calls=max(0, calls))

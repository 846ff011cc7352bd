"""A ticket as the verbs of the queue see it: locked, checked, changed with its audit row, and answered."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import StaleVersion, TicketMoved, TicketNotFound
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.answer import Answer, Change, RequestKey
from app.services.booking.idempotency import keep, require_new
from models.db import execute, first_row
from models.principal import Principal
from models.queue import TicketState as T

COLUMNS: LiteralString = """
t.id, t.location_id, t.on_date, t.number, t.appointment_id, t.practitioner_id, t.is_walk_in, t.priority, t.state,
t.before, t.since_at, t.called_at, t.called_by, t.called_to, t.calls, t.room_id, t.version, a.patient_id
"""
JOINED: LiteralString = """
  FROM queue_tickets t JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
"""
LOCK: LiteralString = (
    "SELECT "
    + COLUMNS
    + JOINED
    + " WHERE t.clinic_id = %(clinic_id)s::uuid AND t.id = %(id)s::uuid FOR NO KEY UPDATE OF t"
)
CHANGE: LiteralString = """
UPDATE queue_tickets
   SET practitioner_id = %(practitioner_id)s, priority = %(priority)s, state = %(state)s, before = %(before)s,
       called_at = %(called_at)s, called_by = %(called_by)s, called_to = %(called_to)s, calls = %(calls)s,
       room_id = %(room_id)s, version = version + 1
 WHERE clinic_id = %(clinic_id)s AND id = %(id)s
"""
CHANGED = ("practitioner_id", "priority", "state", "before", "called_at", "called_by", "called_to", "calls", "room_id")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One number of a location's day, and the patient behind it."""

    id: UUID
    location_id: UUID
    on_date: date
    number: int
    appointment_id: UUID
    practitioner_id: UUID
    is_walk_in: bool
    priority: int
    state: T
    before: T | None
    since_at: datetime
    called_at: datetime | None
    called_by: str | None
    called_to: str | None
    calls: int
    room_id: UUID | None
    version: int
    patient_id: UUID


def ticket_of(columns: tuple[Any, ...]) -> Ticket:
    """Make a ticket from `COLUMNS`."""
    ticket = Ticket(*columns)
    return replace(ticket, state=T(ticket.state), before=T(ticket.before) if ticket.before else None)


def open_ticket(
    session: Session,
    principal: Principal,
    *,
    ticket_id: UUID,
    version: int | None,
    key: RequestKey,
    allowed: frozenset[T],
) -> Ticket:
    """Lock a ticket that is in one of the allowed states and return it; leaves with the kept answer of the key.

    Raises NotPermitted, TicketNotFound, StaleVersion when it is not the version that was seen, TicketMoved.
    """
    require(principal, Permission.QUEUE_WRITE)
    found = first_row(session, LOCK, {"clinic_id": principal.clinic_id, "id": ticket_id})
    require_new(session, principal.clinic_id, key)
    if found is None:
        raise TicketNotFound()
    ticket = ticket_of(found)
    require(principal, Permission.QUEUE_WRITE, location_id=ticket.location_id)
    if version is not None and version != ticket.version:
        raise StaleVersion(version=ticket.version)
    if ticket.state not in allowed:
        raise TicketMoved(state=ticket.state.value)
    return ticket


def change_ticket(
    session: Session,
    principal: Principal,
    before: Ticket,
    after: Ticket,
    *,
    action: str,
    key: RequestKey,
    now: datetime,
) -> Answer:
    """Write a locked ticket as it shall be, with its audit row, and keep the answer."""
    values = {name: getattr(after, name) for name in CHANGED}
    execute(session, CHANGE, {"clinic_id": principal.clinic_id, "id": before.id, **values})
    record(
        session,
        principal,
        action=action,
        object_kind="ticket",
        object_id=before.id,
        from_status=before.state.value,
        to_status=after.state.value,
        detail=_told(before, after),
        now=now,
    )
    made = replace(after, version=before.version + 1)
    body = ticket_body(made)
    keep(session, principal.clinic_id, key, status=200, body=body, now=now)
    return Answer(200, body, also=(_change(principal.clinic_id, made),))


def called(ticket: Ticket, principal: Principal, *, to: str, room_id: UUID | None, now: datetime) -> Ticket:
    """Return the ticket as it is once its number is called to a room, or to the reception when `to` is empty."""
    return replace(
        ticket,
        state=T.CALLED,
        before=ticket.state if ticket.state is not T.CALLED else ticket.before,
        called_at=now,
        called_by=principal.actor,
        called_to=to,
        room_id=room_id,
        calls=ticket.calls + 1,
    )


def ticket_body(ticket: Ticket) -> dict[str, Any]:
    """Return what a verb answers."""
    return {
        "id": str(ticket.id),
        "appointment_id": str(ticket.appointment_id),
        "number": ticket.number,
        "status": ticket.state.value,
        "practitioner_id": str(ticket.practitioner_id),
        "priority": ticket.priority,
        "calls": ticket.calls,
        "called_to": ticket.called_to or "",
        "version": ticket.version,
    }


def _told(before: Ticket, after: Ticket) -> dict[str, Any]:
    told: dict[str, Any] = {"appointment_id": str(before.appointment_id), "number": before.number}
    if before.practitioner_id != after.practitioner_id:
        told |= {"from": str(before.practitioner_id), "to": str(after.practitioner_id)}
    if before.priority != after.priority:
        told["priority"] = after.priority
    return told


def _change(clinic_id: UUID, ticket: Ticket) -> Change:
    return Change(
        clinic_id, ticket.location_id, ticket.practitioner_id, ticket.patient_id, ticket.on_date, ticket.version
    )

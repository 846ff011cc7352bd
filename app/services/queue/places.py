"""What a desk chooses from: its locations, their rooms, and the number that somebody who came was given."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import TicketNotFound
from app.services.accounts.permissions import Permission, require
from app.services.places import Place, place_for, places_for
from models.db import first_row, rows
from models.principal import Principal

ROOMS: LiteralString = """
SELECT id, name FROM rooms
 WHERE clinic_id = %(clinic_id)s AND location_id = %(location_id)s AND is_active ORDER BY name, id
"""
STAFF: LiteralString = """
SELECT DISTINCT p.id, p.display_name FROM practitioners p
  JOIN schedules s ON s.clinic_id = p.clinic_id AND s.practitioner_id = p.id AND s.is_active
 WHERE p.clinic_id = %(clinic_id)s AND s.location_id = %(location_id)s AND p.is_active ORDER BY p.display_name, p.id
"""
OF_WHOM: LiteralString = """
SELECT practitioner_id FROM queue_tickets WHERE clinic_id = %(clinic_id)s AND id = %(ticket_id)s
"""
NUMBER: LiteralString = """
SELECT number FROM queue_tickets WHERE clinic_id = %(clinic_id)s AND appointment_id = %(appointment_id)s
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A room or a practitioner to choose."""

    id: UUID
    name: str


def queue_places(session: Session, principal: Principal) -> list[Place]:
    """Return the locations whose queues the actor may see."""
    return places_for(session, principal, permission=Permission.QUEUE_READ)


def queue_place(session: Session, principal: Principal, *, location_id: UUID) -> Place:
    """Return one location; raises NotPermitted for another's desk, NotFound when there is none."""
    return place_for(session, principal, permission=Permission.QUEUE_READ, location_id=location_id)


def choices(session: Session, principal: Principal, *, location_id: UUID) -> tuple[list[Named], list[Named]]:
    """Return the location's rooms, and the practitioners who work there."""
    require(principal, Permission.QUEUE_READ, location_id=location_id)
    asked = {"clinic_id": principal.clinic_id, "location_id": location_id}
    return [Named(*row) for row in rows(session, ROOMS, asked)], [Named(*row) for row in rows(session, STAFF, asked)]


def number_of(session: Session, principal: Principal, *, appointment_id: UUID) -> int:
    """Return the number of somebody who has come, 0 without one."""
    require(principal, Permission.QUEUE_READ)
    found = first_row(session, NUMBER, {"clinic_id": principal.clinic_id, "appointment_id": appointment_id})
    return int(found[0]) if found else 0


def practitioner_of(session: Session, principal: Principal, *, ticket_id: UUID) -> UUID:
    """Return who is to see the patient with a number; raises TicketNotFound."""
    require(principal, Permission.QUEUE_READ)
    found = first_row(session, OF_WHOM, {"clinic_id": principal.clinic_id, "ticket_id": ticket_id})
    if found is None:
        raise TicketNotFound
    practitioner_id: UUID = found[0]
    return practitioner_id

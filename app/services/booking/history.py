"""`history`: everything that happened to one appointment: what, who, when, why, and where it stood before a move."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.audit.record import viewed
from app.services.booking.read import get_appointment
from models.db import rows
from models.principal import ActorKind, Principal

# Changes only: who looked is the audit's to tell. Ids are made in the order of time, within one instant too.
CHANGES: LiteralString = """
SELECT at, actor, action, from_status, to_status, reason, detail FROM audit_events
 WHERE clinic_id = %(clinic_id)s::uuid AND object_id = %(id)s::uuid AND object_kind = 'appointment'
   AND to_status IS NOT NULL
 ORDER BY at, id
"""
USERS: LiteralString = "SELECT id, display_name FROM users WHERE id = ANY(%(ids)s::uuid[])"
API_CLIENTS: LiteralString = "SELECT id, name FROM api_clients WHERE id = ANY(%(ids)s::uuid[])"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an appointment stood: before or after a move."""

    slot_id: UUID
    starts_at: datetime
    practitioner_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change. `actor_kind` as in models/principal.py; the name where it is known and the reader may know it."""

    at: datetime
    action: str
    actor_kind: str
    actor_name: str | None
    from_status: str | None
    to_status: str
    reason: str | None
    moved_from: Place | None
    moved_to: Place | None
    # Of what was booked as a part of a series.
    series_id: UUID | None = None


def history(session: Session, principal: Principal, *, appointment_id: UUID, now: datetime) -> list[HistoryEntry]:
    """Return the changes of one appointment, the first one first, and write down that they were seen.

    Who only made the appointment hears what happened and when, but neither staff's names nor their reasons. Raises
    AppointmentNotFound also for one that the caller may not see.
    """
    row = get_appointment(session, principal, appointment_id=appointment_id)
    viewed(session, principal, object_kind="appointment", object_id=row.id, now=now)
    found = rows(session, CHANGES, {"clinic_id": principal.clinic_id, "id": row.id})
    is_staff = principal.may(Permission.APPOINTMENTS_READ)
    names = names_of(session, {actor for _, actor, *_ in found}) if is_staff else {}
    return [_entry(change, names=names, is_staff=is_staff) for change in found]


def _entry(change: tuple[Any, ...], *, names: dict[str, str], is_staff: bool) -> HistoryEntry:
    at, actor, action, from_status, to_status, reason, detail = change
    places = detail or {}
    return HistoryEntry(
        at=at,
        action=action,
        actor_kind=actor.partition(":")[0],
        actor_name=names.get(actor),
        from_status=from_status,
        to_status=to_status,
        reason=reason if is_staff else None,
        moved_from=_place(places.get("old")),
        moved_to=_place(places.get("new")),
        series_id=UUID(places["series_id"]) if "series_id" in places else None,
    )


def _place(kept: dict[str, str] | None) -> Place | None:
    if kept is None:
        return None
    return Place(
        slot_id=UUID(kept["slot_id"]),
        starts_at=datetime.fromisoformat(kept["start"]),
        practitioner_id=UUID(kept["practitioner_id"]),
        location_id=UUID(kept["location_id"]),
    )


def names_of(session: Session, actors: Collection[str]) -> dict[str, str]:
    """Return the names of the people and programs among the actors."""
    found: dict[str, str] = {}
    for kind, statement in ((ActorKind.USER, USERS), (ActorKind.API_CLIENT, API_CLIENTS)):
        ids = [one for actor in actors if (one := _id_of(actor, kind)) is not None]
        if ids:
            found |= {f"{kind.value}:{one}": name for one, name in rows(session, statement, {"ids": ids})}
    return found


def _id_of(actor: str, kind: ActorKind) -> UUID | None:
    """Return the id in an actor of this kind; what loaded the data is no row of any table."""
    said_kind, _, said_id = actor.partition(":")
    try:
        return UUID(said_id) if said_kind == kind.value else None
    except ValueError:
        return None

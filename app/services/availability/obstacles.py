"""What may stand in the way of visits whose slots are free: the practitioner elsewhere, no room, no device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.free_slots import FreeSlot
from app.services.availability.occupied import (
    FREE,
    OF_DEVICES,
    OF_ROOMS,
    Occupied,
    occupied_patient,
    occupied_places,
    occupied_practitioners,
)
from app.services.availability.terms import Terms
from app.services.booking.visit import Visit

# A patient shares no session with themselves.
NO_SLOT = UUID(int=0)
ByLocation = Mapping[UUID, list[Occupied]]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The occupied time of all that some visits need; rooms or devices are None when the service needs none."""

    practitioners: Mapping[UUID, Occupied]
    rooms: ByLocation | None
    devices: ByLocation | None
    # Known only when an appointment is moved.
    patient: Occupied | None = None

    def admit(self, visit: Visit, first: FreeSlot) -> bool:
        """Tell whether the practitioner and one room and one device of the wanted kinds are free, and the patient."""
        practitioner = self.practitioners.get(first.practitioner_id, FREE)
        return (
            practitioner.admits(visit, slot_id=first.id)
            and _one_admits(self.rooms, visit, first)
            and _one_admits(self.devices, visit, first)
            and (self.patient is None or self.patient.admits(_without_buffers(visit), slot_id=NO_SLOT))
        )


def obstacles_of(session: Session, terms: Terms, *, slots: Sequence[FreeSlot], visits: Sequence[Visit]) -> Obstacles:
    """Read what occupies the practitioners, rooms and devices of some visits; one statement for each of them."""
    span = (min(v.occupies_from for v in visits), max(v.occupies_until for v in visits))
    location_ids = {slot.location_id for slot in slots}

    def places(statement: LiteralString, kind: str | None) -> ByLocation | None:
        if kind is None:
            return None
        return occupied_places(
            session,
            statement,
            terms.clinic_id,
            kind=kind,
            location_ids=location_ids,
            span=span,
            now=terms.now,
            moving_id=terms.moving_id,
        )

    return Obstacles(
        practitioners=occupied_practitioners(
            session,
            terms.clinic_id,
            practitioner_ids={slot.practitioner_id for slot in slots},
            span=span,
            now=terms.now,
            moving_id=terms.moving_id,
        ),
        rooms=places(OF_ROOMS, terms.room_kind),
        devices=places(OF_DEVICES, terms.device_kind),
        patient=_patient(session, terms, span=span),
    )


def _patient(session: Session, terms: Terms, *, span: tuple[datetime, datetime]) -> Occupied | None:
    if terms.moving is None:
        return None
    return occupied_patient(session, terms.clinic_id, moving=terms.moving, span=span, now=terms.now)


def _without_buffers(visit: Visit) -> Visit:
    return visit._replace(occupies_from=visit.starts_at, occupies_until=visit.ends_at)


def _one_admits(places: ByLocation | None, visit: Visit, first: FreeSlot) -> bool:
    if places is None:
        return True
    return any(place.admits(visit, slot_id=first.id) for place in places.get(first.location_id, ()))

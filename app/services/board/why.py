"""Why a moved appointment cannot stand somewhere, in the words of `explain`, for the pointer that holds it there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.availability.explain import explain
from app.services.booking.read import get_appointment
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One rule in the way: its sentence, looked up in the reader's language, and the numbers in it."""

    sentence: str
    values: dict[str, Any]


def why_not(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    practitioner_id: UUID,
    location_id: UUID,
    starts_at: datetime,
    now: datetime,
) -> list[Obstacle]:
    """Return every rule that keeps a reschedule of this appointment from this start. Raises what `explain` raises."""
    moved = get_appointment(session, principal, appointment_id=appointment_id)
    found = explain(
        session,
        principal,
        service_id=moved.service_id,
        practitioner_id=practitioner_id,
        location_id=location_id,
        starts_at=starts_at,
        patient_id=moved.patient_id,
        moving=moved.id,
        now=now,
    )
    return [Obstacle(reason.sentence, dict(reason.values)) for reason in found.reasons]

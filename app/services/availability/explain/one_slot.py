"""Why a start that a caller chose by its slot cannot be held."""

from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.explain.one_time import explain
from app.services.availability.explain.reasons import Reason
from models.db import first_row
from models.principal import Principal

SLOT: LiteralString = """
SELECT s.practitioner_id, s.location_id, s.starts_at, v.buffer_before_minutes
  FROM slots s JOIN services v ON v.clinic_id = s.clinic_id AND v.id = %(service_id)s::uuid
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id = %(slot_id)s::uuid
"""


def blocking(
    session: Session,
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    patient_id: UUID | None,
    moving: UUID | None = None,
    now: datetime,
) -> list[Reason]:
    """Return what keeps a visit from beginning with the slot; nothing for an unknown one. Raises as `explain` does."""
    asked = {"clinic_id": principal.clinic_id, "slot_id": slot_id, "service_id": service_id}
    found = first_row(session, SLOT, asked)
    if found is None:
        return []
    practitioner_id, location_id, starts_at, buffer_before = found
    explanation = explain(
        session,
        principal,
        service_id=service_id,
        practitioner_id=practitioner_id,
        starts_at=starts_at + timedelta(minutes=buffer_before),
        location_id=location_id,
        patient_id=patient_id,
        moving=moving,
        now=now,
    )
    return explanation.reasons

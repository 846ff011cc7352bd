"""`alternatives` on a refusal: other starts that can be had, found after the transaction that said no has ended."""

from typing import Any
from uuid import UUID

from app.api.answers import is_guest
from app.api.slots import slot_body
from app.errors import (
    ClinicError,
    DeviceUnavailable,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
)
from app.infra.door import api_door
from app.infra.executor import run
from app.services.booking.alternatives import alternatives
from app.services.clock import utc_now
from models.db import transaction
from models.principal import Principal

# The refusals that another start may lift.
TAKEN = (SlotUnavailable, PatientOverlap, PractitionerOverlap, RoomUnavailable, DeviceUnavailable)


async def add_alternatives(
    refusal: ClinicError,
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    patient_id: UUID | None,
    moving: UUID | None = None,
) -> None:
    """Put up to three other starts on a refusal of a hold, or of a reschedule for the appointment that is moved.

    When they cannot be found now, the refusal stands without them; nor does anybody wait for them a second time, with
    others behind, while there is a crowd.
    """
    if api_door().is_pressed:
        refusal.details = {**refusal.details, "alternatives": []}
        return
    # What a guest's person is busy with is nothing that a guest may hear.
    known_patient = None if is_guest(principal) else patient_id
    try:
        wanted = {"slot_id": slot_id, "service_id": service_id, "patient_id": known_patient, "moving": moving}
        found = await run(_found, principal, **wanted)
    except ClinicError:
        found = []
    refusal.details = {**refusal.details, "alternatives": found}


def _found(principal: Principal, **wanted: Any) -> list[dict[str, Any]]:
    with transaction(principal) as session:
        return [slot_body(start) for start in alternatives(session, principal, **wanted, now=utc_now())]

"""How plans of series leave: what would be booked or moved, or why not and what is near."""

from typing import Any

from app.api.answers import instant
from app.api.slots import slot_body
from app.services.series.plan import Planned
from app.services.series.plan_move import PlannedMove
from app.services.series.takes import local_text


def planned_body(planned: Planned) -> dict[str, Any]:
    """Return one time of a series that is not booked yet."""
    offer, conflict = planned.offer, planned.conflict
    return {
        "number": planned.occurrence.number,
        "local": local_text(planned.occurrence.starts_local),
        "slot_id": str(offer.slot_id) if offer else None,
        "start": instant(offer.starts_at) if offer else None,
        "end": instant(offer.ends_at) if offer else None,
        "code": conflict.code if conflict else None,
        "detail": conflict.message if conflict else None,
        "alternatives": [slot_body(start) for start in planned.alternatives],
    }


def move_body(planned: PlannedMove) -> dict[str, Any]:
    """Return where one appointment of a series would go."""
    target, conflict = planned.target, planned.conflict
    slot_id = target.slot_id if conflict is None else None
    return {
        "number": target.member.number,
        "appointment_id": str(target.member.row.id),
        "from_local": local_text(target.member.row.starts_local),
        "local": local_text(target.occurrence.starts_local),
        "slot_id": str(slot_id) if slot_id else None,
        "code": conflict.refusal.code if conflict else None,
        "detail": str(conflict.refusal) if conflict else None,
        "alternatives": [slot_body(start) for start in planned.alternatives],
    }

"""After the commit: tell the boards what changed and drop the copies that are stale now. Never fails a booking."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.infra import live
from app.infra.cache import cache
from app.infra.cache_keys import touched_by_booking
from app.services.booking.answer import Change


def announce(changes: Sequence[Change]) -> None:
    """Publish each changed board day once, and drop the cached starts with those concerned."""
    boards: defaultdict[tuple[UUID, UUID, date], set[UUID]] = defaultdict(set)
    for change in changes:
        boards[change.clinic_id, change.location_id, change.day].add(change.practitioner_id)
    for board, whose in boards.items():
        live.publish(*board, max(change.version for change in changes), whose=whose)
    cache().drop(
        {
            group
            for change in changes
            for group in touched_by_booking(change.clinic_id, practitioner_id=change.practitioner_id)
        }
    )

"""Where the practitioner says to be late: at one of their own locations, for today."""

from datetime import datetime
from uuid import UUID

from app.services.own_day.me import require_me
from app.services.queue.late import SaidLate, tell_late
from models.db import transaction
from models.principal import Principal


def say_own_late(
    principal: Principal, *, location_id: UUID, minutes: int, now: datetime, expected: int | None = None
) -> SaidLate:
    """Say by how many minutes the actor is late at a location today; 0 takes it back. Raises what `say_late` raises."""
    with transaction(principal) as session:
        me = require_me(session, principal)
    return tell_late(
        principal, practitioner_id=me.id, location_id=location_id, minutes=minutes, now=now, expected=expected
    )

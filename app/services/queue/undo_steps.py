"""`undo_steps`: all the way back over what one press did to a visit, or not at all."""

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.idempotency import require_new
from app.services.booking.undo import undo
from models.principal import Principal


def undo_steps(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    steps: int = 1,
    clearing: bool = False,
) -> Answer:
    """Go back over so many steps of a visit in one transaction: who came, was checked in and roomed is not here again.

    Raises what `undo` raises. `clearing` has no meaning here.
    """
    require_new(session, principal.clinic_id, key)
    back = partial(undo, session, principal, appointment_id=appointment_id, now=now)
    for _ in range(steps - 1):
        version = back(key=single_use_key(principal, "undo-step"), version=version).body["version"]
    return back(key=key, version=version)

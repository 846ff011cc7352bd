"""The displaced worklist's verbs as the desk calls them: each in its own transactions, and every board is told."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from app.infra.live import publish_clinic
from app.services.booking.answer import Answer, Left
from app.services.booking.once import once
from app.services.booking.reschedule_many import Move
from app.services.displaced.calls import mark_called
from app.services.displaced.reseat import reseat
from app.services.displaced.settle import cancel_displaced, keep_displaced
from app.services.displaced.undo import undo_keep, undo_reseat
from models.db import transaction
from models.principal import Principal


def move(principal: Principal, *, moves: Sequence[Move], now: datetime) -> Answer:
    """Move displaced appointments, all or none; `left` of the answer is what takes it back. Raises as `reseat`."""
    return once(principal, partial(reseat, moves=moves), name="worklist-reseat", now=now)


def undo(principal: Principal, *, left: Sequence[Left], now: datetime) -> Answer:
    """Take back a move or a cancellation, for all or none. Raises as `undo_reseat`."""
    return once(principal, partial(undo_reseat, left=left), name="worklist-undo", now=now)


def keep(principal: Principal, *, appointment_id: UUID, now: datetime) -> bool:
    """Leave an appointment where it is; False when it was not on the list any more. Raises as `keep_displaced`."""
    with transaction(principal) as session:
        is_kept = keep_displaced(session, principal, appointment_id=appointment_id, now=now)
    publish_clinic(principal.clinic_id)
    return is_kept


def list_again(principal: Principal, *, appointment_id: UUID, now: datetime) -> None:
    """Take back that an appointment was kept where it is. Raises as `undo_keep`."""
    with transaction(principal) as session:
        undo_keep(session, principal, appointment_id=appointment_id, now=now)
    publish_clinic(principal.clinic_id)


def tick_called(principal: Principal, *, row_id: UUID, is_called: bool, now: datetime) -> bool:
    """Tick that somebody was called, or take the tick back. Raises as `mark_called`."""
    with transaction(principal) as session:
        is_changed = mark_called(session, principal, row_id=row_id, is_called=is_called, now=now)
    publish_clinic(principal.clinic_id)
    return is_changed


def cancel(principal: Principal, *, appointment_id: UUID, now: datetime) -> Answer:
    """Cancel a displaced appointment; `left` of the answer is what takes it back. Raises as `cancel_displaced`."""
    return once(principal, partial(cancel_displaced, appointment_id=appointment_id), name="worklist-cancel", now=now)

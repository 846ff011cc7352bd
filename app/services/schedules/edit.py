"""What every edit of schedules ends with, and the two ways to call one: for real, and as a preview.

change_schedules(principal, partial(add_leave, principal=principal, practitioner_id=..., ..., now=now))
with transaction(principal) as session:
    effect = preview(session, principal, partial(add_leave, principal=principal, ..., now=now), now=now)
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.infra import live
from app.infra.cache import cache
from app.infra.cache_keys import touched_by_booking
from app.services.audit.record import record, viewed
from app.services.booking.once import edit_once
from app.services.schedules.effect import Effect, Outcome
from app.services.schedules.reconcile import reconcile
from app.services.schedules.span import Days
from models.db import DatabaseRole
from models.principal import Principal

Edit = Callable[[Session], Outcome]


def change_schedules(principal: Principal, edit: Edit, *, role: DatabaseRole = DatabaseRole.APP) -> Outcome:
    """Make one edit with its reconciliation in one transaction, then tell the boards and drop stale starts.

    Run again after a deadlock or a lost connection, unless it was committed already. Raises what `edit_once` raises.
    """
    outcome = edit_once(principal, edit, name="schedules", role=role)
    tell(principal.clinic_id, outcome)
    return outcome


def preview(session: Session, principal: Principal, edit: Edit, *, now: datetime) -> Effect:
    """Return what an edit would do: it is made in a savepoint and undone. Whom it names is kept as seen."""
    savepoint = session.begin_nested()
    try:
        effect = edit(session).effect
    finally:
        savepoint.rollback()
    if effect.displaced:
        seen = [one.appointment_id for one in effect.displaced]
        viewed(session, principal, object_kind="displaced-preview", ids=seen, now=now)
    return effect


def tell(clinic_id: UUID, outcome: Outcome) -> None:
    """After the commit: wake the boards of the changed days and drop the copies of starts that are stale."""
    for day in outcome.effect.days:
        live.publish(clinic_id, day.location_id, day.day, 0)
    cache().drop(
        {
            group
            for practitioner_id in outcome.practitioner_ids
            for group in touched_by_booking(clinic_id, practitioner_id=practitioner_id)
        }
    )


def outcome_of(
    session: Session,
    principal: Principal,
    *,
    action: str,
    object_kind: str,
    entry_id: UUID | None,
    practitioner_ids: Collection[UUID],
    days: tuple[date, date | None] | None = None,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> Outcome:
    """Reconcile what an edit has just written and record both in one audit row, with a row for each displaced."""
    session.flush()
    effect = reconcile(
        session, principal, practitioner_ids=practitioner_ids, days=Days(*days) if days else None, now=now
    )
    counts = {"added": effect.added, "removed": effect.removed, "displaced": len(effect.displaced)}
    record(
        session,
        principal,
        action=action,
        object_kind=object_kind,
        object_id=entry_id,
        detail={**(detail or {}), **counts},
        now=now,
    )
    for one in effect.displaced:
        record(
            session,
            principal,
            action="displace",
            object_kind="displaced-appointment",
            object_id=one.appointment_id,
            reason=one.reason,
            now=now,
        )
    return Outcome(entry_id, effect, frozenset(practitioner_ids))

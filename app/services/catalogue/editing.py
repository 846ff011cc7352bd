"""What every change of a clinic's settings shares: one editor at a time, what they had seen, the audit row, the copies.

change_settings(principal, partial(create_location, principal=principal, fields=..., now=now))

Copies of the catalogue and of open starts are dropped after the commit, never before.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import astuple
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotPermitted, StaleVersion
from app.infra.cache import cache
from app.infra.cache_keys import Kind, catalogue
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.booking.once import edit_once
from app.services.schedules.edit import outcome_of, tell
from app.services.schedules.effect import Effect, Outcome
from models.clinics import Device, Location, Room
from models.db import execute
from models.practitioners import HealthcareService, Practitioner
from models.principal import Principal

# Settings change a few times a day: one lock a clinic makes "the name is free" and "another administrator is left"
# true until the commit. It comes before every lock of timetables.
LOCK_SETTINGS: LiteralString = """
SELECT pg_advisory_xact_lock(hashtextextended('settings:' || %(clinic_id)s::text, 0))
"""
Entry = Location | Room | Device | HealthcareService | Practitioner
KEPT = (Kind.CLINIC, Kind.LOCATIONS, Kind.SERVICES, Kind.PRACTITIONERS)


def change_settings(principal: Principal, edit: Callable[[Session], Outcome]) -> Outcome:
    """Make one change in one transaction, then drop the copies of what it may have changed. Raises as `edit_once`."""
    outcome = edit_once(principal, edit, name="settings")
    cache().drop([catalogue(kind, principal.clinic_id) for kind in KEPT])
    tell(principal.clinic_id, outcome)
    return outcome


def lock_settings(session: Session, clinic_id: UUID) -> None:
    """Wait until nobody else changes this clinic's settings, and keep others waiting until the transaction's end."""
    execute(session, LOCK_SETTINGS, {"clinic_id": clinic_id})


def require_everywhere(principal: Principal, permission: Permission) -> None:
    """Raise NotPermitted unless the permission holds for the whole clinic."""
    require(principal, permission)
    if principal.location_ids is not None:
        raise NotPermitted(permission=permission)


def version_of(view: Any) -> str:
    """Return what changes with every change of an entry: the same words have the same version."""
    return hashlib.sha256(repr(astuple(view)).encode()).hexdigest()[:16]


def require_seen(view: Any, version: str) -> None:
    """Raise StaleVersion when somebody has changed the entry since it was shown; lock the settings before."""
    if version != version_of(view):
        raise StaleVersion(version=version_of(view))


def done(
    session: Session,
    principal: Principal,
    *,
    action: str,
    kind: str,
    entry_id: UUID,
    practitioner_ids: Collection[UUID] = (),
    is_reconciled: bool = False,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> Outcome:
    """Record a change and return its outcome; `is_reconciled` also fits these practitioners' slots to it."""
    session.flush()
    about: dict[str, Any] = {"action": f"{kind}.{action}", "object_kind": kind, "detail": detail, "now": now}
    if is_reconciled and practitioner_ids:
        return outcome_of(session, principal, entry_id=entry_id, practitioner_ids=practitioner_ids, **about)
    record(session, principal, object_id=entry_id, **about)
    return Outcome(entry_id, Effect(), frozenset(practitioner_ids))


def put_in_use(
    session: Session,
    principal: Principal,
    entry: Entry,
    *,
    is_active: bool,
    kind: str,
    practitioner_ids: Collection[UUID] = (),
    is_reconciled: bool = False,
    now: datetime,
) -> Outcome:
    """Retire an entry or use it again, and record which; the rest as in `done`."""
    entry.is_active = is_active
    session.add(entry)
    return done(
        session,
        principal,
        action="reopen" if is_active else "retire",
        kind=kind,
        entry_id=entry.id,
        practitioner_ids=practitioner_ids,
        is_reconciled=is_reconciled,
        now=now,
    )

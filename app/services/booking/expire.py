"""`expire`: holds whose time has run out give their places back, one place each, all slots of a visit or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.booking.answer import Change
from app.services.booking.locks import lock_due_holds
from app.services.booking.release import release
from models.appointments import AppointmentStatus, CancelReason
from models.db import commit_lazily
from models.principal import Principal


def expire_holds(
    session: Session, principal: Principal, *, appointment_ids: Sequence[UUID], now: datetime
) -> list[Change]:
    """Expire those of the given holds that have run out; their slots must be locked. Others are left alone."""
    ended = release(
        session,
        principal,
        appointment_ids=appointment_ids,
        action="expire",
        reason=CancelReason.HOLD_EXPIRED,
        from_status=AppointmentStatus.PENDING,
        only_expired=True,
        now=now,
    )
    return [change_of(principal.clinic_id, row) for row in ended]


def sweep(session: Session, principal: Principal, *, batch: int, now: datetime) -> list[Change]:
    """Expire up to `batch` run-out holds of one clinic in one short transaction; none left means an empty list."""
    require(principal, Permission.APPOINTMENTS_EXPIRE)
    # Swept again after a crash.
    commit_lazily(session)
    due = lock_due_holds(session, principal.clinic_id, batch=batch, now=now)
    return expire_holds(session, principal, appointment_ids=due, now=now) if due else []


def change_of(clinic_id: UUID, row: tuple[Any, ...]) -> Change:
    """Return the board change of one released row (`release.RELEASE`)."""
    _, version, patient_id, practitioner_id, location_id, day = row
    return Change(clinic_id, location_id, practitioner_id, patient_id, day, version)

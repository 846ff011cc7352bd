"""What the verbs of a visit share: lock the appointment, give a kept answer, and look at it under the lock."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import HoldExpired, InvalidTransition
from app.services.booking.answer import RequestKey
from app.services.booking.idempotency import require_new
from app.services.booking.locks import lock_appointment, lock_visits
from app.services.booking.read import AppointmentRow, require_visit
from app.words import N_
from models.appointments import AppointmentStatus, CancelReason
from models.principal import Principal

NOT_THE_SAME_DAY = N_("This is possible only on the same day.")


def open_visit(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    version: int | None,
    at_kiosk: bool = False,
    slot_ids: Collection[UUID] | None = None,
) -> AppointmentRow:
    """Lock an appointment and return it as it stands now; with `slot_ids`, its own slots and those before it.

    Leaves with the kept answer when the key has one. Raises what `require_visit` raises, and Overtaken.
    """
    if slot_ids is None:
        lock_appointment(session, principal.clinic_id, appointment_id)
    else:
        lock_visits(session, principal.clinic_id, [appointment_id], slot_ids=slot_ids)
    require_new(session, principal.clinic_id, key)
    return require_visit(session, principal, appointment_id=appointment_id, version=version, at_kiosk=at_kiosk)


def require_time_left(row: AppointmentRow, *, now: datetime) -> None:
    """Refuse a hold whose time has run out, whether or not it has been ended yet; raises HoldExpired."""
    if row.cancel_reason == CancelReason.HOLD_EXPIRED:
        raise HoldExpired()
    is_unpaid = row.status is AppointmentStatus.PENDING and row.pay_deadline_at is None
    if is_unpaid and row.hold_expires_at is not None and row.hold_expires_at <= now:
        raise HoldExpired()


def require_same_day(row: AppointmentRow, instant: datetime | None, *, now: datetime) -> None:
    """Refuse what is possible only on the local day, at the appointment's location, of the instant given."""
    zone = ZoneInfo(row.timezone)
    if instant is None or instant.astimezone(zone).date() != now.astimezone(zone).date():
        raise InvalidTransition(NOT_THE_SAME_DAY, from_status=row.status.value)

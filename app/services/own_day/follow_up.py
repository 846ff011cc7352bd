"""The next visit, booked before the patient has left: the first free starts in so many weeks, and one of them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField
from app.services.accounts.permissions import Permission, require
from app.services.availability import Start, open_starts
from app.services.booking.answer import Answer, RequestKey, single_use_key
from app.services.booking.cancel import cancel
from app.services.booking.confirm import confirm
from app.services.booking.hold import Wish, hold
from app.services.booking.idempotency import require_new
from app.services.own_day.me import OwnVisit, require_me, require_own
from app.words import N_
from models.appointments import CancelReason, Channel
from models.db import rows
from models.principal import Principal

MOST_STARTS = 12
MOST_WEEKS = 52
# So long is looked for a free start from the wished day on.
LOOK = timedelta(days=28)
WRONG_WEEKS = N_("Give the weeks, from 0 to 52.")
# What one patient at a time can be booked for; a session has its own days.
OFFERED: LiteralString = """
SELECT s.id, s.name, s.duration_minutes
  FROM practitioner_services o JOIN services s ON s.clinic_id = o.clinic_id AND s.id = o.service_id
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.practitioner_id = %(practitioner_id)s::uuid AND s.is_active
   AND s.capacity = 1
 ORDER BY s.name, s.id
"""


@dataclass(frozen=True, slots=True)
class OwnService:
    """A service that the practitioner offers."""

    id: UUID
    name: str
    minutes: int


def own_services(session: Session, principal: Principal) -> list[OwnService]:
    """Return what the actor can be booked for; raises NotPermitted for who is no practitioner."""
    require(principal, Permission.SLOTS_READ)
    asked = {"clinic_id": principal.clinic_id, "practitioner_id": require_me(session, principal).id}
    return [OwnService(*row) for row in rows(session, OFFERED, asked)]


def follow_up_starts(
    session: Session, principal: Principal, *, appointment_id: UUID, service_id: UUID, weeks: int, now: datetime
) -> list[Start]:
    """Return the actor's first free starts at the visit's location, from the same weekday in so many weeks on.

    Raises InvalidField, and what `require_own` raises.
    """
    if not 0 <= weeks <= MOST_WEEKS:
        raise InvalidField("weeks", WRONG_WEEKS)
    visit = require_own(session, principal, appointment_id=appointment_id)
    since = _wished(visit, weeks=weeks, now=now)
    return open_starts(
        session,
        principal,
        service_id=service_id,
        practitioner_id=require_me(session, principal).id,
        location_id=visit.location_id,
        since=since,
        until=since + LOOK,
        now=now,
        limit=MOST_STARTS,
    )


def book_follow_up(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    service_id: UUID,
    slot_id: UUID,
    key: RequestKey,
    now: datetime,
    clearing: bool = False,
) -> Answer:
    """Book a start for the patient of a visit of one's own, at once as the desk does.

    Raises what `require_own`, `hold` and `confirm` raise. Call it through `retry.attempt`.
    """
    require_new(session, principal.clinic_id, key)
    visit = require_own(session, principal, appointment_id=appointment_id)
    require(principal, Permission.APPOINTMENTS_WRITE, location_id=visit.location_id)
    wish = Wish(slot_id, service_id, visit.patient_id, Channel.DESK)
    first = single_use_key(principal, "follow-up-hold")
    held = hold(session, principal, wish=wish, key=first, now=now, clearing=clearing)
    return confirm(session, principal, appointment_id=UUID(str(held.body["id"])), key=key, now=now)


def cancel_follow_up(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    key: RequestKey,
    now: datetime,
    version: int | None = None,
    clearing: bool = False,
) -> Answer:
    """Take a booking back that was made for oneself. Raises what `require_own` and `cancel` raise."""
    require_new(session, principal.clinic_id, key)
    require_own(session, principal, appointment_id=appointment_id)
    reason = CancelReason.CLINIC
    return cancel(session, principal, appointment_id=appointment_id, reason=reason, key=key, now=now, version=version)


def _wished(visit: OwnVisit, *, weeks: int, now: datetime) -> datetime:
    """Return the first instant of the wished day on the location's calendar; of today, what is left."""
    zone = ZoneInfo(visit.timezone)
    day = now.astimezone(zone).date() + timedelta(weeks=weeks)
    return max(now, datetime.combine(day, time(), zone))

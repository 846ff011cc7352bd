"""Which services can begin at a free start: what the pane offers after a click on empty time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import SlotUnavailable
from app.services.accounts.permissions import Permission, require
from app.services.availability.start import Start as Opening
from app.services.availability.starts import open_starts
from app.services.booking.claim import NO_PLACE_BEYOND
from models.db import rows
from models.principal import Principal

LONGEST = timedelta(hours=12)
INSTANT = timedelta(microseconds=1)
# Columns of READ_RUN: whether a slot takes one more beyond its places, or still has one of them.
BEYOND, FREE = 3, 4
READ_RUN: LiteralString = """
SELECT s.id, s.starts_at, s.ends_at, s.status = 'open' AND s.service_id IS NULL AND s.overbooked < s.overbook_limit,
       s.status = 'open' AND s.service_id IS NULL AND s.current_bookings - (
         SELECT count(*) FROM appointment_slots t
           JOIN appointments h ON h.clinic_id = t.clinic_id AND h.id = t.appointment_id
          WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id AND h.status = 'pending'
            AND h.hold_expires_at <= %(now)s AND h.pay_deadline_at IS NULL) < s.max_capacity
  FROM slots s
 WHERE s.clinic_id = %(clinic_id)s AND s.practitioner_id = %(practitioner_id)s AND s.location_id = %(location_id)s
   AND s.starts_at >= %(starts_at)s AND s.starts_at < %(until)s
 ORDER BY s.starts_at
"""
READ_SERVICES: LiteralString = """
SELECT s.id, s.name, s.duration_minutes, s.buffer_before_minutes,
       s.buffer_before_minutes + s.duration_minutes + s.buffer_after_minutes, s.price_amount, s.currency
  FROM practitioner_services o JOIN services s ON s.clinic_id = o.clinic_id AND s.id = o.service_id
 WHERE o.clinic_id = %(clinic_id)s AND o.practitioner_id = %(practitioner_id)s AND s.is_active AND s.capacity = 1
 ORDER BY s.name, s.id
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A service at a start: when the patient's time begins, how long it is, what it costs, whether a hold takes it.

    What does not fit may still be overbooked by this actor, while the limit leaves room.
    """

    service_id: UUID
    name: str
    starts_at: datetime
    minutes: int
    price_amount: int
    currency: str
    fits: bool
    may_overbook: bool


@dataclass(frozen=True, slots=True)
class Start:
    """A free start with the slot that a hold names and the minutes that are free from there."""

    slot_id: UUID
    starts_at: datetime
    free_minutes: int
    offers: list[Offer]


def start_at(
    session: Session,
    principal: Principal,
    *,
    location_id: UUID,
    practitioner_id: UUID,
    starts_at: datetime,
    now: datetime,
    overbooking: bool = False,
) -> Start:
    """Return what could be booked here; raises SlotUnavailable when the start is closed or taken.

    With `overbooking`, by who may, a taken start will do as well, as long as its limit leaves room for one more.
    """
    require(principal, "slots:read", location_id=location_id)
    if overbooking:
        require(principal, Permission.APPOINTMENTS_OVERBOOK, location_id=location_id)
    scope = {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id}
    asked = {**scope, "location_id": location_id, "starts_at": starts_at, "until": starts_at + LONGEST, "now": now}
    slots = rows(session, READ_RUN, asked)
    beyond_minutes = _run(slots, starts_at, column=BEYOND)
    free_minutes = _run(slots, starts_at, column=FREE)
    if overbooking and not (beyond_minutes or free_minutes):
        raise SlotUnavailable(NO_PLACE_BEYOND)
    if not overbooking and not free_minutes:
        raise SlotUnavailable()
    may_overbook = principal.may(Permission.APPOINTMENTS_OVERBOOK)
    offers = [
        Offer(
            *(row[0], row[1], starts_at + timedelta(minutes=row[3]), row[2], row[5], row[6]),
            fits=row[4] <= free_minutes,
            may_overbook=may_overbook and row[4] <= beyond_minutes,
        )
        for row in rows(session, READ_SERVICES, scope)
    ]
    starts = partial(
        open_starts, session, principal, practitioner_id=practitioner_id, location_id=location_id, now=now, limit=1
    )
    return Start(slots[0][0], starts_at, free_minutes, [_judged(offer, starts) for offer in offers])


def _run(slots: Sequence[tuple[Any, ...]], starts_at: datetime, *, column: int) -> int:
    """Return for how many minutes the slots follow each other from the start on, each with a yes in the column."""
    ends_at = starts_at
    for slot in slots:
        if slot[1] != ends_at or not slot[column]:
            break
        ends_at = slot[2]
    return int((ends_at - starts_at).total_seconds() // 60)


def _judged(offer: Offer, starts: Callable[..., list[Opening]]) -> Offer:
    """Ask availability about what the time is long enough for: rooms, devices and other sites decide as well."""
    if not offer.fits:
        return offer
    until = offer.starts_at + INSTANT
    return replace(offer, fits=bool(starts(service_id=offer.service_id, since=offer.starts_at, until=until)))

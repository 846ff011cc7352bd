"""What an explanation looks at, read once for a stretch of time: the offer, the sites, slots and visits.

Every statement narrows by equality and by start (a range overlap is not an index condition under row security):
no visit is longer than 8 hours, no buffer longer than 2, no slot longer than 12.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField
from app.services.availability.occupied import (
    BUT_MOVING,
    OF_DEVICES,
    OF_ROOMS,
    OVERLAPPING,
    RUN_OUT,
    Occupied,
    occupied_places,
)
from app.services.booking.visit import VisitRules
from models.db import first_row, rows

OFFER: LiteralString = """
SELECT v.duration_minutes, v.buffer_before_minutes, v.buffer_after_minutes, v.notice_minutes, v.horizon_days,
       v.id, v.capacity, v.room_kind, v.device_kind, v.is_active, p.id IS NOT NULL, coalesce(p.is_active, false),
       EXISTS (SELECT 1 FROM practitioner_services o
                WHERE o.clinic_id = v.clinic_id AND o.service_id = v.id AND o.practitioner_id = p.id)
  FROM services v LEFT JOIN practitioners p ON p.clinic_id = v.clinic_id AND p.id = %(practitioner_id)s::uuid
 WHERE v.clinic_id = %(clinic_id)s::uuid AND v.id = %(service_id)s::uuid
"""
SITES: LiteralString = """
SELECT c.id, c.location_id, l.timezone, c.slot_minutes, c.is_active, l.is_active, c.generated_until
  FROM schedules c JOIN locations l ON l.clinic_id = c.clinic_id AND l.id = c.location_id
 WHERE c.clinic_id = %(clinic_id)s::uuid AND c.practitioner_id = %(practitioner_id)s::uuid
 ORDER BY c.id
"""
SLOTS: LiteralString = (
    """
SELECT s.id, s.schedule_id, s.service_id, s.starts_at, s.ends_at, s.status = 'open',
       s.max_capacity - s.current_bookings + (
         SELECT count(*) FROM appointment_slots t
           JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id
          WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id AND a.live AND NOT a.overbook
            AND (a.id = %(moving_id)s::uuid OR """
    + RUN_OUT
    + """))
  FROM slots s
 WHERE s.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = %(practitioner_id)s::uuid
   AND s.starts_at > %(since)s::timestamptz - interval '12 hours' AND s.starts_at < %(until)s::timestamptz
   AND s.ends_at > %(since)s::timestamptz
 ORDER BY s.starts_at, s.id
"""
)
VISITS: LiteralString = (
    """
SELECT a.slot_id, a.occupies_from, a.occupies_until, a.status = 'pending',
       CASE WHEN a.status = 'pending' THEN coalesce(a.pay_deadline_at, a.hold_expires_at) END,
       a.pay_deadline_at IS NOT NULL
  FROM appointments a
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.practitioner_id = %(practitioner_id)s::uuid AND """
    + OVERLAPPING
    + BUT_MOVING
)
# A patient is in one place also when a visit is overbooked.
OF_PATIENT: LiteralString = (
    """
SELECT a.starts_at, a.ends_at FROM appointments a
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.patient_id = %(patient_id)s::uuid AND a.live
   AND a.starts_at > %(since)s::timestamptz - interval '10 hours' AND a.starts_at < %(until)s::timestamptz
   AND a.ends_at > %(since)s::timestamptz AND NOT """
    + RUN_OUT
    + BUT_MOVING
)


class Offer(NamedTuple):
    """The service as asked for, and whether this practitioner gives it."""

    rules: VisitRules
    service_id: UUID
    capacity: int
    room_kind: str | None
    device_kind: str | None
    is_service_active: bool
    is_practitioner_active: bool
    is_offered: bool


class Site(NamedTuple):
    """One schedule of the practitioner, with its location."""

    schedule_id: UUID
    location_id: UUID
    zone: ZoneInfo
    slot_minutes: int
    is_active: bool
    is_location_active: bool
    generated_until: date | None


class SiteSlot(NamedTuple):
    """A slot of the practitioner, at whatever site; an expired hold counts as free."""

    id: UUID
    schedule_id: UUID
    service_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    free: int


class OtherVisit(NamedTuple):
    """What occupies the practitioner; `ends_at` is when a hold runs out, or must have been paid for."""

    slot_id: UUID
    occupies_from: datetime
    occupies_until: datetime
    is_hold: bool
    ends_at: datetime | None
    is_paying: bool


Places = Mapping[UUID, Sequence[Occupied]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the practitioner's time: slots, visits, and the visits of rooms, devices and the patient."""

    slots: Sequence[SiteSlot]
    visits: Sequence[OtherVisit]
    rooms: Places
    devices: Places
    of_patient: Sequence[tuple[datetime, datetime]]


def offer_of(session: Session, clinic_id: UUID, *, service_id: UUID, practitioner_id: UUID) -> Offer:
    """Read the service for this practitioner; raises InvalidField when there is no such service or practitioner."""
    asked = {"clinic_id": clinic_id, "service_id": service_id, "practitioner_id": practitioner_id}
    found = first_row(session, OFFER, asked)
    if found is None:
        raise InvalidField("service_id", "There is no such service.")
    is_known = found[10]
    if not is_known:
        raise InvalidField("practitioner_id", "There is no such practitioner.")
    return Offer(VisitRules(*found[:5]), *found[5:10], *found[11:])


def sites_of(session: Session, clinic_id: UUID, *, practitioner_id: UUID) -> list[Site]:
    """Read the practitioner's schedules, the oldest first."""
    found = rows(session, SITES, {"clinic_id": clinic_id, "practitioner_id": practitioner_id})
    return [Site(row[0], row[1], ZoneInfo(row[2]), *row[3:]) for row in found]


def taken_of(
    session: Session,
    clinic_id: UUID,
    *,
    offer: Offer,
    practitioner_id: UUID,
    patient_id: UUID | None,
    moving_id: UUID | None,
    location_ids: set[UUID],
    span: tuple[datetime, datetime],
    now: datetime,
) -> Taken:
    """Read what stands in a span of the practitioner's time and of all that the service needs.

    The appointment that is being moved is in nobody's way.
    """
    asked: dict[str, Any] = {"clinic_id": clinic_id, "moving_id": moving_id, "now": now}
    asked |= {"since": span[0], "until": span[1]}
    own = {**asked, "practitioner_id": practitioner_id}

    def places(statement: LiteralString, kind: str | None) -> Places:
        if kind is None:
            return {}
        return occupied_places(
            session,
            statement,
            clinic_id,
            kind=kind,
            location_ids=location_ids,
            span=span,
            now=now,
            moving_id=moving_id,
        )

    of_patient = rows(session, OF_PATIENT, {**asked, "patient_id": patient_id}) if patient_id else []
    return Taken(
        slots=[SiteSlot._make(row) for row in rows(session, SLOTS, own)],
        visits=[OtherVisit._make(row) for row in rows(session, VISITS, own)],
        rooms=places(OF_ROOMS, offer.room_kind),
        devices=places(OF_DEVICES, offer.device_kind),
        of_patient=[(row[0], row[1]) for row in of_patient],
    )

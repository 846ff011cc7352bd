"""Whether a hold would accept one time of a series, and what stands in its way if not: read, never written.

The same definitions as availability's, asked for one practitioner and one instant; an expired hold occupies nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import (
    ClinicError,
    DeviceUnavailable,
    OutsideBookingWindow,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
)
from app.services.availability.free_slots import FreeSlot, free_slots
from app.services.availability.obstacles import ByLocation, Obstacles, obstacles_of
from app.services.availability.occupied import FREE, Interval, Occupied
from app.services.booking.visit import Visit, visits_over
from app.services.series.wish import Ground
from models.db import rows

AN_INSTANT = timedelta(microseconds=1)
# Wider than where alternatives are looked for.
AROUND = timedelta(days=4)
NO_SLOT = UUID(int=0)
# The patient's own live appointments; narrowed by start, as a range overlap is no index condition.
OF_PATIENT: LiteralString = """
SELECT starts_at, ends_at, slot_id FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid AND live
   AND starts_at > %(since)s::timestamptz AND starts_at < %(until)s::timestamptz
   AND NOT (status = 'pending' AND hold_expires_at <= %(now)s::timestamptz AND pay_deadline_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A start that a hold accepts: its first slot, with whom and where, and the patient's time."""

    slot_id: UUID
    practitioner_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime


def patient_time(
    session: Session, ground: Ground, *, patient_id: UUID, span: tuple[datetime, datetime], now: datetime
) -> list[Interval]:
    """Return when the patient is somewhere already, within a span and some days around it."""
    ids = {"clinic_id": ground.terms.clinic_id, "patient_id": patient_id}
    around = {"since": span[0] - AROUND, "until": span[1] + AROUND}
    return [
        (begins, ends, slot_id) for begins, ends, slot_id in rows(session, OF_PATIENT, {**ids, **around, "now": now})
    ]


def is_free_for(patient: Occupied, *, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether the patient is nowhere else at this time; buffers are the clinic's, not the patient's."""
    return patient.admits(Visit(starts_at, ends_at, starts_at, ends_at), slot_id=NO_SLOT)


def offer_at(
    session: Session, ground: Ground, *, practitioner_id: UUID, starts_at: datetime, patient: Occupied
) -> Offer | type[ClinicError]:
    """Return the start at this instant, or the refusal that a hold of it would hear."""
    if not ground.window.holds(starts_at):
        return OutsideBookingWindow
    terms = replace(ground.terms, wanted=replace(ground.terms.wanted, practitioner_id=practitioner_id))
    terms = terms.between(starts_at, starts_at + AN_INSTANT)
    if terms.is_hopeless:
        return SlotUnavailable
    for row in free_slots(session, terms):
        for visit, slots in visits_over(row, terms.rules):
            if visit.starts_at == starts_at:
                obstacles = obstacles_of(session, terms, slots=[slots[0]], visits=[visit])
                return _refusal(obstacles, visit, slots[0], patient) or _offer(visit, slots[0])
    return SlotUnavailable


def _refusal(obstacles: Obstacles, visit: Visit, first: FreeSlot, patient: Occupied) -> type[ClinicError] | None:
    # In the order in which a hold meets them.
    if _none_admits(obstacles.rooms, visit, first):
        return RoomUnavailable
    if _none_admits(obstacles.devices, visit, first):
        return DeviceUnavailable
    if not is_free_for(patient, starts_at=visit.starts_at, ends_at=visit.ends_at):
        return PatientOverlap
    practitioner = obstacles.practitioners.get(first.practitioner_id, FREE)
    return None if practitioner.admits(visit, slot_id=first.id) else PractitionerOverlap


def _none_admits(places: ByLocation | None, visit: Visit, first: FreeSlot) -> bool:
    if places is None:
        return False
    of_site: Collection[Occupied] = places.get(first.location_id, ())
    return not any(place.admits(visit, slot_id=first.id) for place in of_site)


def _offer(visit: Visit, first: FreeSlot) -> Offer:
    return Offer(first.id, first.practitioner_id, first.location_id, visit.starts_at, visit.ends_at)

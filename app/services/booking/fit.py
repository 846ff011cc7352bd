"""Whether a planned visit fits: what a hold of it would be refused for, and which of that overbooking passes over."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import (
    ClinicError,
    DeviceUnavailable,
    InvalidField,
    PatientOverlap,
    PractitionerOverlap,
    RoomUnavailable,
    SlotUnavailable,
)
from app.services.booking.plan import Plan
from app.services.booking.visit import covers
from app.words import N_
from models.db import first_row, rows_of_each

NOT_OFFERED = N_("This service is not offered in this slot.")
# What the exclusion constraints would say, asked first: a violated constraint ends the transaction. The answer is
# final for whoever holds the names of the patient and the practitioner (`locks.start_names`).
BUSY: LiteralString = """
SELECT EXISTS (
         SELECT 1 FROM appointments a
          WHERE a.clinic_id = %(clinic_id)s::uuid AND a.patient_id = %(patient_id)s::uuid AND a.live
            AND a.starts_at > %(starts_at)s::timestamptz - interval '8 hours'
            AND a.starts_at < %(ends_at)s::timestamptz AND a.ends_at > %(starts_at)s::timestamptz),
       EXISTS (
         SELECT 1 FROM appointments a
          WHERE a.clinic_id = %(clinic_id)s::uuid AND a.practitioner_id = %(practitioner_id)s::uuid
            AND a.live AND NOT a.overbook AND a.slot_id <> %(slot_id)s::uuid
            AND a.starts_at > %(since)s::timestamptz - interval '10 hours'
            AND a.starts_at < %(until)s::timestamptz + interval '2 hours'
            AND a.occupies_until > %(since)s::timestamptz AND a.occupies_from < %(until)s::timestamptz)
"""
# The same for a room that is not chosen but kept, of whatever kind; final for whoever holds its name.
ROOM_TAKEN: LiteralString = """
SELECT EXISTS (
  SELECT 1 FROM appointments a
   WHERE a.clinic_id = %(clinic_id)s::uuid AND a.room_id = %(room_id)s::uuid
     AND a.live AND NOT a.overbook AND a.slot_id <> %(slot_id)s::uuid
     AND a.starts_at > %(since)s::timestamptz - interval '10 hours'
     AND a.starts_at < %(until)s::timestamptz + interval '2 hours'
     AND a.occupies_until > %(since)s::timestamptz AND a.occupies_from < %(until)s::timestamptz)
"""
# Rooms and devices for who is overbooked: only in a session is the room of the others theirs too.
FREE_BEYOND: LiteralString = """
SELECT CASE WHEN f.service_id IS NOT NULL THEN %(room_id)s::uuid ELSE (
         SELECT r.id FROM rooms r
          WHERE r.clinic_id = f.clinic_id AND r.location_id = f.location_id AND r.kind = %(room_kind)s::text
            AND r.is_active AND NOT EXISTS (
              SELECT 1 FROM appointments a
               WHERE a.clinic_id = r.clinic_id AND a.room_id = r.id AND a.live
                 AND a.starts_at > %(since)s::timestamptz - interval '10 hours'
                 AND a.starts_at < %(until)s::timestamptz + interval '2 hours'
                 AND a.occupies_until > %(since)s::timestamptz AND a.occupies_from < %(until)s::timestamptz)
          ORDER BY r.id LIMIT 1) END,
       CASE WHEN f.service_id IS NOT NULL THEN %(device_id)s::uuid ELSE (
         SELECT d.id FROM devices d
          WHERE d.clinic_id = f.clinic_id AND d.location_id = f.location_id AND d.kind = %(device_kind)s::text
            AND d.is_active AND NOT EXISTS (
              SELECT 1 FROM appointments a
               WHERE a.clinic_id = d.clinic_id AND a.device_id = d.id AND a.live
                 AND a.starts_at > %(since)s::timestamptz - interval '10 hours'
                 AND a.starts_at < %(until)s::timestamptz + interval '2 hours'
                 AND a.occupies_until > %(since)s::timestamptz AND a.occupies_from < %(until)s::timestamptz)
          ORDER BY d.id LIMIT 1) END
  FROM slots f WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = %(slot_id)s::uuid
"""


def refusal_of_plan(plan: Plan) -> ClinicError | None:
    """Return why the planned slots, room or device cannot be taken; overlaps are not known from a plan."""
    closed = any(not slot.is_open or not slot.has_place for slot in plan.slots)
    if closed or not covers(plan.slots, plan.visit.occupies_until):
        return SlotUnavailable()
    if plan.room_kind is not None and plan.room_id is None:
        return RoomUnavailable()
    if plan.device_kind is not None and plan.device_id is None:
        return DeviceUnavailable()
    return None


def may_be_lifted(plan: Plan, refusal: ClinicError) -> bool:
    """Tell whether run-out holds may be all that stands in the way."""
    if not isinstance(refusal, SlotUnavailable):
        return True
    is_whole = covers(plan.slots, plan.visit.occupies_until)
    return is_whole and all(slot.is_open and (slot.has_place or slot.is_held_in_vain) for slot in plan.slots)


def refusal_under_locks(session: Session, clinic_id: UUID, *, plan: Plan, patient_id: UUID) -> ClinicError | None:
    """Return what a hold of this plan would be refused for, by the caller who has locked all that it may claim."""
    return _refusal(plan, first_row(session, BUSY, _asked(clinic_id, plan, patient_id)))


def refusals_under_locks(
    session: Session, clinic_id: UUID, *, wanted: Sequence[tuple[Plan, UUID]]
) -> list[ClinicError | None]:
    """Return the same for several plans, each with its patient, that do not stand in each other's way."""
    found = rows_of_each(session, BUSY, [_asked(clinic_id, plan, patient_id) for plan, patient_id in wanted])
    return [_refusal(plan, busy[0]) for (plan, _), busy in zip(wanted, found, strict=True)]


def room_is_taken(session: Session, clinic_id: UUID, *, plan: Plan) -> bool:
    """Tell whether somebody else has the plan's room for some of its time; overbooked visits have no claim to one."""
    asked = {
        "clinic_id": clinic_id,
        "room_id": plan.room_id,
        "slot_id": plan.slots[0].id,
        "since": plan.visit.occupies_from,
        "until": plan.visit.occupies_until,
    }
    found = first_row(session, ROOM_TAKEN, asked)
    return bool(found and found[0])


def is_passed_over(plan: Plan, refusal: ClinicError) -> bool:
    """Tell whether overbooking may pass over a refusal: what is full or busy, never what is closed or a patient's."""
    is_whole = covers(plan.slots, plan.visit.occupies_until) and all(slot.is_open for slot in plan.slots)
    return is_whole and not isinstance(refusal, (PatientOverlap, InvalidField))


def plan_beyond(session: Session, clinic_id: UUID, plan: Plan) -> Plan:
    """Return the plan of who is overbooked: with a room and a device that nobody uses then, or without."""
    asked = {
        "clinic_id": clinic_id,
        "slot_id": plan.slots[0].id,
        "room_kind": plan.room_kind,
        "room_id": plan.room_id,
        "device_kind": plan.device_kind,
        "device_id": plan.device_id,
        "since": plan.visit.occupies_from,
        "until": plan.visit.occupies_until,
    }
    found = first_row(session, FREE_BEYOND, asked)
    room_id, device_id = found if found else (None, None)
    return replace(plan, room_id=room_id, device_id=device_id)


def _asked(clinic_id: UUID, plan: Plan, patient_id: UUID) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "patient_id": patient_id,
        "practitioner_id": plan.practitioner_id,
        "slot_id": plan.slots[0].id,
        "starts_at": plan.visit.starts_at,
        "ends_at": plan.visit.ends_at,
        "since": plan.visit.occupies_from,
        "until": plan.visit.occupies_until,
    }


def _refusal(plan: Plan, busy: Sequence[Any] | None) -> ClinicError | None:
    patient_is_busy, practitioner_is_busy = busy or (False, False)
    if not plan.is_bookable:
        return InvalidField("slot_id", NOT_OFFERED)
    if patient_is_busy:
        return PatientOverlap()
    return refusal_of_plan(plan) or (PractitionerOverlap() if practitioner_is_busy else None)

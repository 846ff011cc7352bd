"""Making way for many starts at once: every name in one sorted batch, then every slot, then the run-out holds go.

With these locks nobody else can claim for the patient, the practitioners, the rooms or the devices until we commit,
so what is read after them stays true, and two series that want the same hours wait for each other in one order.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Change
from app.services.booking.expire import expire_holds
from app.services.booking.locks import lock_names, lock_slots
from models.db import rows
from models.principal import Principal

NAMES: LiteralString = """
SELECT 'practitioner:' || f.practitioner_id FROM slots f
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = ANY(%(slot_ids)s::uuid[])
UNION
SELECT 'room:' || r.id FROM slots f
  JOIN services v ON v.clinic_id = f.clinic_id AND v.id = %(service_id)s::uuid
  JOIN rooms r ON r.clinic_id = f.clinic_id AND r.location_id = f.location_id AND r.kind = v.room_kind
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = ANY(%(slot_ids)s::uuid[])
UNION
SELECT 'device:' || d.id FROM slots f
  JOIN services v ON v.clinic_id = f.clinic_id AND v.id = %(service_id)s::uuid
  JOIN devices d ON d.clinic_id = f.clinic_id AND d.location_id = f.location_id AND d.kind = v.device_kind
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = ANY(%(slot_ids)s::uuid[])
"""
# Every slot of the visits that begin with these.
OF_VISITS: LiteralString = """
SELECT s.id
  FROM slots f
  JOIN services v ON v.clinic_id = f.clinic_id AND v.id = %(service_id)s::uuid
  JOIN slots s ON s.clinic_id = f.clinic_id AND s.practitioner_id = f.practitioner_id
   AND s.starts_at >= f.starts_at AND s.schedule_id = f.schedule_id
   AND s.starts_at < f.starts_at + make_interval(mins =>
         v.buffer_before_minutes + v.duration_minutes + v.buffer_after_minutes)
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = ANY(%(slot_ids)s::uuid[])
"""
# Holds that have run out and overlap such a visit in patient, practitioner or place, as in the second look of a hold.
IN_THE_WAY: LiteralString = """
SELECT DISTINCT a.id, t.slot_id
  FROM appointments a
  JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
  JOIN slots f ON f.clinic_id = a.clinic_id AND f.id = ANY(%(slot_ids)s::uuid[])
  JOIN services v ON v.clinic_id = f.clinic_id AND v.id = %(service_id)s::uuid
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.status = 'pending' AND a.pay_deadline_at IS NULL
   AND a.hold_expires_at <= %(now)s::timestamptz AND a.occupies_until > f.starts_at
   AND a.occupies_from < f.starts_at + make_interval(mins =>
         v.buffer_before_minutes + v.duration_minutes + v.buffer_after_minutes)
   AND (a.patient_id = %(patient_id)s::uuid OR a.practitioner_id = f.practitioner_id
        OR a.location_id = f.location_id)
"""


def clear_the_way(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    service_id: UUID,
    slot_ids: Collection[UUID],
    also_slots: Iterable[UUID] = (),
    now: datetime,
) -> list[Change]:
    """Lock all that visits from these first slots may claim, and expire the run-out holds among it.

    `also_slots` are locked with the others: those that the same transaction gives back. Returns the changed boards.
    """
    asked: dict[str, Any] = {
        "clinic_id": principal.clinic_id,
        "patient_id": patient_id,
        "service_id": service_id,
        "slot_ids": list(slot_ids),
        "now": now,
    }
    lock_names(session, {f"patient:{patient_id}", *(name for (name,) in rows(session, NAMES, asked))})
    in_the_way = rows(session, IN_THE_WAY, asked)
    wanted = {slot_id for (slot_id,) in rows(session, OF_VISITS, asked)}
    lock_slots(session, principal.clinic_id, {*wanted, *also_slots, *(slot_id for _, slot_id in in_the_way)})
    if not in_the_way:
        return []
    return expire_holds(session, principal, appointment_ids=list({row[0] for row in in_the_way}), now=now)

"""The second look of a hold: expire the holds whose time has run out and that stand in the way."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Change
from app.services.booking.expire import expire_holds
from app.services.booking.locks import lock_slots, lock_start
from app.services.booking.plan import Plan
from models.db import rows
from models.principal import Principal

# An expired hold stands in the way when it takes a wanted slot or overlaps in patient, practitioner or place.
IN_THE_WAY: LiteralString = """
SELECT a.id, t.slot_id
  FROM appointments a JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.status = 'pending' AND a.pay_deadline_at IS NULL
   AND a.hold_expires_at <= %(now)s::timestamptz
   AND a.occupies_from < %(until)s::timestamptz AND a.occupies_until > %(since)s::timestamptz
   AND (a.patient_id = %(patient_id)s::uuid OR a.practitioner_id = %(practitioner_id)s::uuid
        OR a.location_id = %(location_id)s::uuid)
"""


def clear_expired_holds(
    session: Session,
    principal: Principal,
    *,
    plan: Plan,
    patient_id: UUID,
    service_id: UUID,
    names: Iterable[str],
    now: datetime,
) -> list[Change]:
    """Expire every run-out hold that blocks this plan, with all its possible rooms and devices locked.

    With these locks, and those of `names`, nobody else can claim for the patient, the practitioner or the place
    until we commit, so what the second claim answers is final. Returns the boards that this changed.
    """
    clinic_id = principal.clinic_id
    lock_start(session, clinic_id, slot_id=plan.slots[0].id, service_id=service_id, names=names)
    in_the_way = holds_in_the_way(session, clinic_id, plan=plan, patient_id=patient_id, now=now)
    lock_slots(session, clinic_id, {slot.id for slot in plan.slots} | set().union(*in_the_way.values()))
    if not in_the_way:
        return []
    return expire_holds(session, principal, appointment_ids=list(in_the_way), now=now)


def holds_in_the_way(
    session: Session, clinic_id: UUID, *, plan: Plan, patient_id: UUID, now: datetime
) -> dict[UUID, set[UUID]]:
    """Return the run-out holds that overlap a plan in patient, practitioner or place, each with its slots."""
    parameters = {
        "clinic_id": clinic_id,
        "location_id": plan.location_id,
        "patient_id": patient_id,
        "practitioner_id": plan.practitioner_id,
        "since": plan.visit.occupies_from,
        "until": plan.visit.occupies_until,
        "now": now,
    }
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for appointment_id, slot_id in rows(session, IN_THE_WAY, parameters):
        found[appointment_id].add(slot_id)
    return found

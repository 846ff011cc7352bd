"""Every lock of the booking verbs. Order for all of them: advisory locks (patient, practitioner, rooms, devices;
sorted), then slots ascending, then appointments. Whoever only releases starts at the slots.

Without the advisory locks, simultaneous inserts for one patient or one room deadlock inside their exclusion
constraint.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from models.db import execute, rows

# Sorted by the hash, so that two callers meet in the same order whatever they lock.
LOCK_NAMES: LiteralString = """
SELECT pg_advisory_xact_lock(name_hash)
  FROM (SELECT hashtextextended(name, 0) AS name_hash
          FROM unnest(%(names)s::text[]) AS name ORDER BY 1) AS sorted_names
"""

# NO KEY: an appointment's foreign key to its slot must not wait for us.
LOCK_SLOTS: LiteralString = """
SELECT id FROM slots
 WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(slot_ids)s::uuid[])
 ORDER BY id FOR NO KEY UPDATE
"""

# Everything that a hold of this start may claim: its practitioner, and every room and device of the service's kinds.
START_NAMES: LiteralString = """
SELECT 'practitioner:' || f.practitioner_id FROM slots f
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = %(slot_id)s::uuid
UNION ALL
SELECT 'room:' || r.id FROM slots f
  JOIN services v ON v.clinic_id = f.clinic_id AND v.id = %(service_id)s::uuid
  JOIN rooms r ON r.clinic_id = f.clinic_id AND r.location_id = f.location_id AND r.kind = v.room_kind
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = %(slot_id)s::uuid
UNION ALL
SELECT 'device:' || d.id FROM slots f
  JOIN services v ON v.clinic_id = f.clinic_id AND v.id = %(service_id)s::uuid
  JOIN devices d ON d.clinic_id = f.clinic_id AND d.location_id = f.location_id AND d.kind = v.device_kind
 WHERE f.clinic_id = %(clinic_id)s::uuid AND f.id = %(slot_id)s::uuid
"""

SLOTS_OF: LiteralString = """
SELECT slot_id FROM appointment_slots
 WHERE clinic_id = %(clinic_id)s::uuid AND appointment_id = ANY(%(appointment_ids)s::uuid[])
"""


# Slots first, ascending, and whoever is busy is left for the next batch; a paying hold is never swept.
LOCK_DUE_HOLDS: LiteralString = """
WITH due AS MATERIALIZED (
  SELECT id FROM appointments
   WHERE clinic_id = %(clinic_id)s::uuid AND status = 'pending' AND hold_expires_at <= %(now)s::timestamptz
     AND pay_deadline_at IS NULL
   ORDER BY hold_expires_at LIMIT %(batch)s::int
), wanted AS MATERIALIZED (
  SELECT t.appointment_id, t.slot_id FROM appointment_slots t JOIN due d ON d.id = t.appointment_id
   WHERE t.clinic_id = %(clinic_id)s::uuid
), locked AS MATERIALIZED (
  SELECT s.id FROM slots s
   WHERE s.clinic_id = %(clinic_id)s::uuid AND s.id IN (SELECT slot_id FROM wanted)
   ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED
)
SELECT w.appointment_id FROM wanted w LEFT JOIN locked l ON l.id = w.slot_id
 GROUP BY w.appointment_id HAVING bool_and(l.id IS NOT NULL)
"""

# Last in the order: whoever changes an appointment holds its slots already, or needs none.
LOCK_APPOINTMENTS: LiteralString = """
SELECT id FROM appointments WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[])
 ORDER BY id FOR NO KEY UPDATE
"""

# A file's row, ascending, after everything else: who merges it, links it or adds to it meets the others here.
LOCK_PATIENTS: LiteralString = """
SELECT id FROM patients WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[])
 ORDER BY id FOR NO KEY UPDATE
"""


class Overtaken(Exception):
    """What was read to know what to lock had changed by the time of the locks: the verb has to start anew."""


def lock_names(session: Session, names: Iterable[str]) -> None:
    """Wait for the named resources (`patient:<id>`, ...) until the end of the transaction."""
    rows(session, LOCK_NAMES, {"names": list(names)})


def lock_start(session: Session, clinic_id: UUID, *, slot_id: UUID, service_id: UUID, names: Iterable[str]) -> None:
    """Wait in one sorted batch for everything that a hold of this start may claim, and for the names given.

    For a verb that holds after it has released something, and for the second look: whoever waited for more names
    after it holds slots could meet somebody coming the other way.
    """
    lock_names(session, {*names, *start_names(session, clinic_id, slot_id=slot_id, service_id=service_id)})


def start_names(session: Session, clinic_id: UUID, *, slot_id: UUID, service_id: UUID) -> list[str]:
    """Return the names of everything that a hold of this start may claim, its patient apart."""
    start = {"clinic_id": clinic_id, "slot_id": slot_id, "service_id": service_id}
    return [name for (name,) in rows(session, START_NAMES, start)]


def lock_slots(session: Session, clinic_id: UUID, slot_ids: Iterable[UUID]) -> None:
    """Lock slots in ascending order."""
    rows(session, LOCK_SLOTS, {"clinic_id": clinic_id, "slot_ids": list(slot_ids)})


def lock_visits(
    session: Session, clinic_id: UUID, appointment_ids: Collection[UUID], *, slot_ids: Iterable[UUID] = ()
) -> frozenset[UUID]:
    """Lock the slots of some appointments and those given, then the appointments; return the slots.

    Raises Overtaken when one of the appointments was moved while we waited: its new slots are not locked, and to
    lock them now would be out of order.
    """
    locked = slots_of(session, clinic_id, appointment_ids) | frozenset(slot_ids)
    lock_slots(session, clinic_id, locked)
    lock_appointments(session, clinic_id, appointment_ids)
    if slots_of(session, clinic_id, appointment_ids) - locked:
        raise Overtaken
    return locked


def slots_of(session: Session, clinic_id: UUID, appointment_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return every slot that some appointments take, or took as long as they were live."""
    parameters = {"clinic_id": clinic_id, "appointment_ids": list(appointment_ids)}
    return frozenset(slot_id for (slot_id,) in rows(session, SLOTS_OF, parameters))


def lock_appointments(session: Session, clinic_id: UUID, appointment_ids: Iterable[UUID]) -> None:
    """Lock appointments in ascending order, so that what is read of them next stays true until the commit."""
    execute(session, LOCK_APPOINTMENTS, {"clinic_id": clinic_id, "ids": list(appointment_ids)})


def lock_appointment(session: Session, clinic_id: UUID, appointment_id: UUID) -> None:
    """Lock one appointment whose slots are not touched."""
    lock_appointments(session, clinic_id, [appointment_id])


def lock_patients(session: Session, clinic_id: UUID, patient_ids: Iterable[UUID]) -> None:
    """Lock patients' rows in ascending order, so that nobody merges, links or changes them until the commit."""
    execute(session, LOCK_PATIENTS, {"clinic_id": clinic_id, "ids": list(patient_ids)})


def lock_due_holds(session: Session, clinic_id: UUID, *, batch: int, now: datetime) -> list[UUID]:
    """Lock the slots of up to `batch` run-out holds and return those holds of which all slots could be locked."""
    parameters = {"clinic_id": clinic_id, "batch": batch, "now": now}
    return [appointment_id for (appointment_id,) in rows(session, LOCK_DUE_HOLDS, parameters)]

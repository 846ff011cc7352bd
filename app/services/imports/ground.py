"""What an import of appointments stands on: each row's first slot, and everything locked that it may claim.

The order is that of every verb: names in one sorted batch, slots ascending, run-out holds, at last patients' rows.
Patients are locked by their rows and not by name, because the server's table of advisory locks has no room for
thousands: two claims for one patient then meet in the exclusion constraint, and one of them is tried again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Change
from app.services.booking.expire import expire_holds
from app.services.booking.locks import lock_names, lock_patients, lock_slots
from app.services.imports.read_appointments import Order
from models.db import rows
from models.principal import Principal

# A practitioner has one open slot at an instant; the patient's time begins after the service's buffer.
FIRST_SLOTS: LiteralString = """
SELECT w.number, s.id
  FROM unnest(%(numbers)s::int[], %(practitioners)s::uuid[], %(locations)s::uuid[], %(starts)s::timestamptz[])
       AS w (number, practitioner_id, location_id, at)
  JOIN slots s ON s.clinic_id = %(clinic_id)s::uuid AND s.practitioner_id = w.practitioner_id
   AND s.starts_at = w.at AND s.location_id = w.location_id AND s.status = 'open'
"""
NAMES: LiteralString = """
SELECT DISTINCT 'room:' || r.id
  FROM unnest(%(services)s::uuid[], %(locations)s::uuid[]) AS w (service_id, location_id)
  JOIN services v ON v.clinic_id = %(clinic_id)s::uuid AND v.id = w.service_id
  JOIN rooms r ON r.clinic_id = v.clinic_id AND r.location_id = w.location_id AND r.kind = v.room_kind
UNION
SELECT DISTINCT 'device:' || d.id
  FROM unnest(%(services)s::uuid[], %(locations)s::uuid[]) AS w (service_id, location_id)
  JOIN services v ON v.clinic_id = %(clinic_id)s::uuid AND v.id = w.service_id
  JOIN devices d ON d.clinic_id = v.clinic_id AND d.location_id = w.location_id AND d.kind = v.device_kind
"""
# Each visit's slots, by its own length: OFFSET 0 as in plan.py.
OF_VISITS: LiteralString = """
SELECT s.id
  FROM unnest(%(slots)s::uuid[], %(minutes)s::int[]) AS w (slot_id, minutes)
  JOIN slots f ON f.clinic_id = %(clinic_id)s::uuid AND f.id = w.slot_id
  CROSS JOIN LATERAL (
    SELECT s.id FROM slots s
     WHERE s.clinic_id = f.clinic_id AND s.practitioner_id = f.practitioner_id AND s.starts_at >= f.starts_at
       AND s.starts_at < f.starts_at + make_interval(mins => w.minutes) AND s.schedule_id = f.schedule_id
    OFFSET 0) s
"""
RUN_OUT: LiteralString = """
SELECT a.id, t.slot_id
  FROM appointments a JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.status = 'pending' AND a.pay_deadline_at IS NULL
   AND a.hold_expires_at <= %(now)s::timestamptz
   AND (a.practitioner_id = ANY(%(practitioners)s::uuid[]) OR a.location_id = ANY(%(locations)s::uuid[])
        OR a.patient_id = ANY(%(patients)s::uuid[]))
"""


def first_slots(session: Session, principal: Principal, *, orders: Sequence[Order]) -> dict[int, UUID]:
    """Return the first slot of each appointment by its place in the list, where there is one."""
    wanted = [one.wanted for one in orders]
    asked = {
        "clinic_id": principal.clinic_id,
        "numbers": list(range(len(orders))),
        "practitioners": [one.doctor.id for one in wanted],
        "locations": [one.site.id for one in wanted],
        "starts": [one.occupies[0] for one in wanted],
    }
    return dict(rows(session, FIRST_SLOTS, asked))


def lock_ground(
    session: Session, principal: Principal, *, orders: Sequence[Order], slots: dict[int, UUID], now: datetime
) -> tuple[frozenset[UUID], list[Change]]:
    """Lock all that these appointments may claim and end the run-out holds among it.

    Returns the locked slots, and the boards that the ended holds changed.
    """
    clinic_id = principal.clinic_id
    wanted = [one.wanted for one in orders]
    places = {(one.kind.id, one.site.id) for one in wanted}
    asked: dict[str, Any] = {
        "clinic_id": clinic_id,
        "services": [service_id for service_id, _ in places],
        "locations": [location_id for _, location_id in places],
        "practitioners": list({one.doctor.id for one in wanted}),
        "patients": list({one.patient_id for one in orders}),
        "slots": list(slots.values()),
        "minutes": [wanted[number].total_minutes for number in slots],
        "now": now,
    }
    practitioners = {f"practitioner:{one}" for one in asked["practitioners"]}
    lock_names(session, {*practitioners, *(name for (name,) in rows(session, NAMES, asked))})
    run_out = rows(session, RUN_OUT, asked)
    locked = frozenset({slot_id for (slot_id,) in rows(session, OF_VISITS, asked)} | {one for _, one in run_out})
    lock_slots(session, clinic_id, locked)
    ids = list({appointment_id for appointment_id, _ in run_out})
    ended = expire_holds(session, principal, appointment_ids=ids, now=now) if ids else []
    lock_patients(session, clinic_id, asked["patients"])
    return locked, ended

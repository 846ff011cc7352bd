"""What must be true of a clinic at all times, read from the tables themselves."""

from uuid import UUID

from models.db import DatabaseRole, rows, transaction
from models.principal import ActorKind, Principal

COUNTS = """
SELECT s.id, s.current_bookings, s.overbooked,
       count(a.id) FILTER (WHERE NOT a.overbook), count(a.id) FILTER (WHERE a.overbook)
  FROM slots s
  LEFT JOIN appointment_slots t ON t.clinic_id = s.clinic_id AND t.slot_id = s.id
  LEFT JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id AND a.live
 WHERE s.clinic_id = %(clinic_id)s
 GROUP BY s.clinic_id, s.id
HAVING s.current_bookings <> count(a.id) FILTER (WHERE NOT a.overbook)
    OR s.overbooked <> count(a.id) FILTER (WHERE a.overbook) OR s.current_bookings > s.max_capacity
"""
OVERLAPS = """
SELECT a.id, b.id FROM appointments a JOIN appointments b ON b.clinic_id = a.clinic_id AND a.id < b.id
 WHERE a.clinic_id = %(clinic_id)s AND a.live AND b.live
   AND ((a.patient_id = b.patient_id AND a.during && b.during)
     OR (NOT a.overbook AND NOT b.overbook AND a.slot_id <> b.slot_id AND a.occupies && b.occupies
         AND (a.practitioner_id = b.practitioner_id OR a.room_id = b.room_id OR a.device_id = b.device_id)))
"""
# Who is here has one open ticket; who is not here, none.
TICKETS = """
SELECT a.id, a.status, t.state FROM appointments a
  LEFT JOIN queue_tickets t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id AND t.state <> 'ended'
 WHERE a.clinic_id = %(clinic_id)s
   AND ((a.status IN ('arrived', 'checked-in')) <> (t.id IS NOT NULL)
     OR (t.state = 'in-room') <> (a.status = 'checked-in' AND a.roomed_at IS NOT NULL))
"""


def broken_counters(clinic_id: UUID) -> list[tuple[object, ...]]:
    """Return the slots whose counts differ from their live appointments."""
    return _read(clinic_id, COUNTS)


def overlaps(clinic_id: UUID) -> list[tuple[object, ...]]:
    """Return the pairs of live appointments that overlap for a patient, practitioner, room or device."""
    return _read(clinic_id, OVERLAPS)


def lost_tickets(clinic_id: UUID) -> list[tuple[object, ...]]:
    """Return the appointments whose ticket does not stand where they do: none, too many, or in another place."""
    return _read(clinic_id, TICKETS)


def live_count(clinic_id: UUID) -> int:
    """Return how many appointments are live."""
    ((count,),) = _read(clinic_id, "SELECT count(*) FROM appointments WHERE clinic_id = %(clinic_id)s AND live")
    return int(str(count))


def assert_sound(clinic_id: UUID) -> None:
    """Fail unless counters equal live appointments, nothing overlaps, and who is here has a ticket."""
    assert broken_counters(clinic_id) == []
    assert overlaps(clinic_id) == []
    assert lost_tickets(clinic_id) == []


def _read(clinic_id: UUID, statement: str) -> list[tuple[object, ...]]:
    owner = Principal(clinic_id, ActorKind.SYSTEM, "tests")
    with transaction(owner, role=DatabaseRole.OWNER) as session:
        return rows(session, statement, {"clinic_id": clinic_id})  # type: ignore[arg-type]

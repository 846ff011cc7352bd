"""What the database says of a day at its location: read while the day goes on, and once more in the evening."""

from datetime import date
from typing import Any, LiteralString

from tests.e2e.day_ground import Ground
from tests.invariants import COUNTS, OVERLAPS, TICKETS
from tests.running_clinic import RunningClinic

OURS: LiteralString = "SELECT id FROM appointments WHERE location_id = %(location_id)s"
STATUS: LiteralString = "SELECT count(*) FROM appointments WHERE location_id = %(location_id)s AND status = %(status)s"
MOVED: LiteralString = """
SELECT DISTINCT object_id::text FROM audit_events
 WHERE action = 'reschedule' AND object_id IN (SELECT id FROM appointments WHERE location_id = %(location_id)s)
"""
MINUTES: LiteralString = "SELECT extract(epoch FROM ends_at - starts_at)::int / 60 FROM appointments WHERE id = %(id)s"
BLOCKED: LiteralString = """
SELECT e.reason, extract(epoch FROM e.ends_local - e.starts_local)::int / 60
  FROM schedule_exceptions e JOIN schedules s ON s.id = e.schedule_id
 WHERE s.location_id = %(location_id)s AND e.kind = 'closed'
"""
STANDS: LiteralString = """
SELECT 1 FROM appointments a JOIN practitioners d ON d.id = a.practitioner_id
 WHERE a.id = %(id)s AND d.display_name = %(doctor)s AND a.starts_local::date = %(day)s AND a.status = 'booked'
"""
SETTLED: LiteralString = """
SELECT settlement, count(*) FROM displaced_appointments WHERE appointment_id = ANY(%(ids)s) GROUP BY settlement
"""
# Moved or cancelled, reached by no letter, and not called yet.
TO_CALL: LiteralString = """
SELECT count(*) FROM displaced_appointments w
  JOIN appointments a ON a.id = w.appointment_id JOIN patients p ON p.id = a.patient_id
 WHERE w.appointment_id = ANY(%(ids)s) AND p.email_sealed IS NULL AND w.called_at IS NULL
"""
THROUGH_WAITLIST: LiteralString = """
SELECT a.status, to_char(a.starts_local, 'HH24:MI') FROM appointments a JOIN practitioners d ON d.id = a.practitioner_id
 WHERE a.location_id = %(location_id)s AND a.channel = 'waitlist' AND d.display_name = %(doctor)s
"""
CLOSES: LiteralString = """
SELECT u.login, c.open_items, c.on_date, c.reopened_at IS NULL
  FROM day_closes c JOIN users u ON 'user:' || u.id = c.closed_by WHERE c.location_id = %(location_id)s
"""
DEEDS: LiteralString = """
SELECT e.action, count(*) FROM audit_events e
 WHERE e.object_kind = 'appointment' AND e.object_id = ANY(%(ids)s) AND e.actor LIKE 'user:%%' GROUP BY e.action
"""
# A letter each of the booking and of the move, and nothing that was given up.
LETTERS: LiteralString = """
SELECT kind, count(DISTINCT aggregate_id), bool_or(state = 'dead') FROM outbox_events
 WHERE aggregate_id = ANY(%(keys)s::uuid[]) AND payload -> 'tell' IS DISTINCT FROM 'false'
   AND kind IN ('appointment.confirmed', 'appointment.rescheduled') GROUP BY kind ORDER BY kind
"""
KEPT: LiteralString = """
SELECT id::text FROM appointments
 WHERE location_id = %(location_id)s AND starts_local::date = %(day)s AND status <> 'cancelled'
"""


class Book:
    """The appointments of one location, as they are stored."""

    def __init__(self, clinic: RunningClinic, ground: Ground) -> None:
        self.clinic, self.ground = clinic, ground

    def count(self, status: str) -> int:
        """Return how many have a status."""
        return int(self._ask(STATUS, status=status)[0][0])

    def moved(self) -> set[str]:
        """Return the ids of all that were ever moved."""
        return {one for (one,) in self._ask(MOVED)}

    def minutes(self, key: str) -> int:
        """Return how long an appointment is."""
        return int(self._ask(MINUTES, id=key)[0][0])

    def blocked(self) -> list[tuple[Any, ...]]:
        """Return why and for how many minutes time is blocked."""
        return self._ask(BLOCKED)

    def stands(self, key: str, *, doctor: str, day: date) -> bool:
        """Tell whether an appointment is booked with a doctor on a day."""
        return bool(self._ask(STANDS, id=key, doctor=doctor, day=day))

    def kept(self) -> set[str]:
        """Return the ids of what took place today, or was to."""
        return {one for (one,) in self._ask(KEPT, day=self.ground.day)}

    def displaced(self) -> dict[str | None, int]:
        """Return how those who were displaced left the worklist."""
        return dict(self._ask(SETTLED, ids=self.ids()))

    def uncalled(self) -> int:
        """Return how many of them still have to be called."""
        return int(self._ask(TO_CALL, ids=self.ids())[0][0])

    def through_waitlist(self, doctor: str) -> list[tuple[Any, ...]]:
        """Return what came of the waitlist: status and time."""
        return self._ask(THROUGH_WAITLIST, doctor=doctor)

    def closes(self) -> list[tuple[Any, ...]]:
        """Return every close of the location: by whom, with how much left open, of which day, and that it stands."""
        return self._ask(CLOSES)

    def deeds(self) -> dict[str, int]:
        """Return how often people did what to the appointments, as the audit log has it."""
        return dict(self._ask(DEEDS, ids=self.ids()))

    def letters(self, keys: list[str]) -> list[tuple[Any, ...]]:
        """Return of how many appointments which letter is owed or sent, and whether any was given up."""
        return self._ask(LETTERS, keys=keys)

    def assert_sound(self) -> None:
        """Fail unless nothing is booked twice, counters equal live appointments, and who is here has a number."""
        found = [self._ask(statement) for statement in (COUNTS, OVERLAPS, TICKETS)]
        slots = {one for (one,) in self._ask("SELECT id FROM slots WHERE location_id = %(location_id)s")}
        ours = slots | set(self.ids())
        assert [row for rows in found for row in rows if row[0] in ours] == []

    def ids(self) -> list[Any]:
        """Return the location's appointments."""
        return [one for (one,) in self._ask(OURS)]

    def _ask(self, statement: LiteralString, **values: Any) -> list[tuple[Any, ...]]:
        asked = {"location_id": self.ground.location_id, "clinic_id": self.ground.clinic_id, **values}
        with self.clinic.connect() as database:
            return database.execute(statement, asked).fetchall()

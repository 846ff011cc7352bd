"""Who of the demonstration's patients has time: found by phone, because names are sealed at rest."""

from typing import LiteralString
from uuid import UUID

from app.services.demo.ids import Kind, numbered
from app.services.demo.patients import AREA_CODES, COUNT
from tests.e2e.board_page import FreeStart
from tests.running_clinic import RunningClinic

# A day before to three weeks after, which is as far as a test repeats a visit.
IDLE: LiteralString = """
SELECT p.id FROM patients p
 WHERE p.id = ANY(%(ids)s) AND NOT EXISTS (
   SELECT 1 FROM appointments a WHERE a.clinic_id = p.clinic_id AND a.patient_id = p.id
      AND a.starts_at BETWEEN %(at)s::timestamptz - interval '1 day' AND %(at)s::timestamptz + interval '22 days')
 ORDER BY random() LIMIT 1
"""


def numbers() -> dict[UUID, int]:
    """Return the demonstration's patients with their numbers, from 1."""
    return {numbered(Kind.PATIENT, number): number for number in range(1, COUNT + 1)}


def phone_of(patient_id: UUID) -> str:
    """Return the invented number that the demonstration gave this patient."""
    number = numbers()[patient_id] - 1
    return f"+1{AREA_CODES[number // 100]}5550{100 + number % 100}"


def idle_phone(clinic: RunningClinic, start: FreeStart) -> str:
    """Return the phone of somebody who is booked nowhere around the start."""
    with clinic.connect() as database:
        found = database.execute(IDLE, {"ids": list(numbers()), "at": start.starts_at}).fetchone()
    assert found is not None, "everybody is busy"
    return phone_of(found[0])

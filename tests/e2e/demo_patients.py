"""Who of the demonstration's patients has time: found by phone, because names are sealed at rest.

Only those whom no test mistakes for another: nobody else has their name or their phone, and what stands on their card
is the plainest that a card can have.
"""

from functools import cache
from random import Random
from typing import LiteralString
from uuid import UUID

from app.services.clock import utc_now
from app.services.demo.ids import Kind, numbered
from app.services.demo.patients import AREA_CODES, COUNT, invent
from app.services.demo.story_book import SEED
from tests.e2e.board_page import FreeStart
from tests.running_clinic import RunningClinic

# Nothing from a day before to three weeks after, which is as far as a test repeats a visit. And nothing around now:
# of whoever comes then the demonstration tells more, such as an alert, a long name or a phone that is another's too.
IDLE: LiteralString = """
SELECT p.id FROM patients p
 WHERE p.id = ANY(%(ids)s) AND NOT EXISTS (
   SELECT 1 FROM appointments a WHERE a.clinic_id = p.clinic_id AND a.patient_id = p.id
      AND (a.starts_at BETWEEN %(at)s::timestamptz - interval '1 day' AND %(at)s::timestamptz + interval '22 days'
           OR a.starts_at BETWEEN now() - interval '3 days' AND now() + interval '6 days'))
   AND EXISTS (SELECT 1 FROM appointments a WHERE a.clinic_id = p.clinic_id AND a.patient_id = p.id
                  AND a.status = 'fulfilled')
 ORDER BY random() LIMIT %(count)s
"""
# In this area the tests give phones to patients of their own.
TESTS_AREA = "+1212"


@cache
def numbers() -> dict[UUID, int]:
    """Return the demonstration's patients with their numbers, from 1."""
    return {numbered(Kind.PATIENT, number): number for number in range(1, COUNT + 1)}


@cache
def unmistakable() -> tuple[UUID, ...]:
    """Return the grown-ups whose name is no other's, nor a part of it; every demonstration has the same ones."""
    now = utc_now()
    people = invent(Random(SEED), now=now)
    names = [f"{one.given_name} {one.family_name}".casefold() for one in people]
    every = "\n".join(names)
    return tuple(
        one.id
        for one, name in zip(people, names, strict=True)
        if every.count(name) == 1 and not one.is_child(now.date()) and not one.phone.startswith(TESTS_AREA)
    )


def phone_of(patient_id: UUID) -> str:
    """Return the invented number that the demonstration gave this patient."""
    number = numbers()[patient_id] - 1
    return f"+1{AREA_CODES[number // 100]}5550{100 + number % 100}"


def idle_phone(clinic: RunningClinic, start: FreeStart) -> str:
    """Return the phone of somebody who is booked nowhere around the start."""
    (phone,) = idle_phones(clinic, start, count=1)
    return phone


def idle_phones(clinic: RunningClinic, start: FreeStart, *, count: int) -> list[str]:
    """Return the phones of so many of them, each somebody else's."""
    with clinic.connect() as database:
        asked = {"ids": list(unmistakable()), "at": start.starts_at, "count": count}
        found = database.execute(IDLE, asked).fetchall()
    assert len(found) == count, "everybody is busy"
    return [phone_of(one) for (one,) in found]

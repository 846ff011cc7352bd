"""Availability reads through the service: one practitioner's fortnight, and the first free start of 200."""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.starts import first_available, open_starts
from app.services.clock import utc_now
from bench.ground import CLERK, CLINIC, OWNER
from models.db import DatabaseRole, rows, transaction

ROUNDS = 200
# The large data set's own practitioners, whose days are full and empty as they come.
OFFERED: LiteralString = """
SELECT o.practitioner_id, o.service_id FROM practitioner_services o
  JOIN services v ON v.clinic_id = o.clinic_id AND v.id = o.service_id
 WHERE o.clinic_id = %(clinic_id)s AND v.specialty <> 'bench' AND v.capacity = 1
 ORDER BY o.practitioner_id LIMIT 200
"""


def fortnight_ms() -> float:
    """Return the median time of one practitioner's open starts for 14 days, another practitioner each time."""
    offered = _offered()

    def read(session: Session, number: int) -> int:
        practitioner_id, service_id = offered[number % len(offered)]
        now = utc_now()
        until = now + timedelta(days=14)
        ids: dict[str, Any] = {"practitioner_id": practitioner_id, "service_id": service_id}
        return len(open_starts(session, CLERK, since=now, until=until, now=now, **ids))

    return _median_ms(read)


def first_available_ms() -> float:
    """Return the median time of the first free start over all practitioners who offer the service."""
    service_id = _offered()[0][1]

    def read(session: Session, number: int) -> int:
        now = utc_now() + timedelta(hours=number % 24)
        return len(first_available(session, CLERK, service_id=service_id, now=now))

    return _median_ms(read)


def _offered() -> list[tuple[UUID, UUID]]:
    with transaction(OWNER, role=DatabaseRole.OWNER) as session:
        return [(row[0], row[1]) for row in rows(session, OFFERED, {"clinic_id": CLINIC})]


def _median_ms(read: Callable[[Session, int], int]) -> float:
    waits, found = [], 0
    for number in range(ROUNDS + 20):
        begin = time.perf_counter()
        with transaction(CLERK) as session:
            found += read(session, number)
        if number >= 20:
            waits.append((time.perf_counter() - begin) * 1000)
    if not found:
        raise RuntimeError("The data set offers no start at all, so nothing was measured.")
    return median(waits)

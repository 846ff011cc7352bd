"""The lock of timetables: whoever generates or changes slots of a practitioner takes it before reading any rule."""

from collections.abc import Iterable
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from models.db import execute

# Rules are read after it, so nobody makes slots from rules that somebody else is changing. Sorted by the hash, in one
# statement. The word in front keeps the key apart from the booking verbs' keys: it never makes a booking wait.
LOCK_TIMETABLES: LiteralString = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended('generate-slots:' || id, 0) AS key
    FROM unnest(%(ids)s::uuid[]) AS id ORDER BY key
) AS keys
"""
# Whoever holds one of them and wants to delete it must not meet a booking that refers to it meanwhile. Ascending, as
# the booking verbs lock them.
LOCK_SLOTS_TO_CHANGE: LiteralString = """
SELECT id FROM slots WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
"""


def lock_timetables(session: Session, ids: Iterable[UUID]) -> None:
    """Wait for the timetables of some practitioners (or a location, or a clinic) until the transaction's end."""
    execute(session, LOCK_TIMETABLES, {"ids": list(ids)})


def lock_slots_to_change(session: Session, clinic_id: UUID, ids: Iterable[UUID]) -> None:
    """Lock slots that are to be deleted, blocked or opened: what is read of them next stays true."""
    execute(session, LOCK_SLOTS_TO_CHANGE, {"clinic_id": clinic_id, "ids": list(ids)})

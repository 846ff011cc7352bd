"""A ticket follows its appointment, in the same transaction: made on arrival, kept until the visit's end.

Locks: the location's numbers come after the appointment, as the last of all; whoever holds them waits for nothing more.
"""

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString, Protocol
from uuid import UUID

from sqlmodel import Session

from app.services.booking.locks import lock_names
from models.appointments import AppointmentStatus as S
from models.base import new_id
from models.db import execute

# Who is here: exactly these appointments have an open ticket.
PRESENT = frozenset({S.ARRIVED, S.CHECKED_IN})

# Who comes again on the same day, after an undo, keeps the number.
OPEN: LiteralString = """
INSERT INTO queue_tickets AS known (clinic_id, id, location_id, on_date, number, appointment_id, practitioner_id,
                                    is_walk_in, state, since_at, created_at)
SELECT a.clinic_id, %(id)s::uuid, a.location_id, here.today, 1 + coalesce((
         SELECT max(t.number) FROM queue_tickets t
          WHERE t.clinic_id = a.clinic_id AND t.location_id = a.location_id AND t.on_date = here.today), 0),
       a.id, a.practitioner_id, a.channel = 'walk-in', 'waiting', %(now)s::timestamptz, %(now)s::timestamptz
  FROM appointments a
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  CROSS JOIN LATERAL (SELECT (%(now)s::timestamptz AT TIME ZONE l.timezone)::date AS today) here
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(appointment_id)s::uuid
ON CONFLICT (clinic_id, appointment_id) DO UPDATE
   SET number = CASE WHEN known.location_id = excluded.location_id AND known.on_date = excluded.on_date
                     THEN known.number ELSE excluded.number END,
       location_id = excluded.location_id, on_date = excluded.on_date, practitioner_id = excluded.practitioner_id,
       state = 'waiting', before = NULL, since_at = excluded.since_at, called_at = NULL, called_by = NULL,
       called_to = NULL, calls = 0, room_id = NULL, version = known.version + 1
"""
END: LiteralString = """
UPDATE queue_tickets SET before = state, state = 'ended', version = version + 1
 WHERE clinic_id = %(clinic_id)s::uuid AND appointment_id = ANY(%(appointment_ids)s::uuid[]) AND state <> 'ended'
"""
ENTER: LiteralString = """
UPDATE queue_tickets
   SET before = CASE WHEN state = 'in-room' THEN before ELSE state END, state = 'in-room',
       room_id = CASE WHEN %(is_unnamed)s::boolean THEN NULL ELSE coalesce(%(room_id)s::uuid, room_id) END,
       version = version + 1
 WHERE clinic_id = %(clinic_id)s::uuid AND appointment_id = %(appointment_id)s::uuid AND state <> 'ended'
"""
# Back to where the ticket stood before the appointment took it along.
BACK: LiteralString = """
UPDATE queue_tickets
   SET state = coalesce(before, CASE WHEN called_at IS NULL THEN 'waiting' ELSE 'called' END), before = NULL,
       version = version + 1
 WHERE clinic_id = %(clinic_id)s::uuid AND appointment_id = %(appointment_id)s::uuid
   AND state IN ('in-room', 'ended')
"""


class Followed(Protocol):
    """What is needed of the appointment, as it was before its step."""

    @property
    def id(self) -> UUID: ...
    @property
    def location_id(self) -> UUID: ...
    @property
    def status(self) -> S: ...
    @property
    def roomed_at(self) -> datetime | None: ...


def follow(
    session: Session,
    clinic_id: UUID,
    *,
    row: Followed,
    after: S,
    is_undone: bool = False,
    room_id: UUID | None = None,
    is_unnamed: bool = False,
    is_entered: bool = False,
    now: datetime,
) -> None:
    """Bring the ticket to where a step has brought its appointment, which is locked; `is_undone` for a step back.

    `is_entered` when the visit begins with it, `is_unnamed` when its room is none that has a name any more.
    """
    asked = {"clinic_id": clinic_id, "appointment_id": row.id, "room_id": room_id, "is_unnamed": is_unnamed, "now": now}
    if after is S.ARRIVED and row.status not in PRESENT:
        lock_names(session, [f"queue:{row.location_id}"])
        execute(session, OPEN, {**asked, "id": new_id()})
    elif after is S.CHECKED_IN and (is_undone or row.status is S.FULFILLED):
        execute(session, BACK, asked)
    elif after is S.CHECKED_IN and row.status is S.CHECKED_IN and (is_entered or row.roomed_at is not None):
        execute(session, ENTER, asked)
    elif after not in PRESENT and row.status in PRESENT:
        end_tickets(session, clinic_id, [row.id])


def end_tickets(session: Session, clinic_id: UUID, appointment_ids: Collection[UUID]) -> None:
    """End the tickets of appointments that have ended, or that are only booked again."""
    execute(session, END, {"clinic_id": clinic_id, "appointment_ids": list(appointment_ids)})

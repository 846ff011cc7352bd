"""The places that appointments have left, as exactly as is needed to put each back where it was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.booking.answer import Left
from app.services.booking.plan import Plan, PlannedSlot
from app.services.booking.read import AppointmentRow
from models.db import rows

SLOTS: LiteralString = """
SELECT t.appointment_id, s.id, s.status <> 'open' FROM appointment_slots t
  JOIN slots s ON s.clinic_id = t.clinic_id AND s.id = t.slot_id
 WHERE t.clinic_id = %(clinic_id)s::uuid AND t.appointment_id = ANY(%(appointment_ids)s::uuid[])
 ORDER BY s.starts_at
"""
PLANNED: LiteralString = """
SELECT id, starts_at, ends_at, status = 'open' OR id = ANY(%(closed_ids)s::uuid[]), current_bookings < max_capacity,
       false
  FROM slots WHERE clinic_id = %(clinic_id)s::uuid AND id = ANY(%(slot_ids)s::uuid[]) ORDER BY starts_at
"""


def places_of(session: Session, clinic_id: UUID, standing: Sequence[AppointmentRow]) -> tuple[Left, ...]:
    """Return the places that appointments are about to leave, each by one change of its appointment."""
    asked = {"clinic_id": clinic_id, "appointment_ids": [row.id for row in standing]}
    found = rows(session, SLOTS, asked)
    return tuple(
        Left(
            row.id,
            row.version + 1,
            row.slot_id,
            row.starts_at,
            row.timezone,
            row.overbook_reason,
            tuple(slot_id for owner, slot_id, _ in found if owner == row.id),
            tuple(slot_id for owner, slot_id, is_closed in found if owner == row.id and is_closed),
        )
        for row in standing
    )


def plan_of_return(session: Session, clinic_id: UUID, plan: Plan, *, left: Left) -> Plan:
    """Return the plan with exactly the slots that the appointment had; new ones may lie across those closed since."""
    if not left.closed_ids:
        return plan
    asked = {"clinic_id": clinic_id, "slot_ids": list(left.slot_ids), "closed_ids": list(left.closed_ids)}
    slots = [PlannedSlot(*found) for found in rows(session, PLANNED, asked)]
    # Whoever was retired meanwhile still has this visit, as before it was moved.
    return replace(plan, slots=slots, is_bookable=True)

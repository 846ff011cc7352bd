"""The letter about a delay, as far as it is still true and news when it is sent: once for each step.

It says how much later, never with whom. A step that was followed by another, or taken back, within the minutes for
Undo tells nobody anything; that there is no delay any more is told only to whoever was told of one.
"""

from datetime import datetime, timedelta
from typing import LiteralString

from sqlmodel import Session

from app.services.accounts.keys import vault_of
from app.services.messages.letters import Facts, write_letter
from app.services.messages.outbox import Claimed
from app.services.messages.send import Parcel
from app.services.patients.sealing import opened
from models.db import first_row

LATE = "appointment.late"
# What was said, what holds now for whoever sees the patient, and what the patient was told last.
STEP: LiteralString = """
SELECT (o.payload ->> 'minutes')::int, coalesce(r.minutes, 0),
       coalesce((SELECT (e.payload ->> 'minutes')::int FROM outbox_events e
                  WHERE e.clinic_id = o.clinic_id AND e.aggregate_id = o.aggregate_id AND e.kind = o.kind
                    AND e.state = 'done' AND e.aggregate_version < o.aggregate_version
                  ORDER BY e.aggregate_version DESC LIMIT 1), 0),
       a.status, a.roomed_at IS NOT NULL, a.starts_at
  FROM outbox_events o
  JOIN appointments a ON a.clinic_id = o.clinic_id AND a.id = o.aggregate_id
  LEFT JOIN queue_tickets t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id
  LEFT JOIN running_late r ON r.clinic_id = a.clinic_id AND r.location_id = a.location_id
       AND r.practitioner_id = coalesce(t.practitioner_id, a.practitioner_id)
       AND r.on_date = (o.payload ->> 'on_date')::date
 WHERE o.clinic_id = %(clinic_id)s::uuid AND o.id = %(id)s::uuid
"""
READER: LiteralString = """
SELECT a.starts_at, a.timezone, a.patient_id, p.given_name_sealed, p.email_sealed, p.language, c.name,
       coalesce(nullif(l.phone, ''), c.phone), c.host_name
  FROM appointments a
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
  JOIN clinics c ON c.id = a.clinic_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.id = %(id)s::uuid
"""


def prepare_late(session: Session, row: Claimed, *, now: datetime) -> Parcel | None:
    """Write the letter of one step to one patient, or None when it is not true or no news any more."""
    step = first_row(session, STEP, {"clinic_id": row.clinic_id, "id": row.id})
    reader = first_row(session, READER, {"clinic_id": row.clinic_id, "id": row.aggregate_id})
    if step is None or reader is None:
        return None
    minutes, holds, told, *visit = step
    if not _is_news(minutes, holds=holds, told=told) or not _still_waits(*visit, minutes=minutes, now=now):
        return None
    starts_at, timezone, patient_id, given_name, email, language, clinic_name, phone, host_name = reader
    vault = vault_of(session, row.clinic_id)
    facts = Facts(
        given_name=opened(vault, patient_id, field="given_name", sealed=given_name) or "",
        starts_at=starts_at,
        timezone=timezone,
        clinic_name=clinic_name,
        phone=phone,
        late_minutes=minutes,
    )
    kind = "late" if minutes else "on-time"
    return Parcel(
        patient_id=patient_id,
        kind=kind,
        language=language,
        sender=f"appointments@{host_name}",
        recipient=opened(vault, patient_id, field="email", sealed=email) or "",
        letter=write_letter(kind, facts, language=language),
        message_id=f"<{row.id}@{host_name}>",
    )


def _is_news(minutes: int, *, holds: int, told: int) -> bool:
    """Tell whether what was said still holds, and is not what the patient was told last."""
    return minutes == holds and minutes != told


def _still_waits(status: str, is_roomed: bool, starts_at: datetime, *, minutes: int, now: datetime) -> bool:
    """Tell whether the patient has yet to be seen, and the letter still says something about what is to come."""
    is_to_come = starts_at + timedelta(minutes=minutes) > now
    if status == "booked":
        return is_to_come
    return status in ("arrived", "checked-in") and not is_roomed and (minutes > 0 or is_to_come)

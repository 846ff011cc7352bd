"""One patient of the day as the desk sees them: in which of its columns they stand, and how long they have waited."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import LiteralString, NamedTuple
from uuid import UUID

from app.infra.crypto import Vault
from app.services.patients.sealing import name_of, opened
from app.settings import settings

# Those of today's plan, and whoever has a number of today though they were planned for another day.
DAY: LiteralString = """
SELECT a.id, a.version, a.status, a.starts_at, a.ends_at, a.roomed_at IS NOT NULL, a.channel = 'walk-in',
       coalesce(t.practitioner_id, a.practitioner_id), d.display_name, s.name, coalesce(r.name, ''), a.is_due_at_desk,
       s.needs_referral AND NOT a.has_referral,
       t.id, coalesce(t.number, 0), coalesce(t.version, 0), coalesce(t.state, ''), t.before IS NOT NULL,
       coalesce(t.priority, 0) <> 0, t.since_at, t.called_at, coalesce(t.called_to, ''), coalesce(t.calls, 0),
       p.id, p.given_name_sealed, p.family_name_sealed, p.alert_sealed, p.needs_interpreter,
       p.verification = 'verified'
  FROM appointments a
  LEFT JOIN queue_tickets t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id AND t.on_date = %(day)s::date
       AND t.location_id = a.location_id
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = coalesce(t.practitioner_id, a.practitioner_id)
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  LEFT JOIN rooms r ON r.clinic_id = a.clinic_id AND r.id = coalesce(t.room_id, a.room_id)
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.location_id = %(location_id)s::uuid
   AND (a.starts_at >= %(begin)s AND a.starts_at < %(until)s AND a.status IN ('booked', 'noshow')
        OR a.id IN (SELECT appointment_id FROM queue_tickets
                     WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid
                       AND on_date = %(day)s::date))
   AND (%(practitioner_id)s::uuid IS NULL OR coalesce(t.practitioner_id, a.practitioner_id) = %(practitioner_id)s::uuid)
 ORDER BY a.starts_at, a.id
"""


class ArrivalRow(NamedTuple):
    """A row of DAY, still sealed; without a ticket its number is 0 and its state empty."""

    appointment_id: UUID
    version: int
    status: str
    starts_at: datetime
    ends_at: datetime
    is_roomed: bool
    is_walk_in: bool
    practitioner_id: UUID
    practitioner: str
    service: str
    room: str
    is_due_at_desk: bool
    lacks_referral: bool
    ticket_id: UUID | None
    number: int
    ticket_version: int
    state: str
    can_undo_queue: bool
    is_urgent: bool
    since_at: datetime | None
    called_at: datetime | None
    called_to: str
    calls: int
    patient_id: UUID
    given_name: bytes
    family_name: bytes
    alert: bytes | None
    needs_interpreter: bool
    is_verified: bool


class Group(StrEnum):
    """The five columns of a day at the desk."""

    EXPECTED = "expected"
    WAITING = "waiting"
    CALLED = "called"
    IN_ROOM = "in-room"
    DONE = "done"


class Wait(StrEnum):
    """The traffic light of a wait, by the settings' two minutes."""

    FINE = "fine"
    LONG = "long"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One patient of the day; `ticket_id` is None while they are expected. Waits are whole minutes."""

    appointment_id: UUID
    version: int
    status: str
    group: Group
    starts_at: datetime
    ends_at: datetime
    practitioner_id: UUID
    practitioner: str
    service: str
    room: str
    patient_id: UUID
    patient: str = field(repr=False)
    alert: str = field(repr=False)
    needs_interpreter: bool
    is_verified: bool
    is_due_at_desk: bool
    lacks_referral: bool
    is_walk_in: bool
    # Booked, its time and the grace after it have passed, and nobody came: somebody has to ask.
    is_overdue: bool
    ticket_id: UUID | None = None
    number: int = 0
    ticket_version: int = 0
    state: str = ""
    can_undo_queue: bool = False
    is_urgent: bool = False
    since_at: datetime | None = None
    waited_minutes: int = 0
    wait: Wait = Wait.FINE
    called_at: datetime | None = None
    called_to: str = ""
    calls: int = 0


def group_of(row: ArrivalRow) -> Group | None:
    """Return the column that somebody stands in; None for who is neither expected nor was here."""
    if row.status in ("booked", "noshow"):
        return Group.EXPECTED
    if row.status == "fulfilled":
        return Group.DONE
    if row.status not in ("arrived", "checked-in"):
        return None
    if row.is_roomed:
        return Group.IN_ROOM
    return Group.CALLED if row.state == "called" else Group.WAITING


def wait_of(minutes: int) -> Wait:
    """Return the light of a wait."""
    if minutes >= settings().wait_too_long_minutes:
        return Wait.TOO_LONG
    return Wait.LONG if minutes >= settings().wait_long_minutes else Wait.FINE


def arrival_of(row: ArrivalRow, vault: Vault, *, group: Group, now: datetime) -> Arrival:
    """Return a row with its seals opened; who was called has waited until then, the others until now."""
    ends = now if group is Group.WAITING else row.called_at or now
    waited = max(0, int((ends - row.since_at).total_seconds() // 60)) if row.since_at else 0
    grace = timedelta(minutes=settings().no_show_grace_minutes)
    return Arrival(
        appointment_id=row.appointment_id,
        version=row.version,
        status="in-room" if group is Group.IN_ROOM else row.status,
        group=group,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        practitioner_id=row.practitioner_id,
        practitioner=row.practitioner,
        service=row.service,
        room=row.room,
        patient_id=row.patient_id,
        patient=name_of(vault, row.patient_id, row.given_name, row.family_name),
        alert=opened(vault, row.patient_id, field="alert", sealed=row.alert) or "",
        needs_interpreter=row.needs_interpreter,
        is_verified=row.is_verified,
        is_due_at_desk=row.is_due_at_desk,
        lacks_referral=row.lacks_referral,
        is_walk_in=row.is_walk_in,
        is_overdue=row.status == "booked" and row.starts_at + grace <= now,
        ticket_id=row.ticket_id,
        number=row.number,
        ticket_version=row.ticket_version,
        state=row.state,
        can_undo_queue=row.can_undo_queue,
        is_urgent=row.is_urgent,
        since_at=row.since_at,
        waited_minutes=waited,
        wait=wait_of(waited),
        called_at=row.called_at,
        called_to=row.called_to,
        calls=row.calls,
    )

"""Where a moved appointment may go on the day that the board shows: exactly what `reschedule` accepts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import SlotUnavailable
from app.services.accounts.permissions import Permission, require
from app.services.availability.starts import open_starts
from app.services.booking.read import get_appointment
from app.services.places import Place
from models.db import rows
from models.principal import Principal

INSTANT = timedelta(microseconds=1)
LONGEST_BUFFER = timedelta(hours=2)
FIRST_SLOTS: LiteralString = """
SELECT s.id, s.practitioner_id, d.display_name, s.starts_at, s.service_id IS NOT NULL
  FROM slots s JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id
 WHERE s.clinic_id = %(clinic_id)s AND s.id = ANY(%(ids)s)
 ORDER BY s.starts_at, s.id
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A place that the appointment may take: its first slot, with whom, and when the patient's time begins."""

    slot_id: UUID
    practitioner_id: UUID
    practitioner: str
    slot_starts_at: datetime
    starts_at: datetime
    is_session: bool


@dataclass(frozen=True, slots=True)
class Targets:
    """A day's places: minutes from its midnight by practitioner, and the sessions by their slots."""

    starts: dict[str, list[int]] = field(default_factory=dict)
    sessions: list[str] = field(default_factory=list)


def targets_on(
    session: Session, principal: Principal, *, appointment_id: UUID, place: Place, day: date, now: datetime
) -> Targets:
    """Return where a reschedule of this appointment could take it on the location's day."""
    begin, until = place.span(day)
    starts: defaultdict[str, list[int]] = defaultdict(list)
    sessions: list[str] = []
    for target in _targets(session, principal, appointment_id, place=place, since=begin, until=until, now=now):
        if target.is_session:
            sessions.append(str(target.slot_id))
        else:
            starts[str(target.practitioner_id)].append(int((target.slot_starts_at - begin).total_seconds() // 60))
    return Targets(dict(starts), sessions)


def target_at(
    session: Session,
    principal: Principal,
    *,
    appointment_id: UUID,
    place: Place,
    practitioner_id: UUID,
    slot_starts_at: datetime,
    now: datetime,
) -> Target:
    """Return the place that begins here with this practitioner; raises SlotUnavailable when a reschedule would."""
    # The patient's time begins after the service's buffer, if it has one.
    until = slot_starts_at + LONGEST_BUFFER + INSTANT
    found = _targets(session, principal, appointment_id, place=place, since=slot_starts_at, until=until, now=now)
    for target in found:
        if target.practitioner_id == practitioner_id and target.slot_starts_at == slot_starts_at:
            return target
    raise SlotUnavailable()


def _targets(
    session: Session,
    principal: Principal,
    appointment_id: UUID,
    *,
    place: Place,
    since: datetime,
    until: datetime,
    now: datetime,
) -> list[Target]:
    require(principal, Permission.APPOINTMENTS_WRITE, location_id=place.id)
    moved = get_appointment(session, principal, appointment_id=appointment_id)
    starts = open_starts(
        session,
        principal,
        service_id=moved.service_id,
        location_id=place.id,
        since=since,
        until=until,
        now=now,
        moving=appointment_id,
    )
    begins = {start.id: start.starts_at for start in starts}
    found = rows(session, FIRST_SLOTS, {"clinic_id": principal.clinic_id, "ids": list(begins)})
    targets = [Target(row[0], row[1], row[2], row[3], begins[row[0]], row[4]) for row in found]
    return [target for target in targets if target.slot_id != moved.slot_id]

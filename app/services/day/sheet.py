"""The day sheet: every visit of a location's day in order, for paper, for a spreadsheet and for when nothing works."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.infra.crypto import Vault
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.patients.sealing import name_of, opened
from app.services.places import Place
from models.db import rows
from models.principal import Principal

# What was never a visit (a hold that ran out, the place somebody moved away from) stands on no sheet.
VISITS: LiteralString = """
SELECT a.id, a.starts_at, a.ends_at, d.display_name, s.name, coalesce(r.name, ''),
       CASE WHEN a.status = 'checked-in' AND a.roomed_at IS NOT NULL THEN 'in-room' ELSE a.status END,
       p.id, p.given_name_sealed, p.family_name_sealed, p.birth_date_sealed, p.phone_sealed, p.needs_interpreter
  FROM appointments a
  JOIN practitioners d ON d.clinic_id = a.clinic_id AND d.id = a.practitioner_id
  JOIN services s ON s.clinic_id = a.clinic_id AND s.id = a.service_id
  JOIN patients p ON p.clinic_id = a.clinic_id AND p.id = a.patient_id
  LEFT JOIN rooms r ON r.clinic_id = a.clinic_id AND r.id = a.room_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.location_id = %(location_id)s::uuid
   AND a.starts_at >= %(begin)s AND a.starts_at < %(until)s AND a.status <> 'entered-in-error'
   AND (a.cancel_reason IS NULL OR a.cancel_reason NOT IN ('hold-expired', 'moved'))
   AND (a.status <> 'pending' OR a.hold_expires_at > %(now)s OR a.pay_deadline_at IS NOT NULL)
 ORDER BY a.starts_at, d.display_name, a.id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One visit; its times are the location's own."""

    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime
    practitioner: str
    service: str
    room: str
    status: str
    patient: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    needs_interpreter: bool


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A location's day as it stood at `as_of`, by time."""

    place: Place
    day: date
    as_of: datetime
    lines: tuple[Line, ...]

    def by_practitioner(self) -> list[tuple[str, list[Line]]]:
        """Return the lines under each practitioner's name, by name and time."""
        names = sorted({line.practitioner for line in self.lines})
        return [(name, [line for line in self.lines if line.practitioner == name]) for name in names]


def read_sheet(
    session: Session, principal: Principal, *, place: Place, day: date, form: str, now: datetime
) -> DaySheet:
    """Return the sheet of a day and note who took it in which form (print, csv, xlsx); raises NotPermitted."""
    require(principal, Permission.DAY_EXPORT, location_id=place.id)
    lines = lines_of(session, principal, place=place, day=day, now=now)
    ids = [str(line.appointment_id) for line in lines]
    detail = {"day": day.isoformat(), "form": form, "ids": ids}
    record(session, principal, action="export", object_kind="day-sheet", object_id=place.id, detail=detail, now=now)
    return DaySheet(place, day, now, lines)


def lines_of(session: Session, principal: Principal, *, place: Place, day: date, now: datetime) -> tuple[Line, ...]:
    """Return a day's visits by time; whoever calls has asked for the permission and notes the view."""
    begin, until = place.span(day)
    asked = {"clinic_id": principal.clinic_id, "location_id": place.id, "begin": begin, "until": until, "now": now}
    found = rows(session, VISITS, asked)
    vault = vault_of(session, principal.clinic_id)
    return tuple(_line(vault, row, zone=ZoneInfo(place.timezone)) for row in found)


def _line(vault: Vault, row: Sequence[Any], *, zone: ZoneInfo) -> Line:
    (appointment_id, starts_at, ends_at, practitioner, service, room, status,
     patient_id, given, family, birth_date, phone, needs_interpreter) = row  # fmt: skip
    return Line(
        appointment_id=appointment_id,
        starts_at=starts_at.astimezone(zone),
        ends_at=ends_at.astimezone(zone),
        practitioner=practitioner,
        service=service,
        room=room,
        status=status,
        patient=name_of(vault, patient_id, given, family),
        birth_date=date.fromisoformat(opened(vault, patient_id, field="birth_date", sealed=birth_date) or ""),
        phone=opened(vault, patient_id, field="phone", sealed=phone) or "",
        needs_interpreter=needs_interpreter,
    )

"""Blocked time on the board: hours of a day that somebody closed, closed from there and opened again."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import InvalidField, NotFound
from app.infra import live
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import Permission, require
from app.services.booking.reasons import checked_reason
from app.services.patients.sealing import name_of
from app.services.schedules.edit import change_schedules, preview
from app.services.schedules.effect import Outcome
from app.services.schedules.exceptions import add_exception, remove_exception
from app.words import N_
from models.db import first_row, rows
from models.principal import Principal
from models.schedules import ExceptionKind

ONE_DAY = N_("Block time within one day.")
NO_SCHEDULE = N_("This practitioner has no timetable at this location.")
SCHEDULE: LiteralString = """
SELECT s.id, l.timezone, d.display_name FROM schedules s
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
  JOIN practitioners d ON d.clinic_id = s.clinic_id AND d.id = s.practitioner_id
 WHERE s.clinic_id = %(clinic_id)s AND s.practitioner_id = %(practitioner_id)s AND s.location_id = %(location_id)s
   AND s.is_active
 ORDER BY s.id LIMIT 1
"""
GONE = N_("This time is not blocked any more.")
ONE: LiteralString = """
SELECT s.practitioner_id, s.location_id, (e.on_date + e.starts_local) AT TIME ZONE l.timezone,
       (e.on_date + e.ends_local) AT TIME ZONE l.timezone, l.timezone, e.reason
  FROM schedule_exceptions e
  JOIN schedules s ON s.clinic_id = e.clinic_id AND s.id = e.schedule_id
  JOIN locations l ON l.clinic_id = s.clinic_id AND l.id = s.location_id
 WHERE e.clinic_id = %(clinic_id)s AND e.id = %(id)s AND e.kind = 'closed'
"""
PATIENTS: LiteralString = """
SELECT id, given_name_sealed, family_name_sealed FROM patients
 WHERE clinic_id = %(clinic_id)s AND id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time of one practitioner at one location, from one instant to another."""

    practitioner_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    timezone: str

    @property
    def on_date(self) -> date:
        """The day on the location's calendar."""
        return self.starts_at.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A stretch that is, or was, blocked, and why."""

    stretch: Stretch
    reason: str


@dataclass(frozen=True, slots=True)
class Displacing:
    """Whom blocked time would displace: the patient's name and the time of the visit."""

    appointment_id: UUID
    patient: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Blocking:
    """What blocking a stretch would do: the free starts it takes away, and whom it displaces."""

    practitioner: str
    starts_taken: int
    displaced: list[Displacing]


def preview_block(session: Session, principal: Principal, *, stretch: Stretch, now: datetime) -> Blocking:
    """Return what blocking the stretch would do, without doing it. Raises what `block` raises."""
    practitioner, edit = _edit(session, principal, stretch, reason="-", now=now)
    effect = preview(session, principal, edit, now=now)
    require(principal, Permission.PATIENTS_READ, location_id=stretch.location_id)
    names = _names(session, principal, [one.patient_id for one in effect.displaced])
    displaced = [Displacing(one.appointment_id, names[one.patient_id], one.starts_at) for one in effect.displaced]
    return Blocking(practitioner, effect.removed, displaced)


def block(principal: Principal, *, stretch: Stretch, reason: str, now: datetime) -> Outcome:
    """Close the stretch with a reason; live appointments in it stay and come onto the displaced worklist.

    Raises InvalidField without a reason or over midnight, NotFound, NotPermitted.
    """
    said = checked_reason("reason", reason)

    def edit(session: Session) -> Outcome:
        return _edit(session, principal, stretch, reason=said, now=now)[1](session)

    outcome = change_schedules(principal, edit)
    # Boards show the hatching also where no start was taken away.
    live.publish(principal.clinic_id, stretch.location_id, stretch.on_date, 0)
    return outcome


def unblock(principal: Principal, *, exception_id: UUID, now: datetime) -> Blocked:
    """Open blocked time again and return what it was, to block it once more. Raises NotFound, NotPermitted."""
    was: list[Blocked] = []

    def edit(session: Session) -> Outcome:
        was.append(_read(session, principal, exception_id))
        return remove_exception(session, principal, exception_id=exception_id, now=now)

    change_schedules(principal, edit)
    stretch = was[-1].stretch
    live.publish(principal.clinic_id, stretch.location_id, stretch.on_date, 0)
    return was[-1]


def _read(session: Session, principal: Principal, exception_id: UUID) -> Blocked:
    found = first_row(session, ONE, {"clinic_id": principal.clinic_id, "id": exception_id})
    if found is None:
        raise NotFound(GONE)
    practitioner_id, location_id, starts_at, ends_at, timezone, reason = found
    return Blocked(Stretch(practitioner_id, location_id, starts_at, ends_at, timezone), reason)


def _edit(
    session: Session, principal: Principal, stretch: Stretch, *, reason: str, now: datetime
) -> tuple[str, partial[Outcome]]:
    asked = {
        "clinic_id": principal.clinic_id,
        "practitioner_id": stretch.practitioner_id,
        "location_id": stretch.location_id,
    }
    found = first_row(session, SCHEDULE, asked)
    if found is None:
        raise NotFound(NO_SCHEDULE)
    schedule_id, timezone, practitioner = found
    on_date, begins, ends = _wall(stretch, ZoneInfo(timezone))
    edit = partial(
        add_exception,
        principal=principal,
        schedule_id=schedule_id,
        on_date=on_date,
        starts_local=begins.time(),
        ends_local=ends.time(),
        kind=ExceptionKind.CLOSED,
        reason=reason,
        now=now,
    )
    return practitioner, edit


def _wall(stretch: Stretch, zone: ZoneInfo) -> tuple[date, datetime, datetime]:
    begins, ends = (instant.astimezone(zone) for instant in (stretch.starts_at, stretch.ends_at))
    if begins.date() != ends.date() or begins >= ends:
        raise InvalidField("ends_at", ONE_DAY)
    return begins.date(), begins, ends


def _names(session: Session, principal: Principal, patient_ids: list[UUID]) -> dict[UUID, str]:
    if not patient_ids:
        return {}
    vault = vault_of(session, principal.clinic_id)
    found = rows(session, PATIENTS, {"clinic_id": principal.clinic_id, "ids": patient_ids})
    return {row[0]: name_of(vault, *row) for row in found}

"""A series that is there: its rule, its appointments, and which of them a change concerns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import AppointmentNotFound, InvalidField, InvalidTransition, SeriesNotFound, StaleVersion
from app.services.accounts.permissions import require
from app.services.booking.locks import Overtaken
from app.services.booking.read import COLUMNS, AppointmentRow, row_of
from app.services.series.occurrences import Recurrence
from app.services.series.takes import local_text
from app.services.series.wish import SeriesWish
from app.words import N_
from models.appointments import AppointmentStatus
from models.db import execute, first_row, rows
from models.principal import Principal
from models.series import SeriesUnit

SERIES: LiteralString = """
SELECT patient_id, service_id, practitioner_id, location_id, every, unit, first_on, starts_local, occurrences, version
  FROM series WHERE clinic_id = %(clinic_id)s::uuid AND id = %(series_id)s::uuid
"""
MEMBERS: LiteralString = (
    "SELECT a.series_number, l.timezone, "
    + COLUMNS
    + """
  FROM appointments a JOIN locations l ON l.clinic_id = a.clinic_id AND l.id = a.location_id
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.series_id = %(series_id)s::uuid ORDER BY a.series_number
"""
)
TOUCH: LiteralString = """
UPDATE series SET version = version + 1
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(series_id)s::uuid AND version = %(version)s::int
"""
NOTHING_LEFT = N_("There is nothing left in this series that could be changed.")


class Scope(StrEnum):
    """Which appointments of a series a change concerns, seen from one of them."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Reach:
    """The scope of a change; `this` and `following` are seen from an appointment."""

    scope: Scope
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One appointment of a series, with its number and its location's zone."""

    number: int
    zone: ZoneInfo
    row: AppointmentRow

    def body(self) -> dict[str, Any]:
        """Return it as the API shows an appointment, with its number."""
        return {**self.row.body(), "series_number": self.number}

    def left_body(self) -> dict[str, Any]:
        """Return it as what a change leaves as it is."""
        status = self.row.status.value
        return {"number": self.number, "local": local_text(self.row.starts_local), "status": status}


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """What was asked for when the series was booked, and how often the series as such was changed."""

    id: UUID
    wish: SeriesWish
    version: int


def find_series(session: Session, principal: Principal, *, series_id: UUID, permission: str) -> SeriesRow:
    """Return a series; SeriesNotFound also for one that the permission does not reach, NotPermitted without it."""
    require(principal, permission)
    found = first_row(session, SERIES, {"clinic_id": principal.clinic_id, "series_id": series_id})
    if found is None:
        raise SeriesNotFound()
    patient_id, service_id, practitioner_id, location_id, every, unit, first_on, at, times, version = found
    elsewhere = principal.location_ids is not None and location_id not in principal.location_ids
    if elsewhere:
        raise SeriesNotFound()
    rule = Recurrence(every, SeriesUnit(unit), first_on, at, times)
    return SeriesRow(series_id, SeriesWish(patient_id, service_id, practitioner_id, location_id, rule), version)


def members_of(session: Session, principal: Principal, *, series_id: UUID) -> list[Member]:
    """Return the appointments of a series by their numbers; one that was moved to a site not reached is not there."""
    found = rows(session, MEMBERS, {"clinic_id": principal.clinic_id, "series_id": series_id})
    members = [Member(number, ZoneInfo(timezone), row_of(tuple(columns))) for number, timezone, *columns in found]
    reached = principal.location_ids
    return [one for one in members if reached is None or one.row.location_id in reached]


def concerned(members: Sequence[Member], reach: Reach, *, now: datetime) -> tuple[list[Member], list[Member]]:
    """Return which members a change concerns and which it leaves: what has begun, arrived or ended stays.

    Raises InvalidField without an appointment where one is needed, AppointmentNotFound for one of no or another
    series, InvalidTransition when nothing is left to be changed.
    """
    within = _within(members, reach)
    changed = [one for one in within if one.row.status is AppointmentStatus.BOOKED and one.row.starts_at > now]
    if not changed:
        raise InvalidTransition(NOTHING_LEFT)
    return changed, [one for one in within if one not in changed]


def version_of(series: SeriesRow, members: Sequence[Member]) -> int:
    """Return the version of a series as it is shown: it grows with each change of the series or of an appointment."""
    return series.version + sum(member.row.version for member in members)


def require_version(series: SeriesRow, members: Sequence[Member], *, version: int | None) -> None:
    """Refuse a change of a series that is not any more what the caller saw."""
    now = version_of(series, members)
    if version is not None and version != now:
        raise StaleVersion(version=now)


def touch(session: Session, principal: Principal, series: SeriesRow) -> SeriesRow:
    """Count a change of a series, last of all rows; raises Overtaken when somebody else's came before."""
    parameters = {"clinic_id": principal.clinic_id, "series_id": series.id, "version": series.version}
    if execute(session, TOUCH, parameters) == 0:
        raise Overtaken
    return replace(series, version=series.version + 1)


def _within(members: Sequence[Member], reach: Reach) -> list[Member]:
    if reach.scope is Scope.ALL:
        return list(members)
    if reach.appointment_id is None:
        raise InvalidField("appointment_id", N_("Name the appointment of the series from which on it counts."))
    numbers = [member.number for member in members if member.row.id == reach.appointment_id]
    if not numbers:
        raise AppointmentNotFound()
    if reach.scope is Scope.THIS:
        return [member for member in members if member.number == numbers[0]]
    return [member for member in members if member.number >= numbers[0]]

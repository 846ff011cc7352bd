"""Public holidays: a location can keep those of its country, or of a region of it, by itself, year after year."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from app.errors import InvalidField
from app.services.accounts.permissions import Permission, require
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.official_days import official_days
from app.services.schedules.reach import reach_location
from app.settings import settings
from models.base import new_id
from models.clinics import Location
from models.db import rows
from models.principal import Principal
from models.schedules import Holiday

KEEPING: LiteralString = """
SELECT id, country, holiday_region FROM locations
 WHERE clinic_id = %(clinic_id)s::uuid AND is_active AND holiday_region IS NOT NULL ORDER BY id
"""
KNOWN: LiteralString = """
SELECT on_date FROM holidays
 WHERE clinic_id = %(clinic_id)s::uuid AND location_id = %(location_id)s::uuid AND on_date = ANY(%(days)s::date[])
"""
INSERT: LiteralString = """
INSERT INTO holidays (clinic_id, id, location_id, on_date, name)
SELECT %(clinic_id)s::uuid, n.id, %(location_id)s::uuid, n.on_date, n.name
  FROM unnest(%(ids)s::uuid[], %(days)s::date[], %(names)s::text[]) AS n (id, on_date, name)
ON CONFLICT (clinic_id, on_date, location_id) DO NOTHING
RETURNING on_date
"""
_log = structlog.get_logger(__name__)


def keep_public_holidays(
    session: Session, principal: Principal, *, location_id: UUID, region: str | None, now: datetime
) -> Outcome:
    """Let a location keep its country's holidays ("" as region), also a region's ("BY"), or none by itself (None).

    Fills the years of the horizon; the nightly job goes on. What the region kept before does not have leaves the
    list. Raises NotFound, NotPermitted, InvalidField.
    """
    practitioner_ids = reach_location(session, principal, location_id)
    location = session.get_one(Location, (principal.clinic_id, location_id))
    years = _years(now)
    before = _days(location.country, location.holiday_region, years)
    after = _days(location.country, region, years)
    location.holiday_region = region
    session.add(location)
    session.flush()
    _drop(session, principal, location_id, days={d: n for d, n in before.items() if d not in after}, now=now)
    _fill(session, principal, location_id, after)
    return outcome_of(
        session,
        principal,
        action="location.keep-holidays",
        object_kind="location",
        entry_id=location_id,
        practitioner_ids=practitioner_ids,
        detail={"country": location.country, "region": region},
        now=now,
    )


def fill_public_holidays(session: Session, principal: Principal, *, now: datetime) -> list[Outcome]:
    """Enter the holidays of the horizon's years that are missing, for every location that keeps its country's.

    A second call enters nothing. Raises NotPermitted.
    """
    require(principal, Permission.SCHEDULES_WRITE)
    found = rows(session, KEEPING, {"clinic_id": principal.clinic_id})
    outcomes = [_fill_location(session, principal, *location, now=now) for location in found]
    return [outcome for outcome in outcomes if outcome is not None]


def _fill_location(
    session: Session, principal: Principal, location_id: UUID, country: str, region: str, *, now: datetime
) -> Outcome | None:
    try:
        days = official_days(country, region, _years(now))
    except InvalidField:
        # A later version of the library has given the region up: its days so far stay.
        _log.warning("no calendar of holidays", country=country, region=region)
        return None
    days = {day: name for day, name in days.items() if day >= now.date()}
    about = {"clinic_id": principal.clinic_id, "location_id": location_id, "days": list(days)}
    if len(rows(session, KNOWN, about)) == len(days):
        return None
    practitioner_ids = reach_location(session, principal, location_id)
    entered = _fill(session, principal, location_id, days)
    if not entered:
        return None
    return outcome_of(
        session,
        principal,
        action="location.fill-holidays",
        object_kind="location",
        entry_id=location_id,
        practitioner_ids=practitioner_ids,
        days=(min(entered), max(entered)),
        detail={"days": [day.isoformat() for day in entered]},
        now=now,
    )


def _fill(session: Session, principal: Principal, location_id: UUID, days: dict[date, str]) -> list[date]:
    parameters = {
        "clinic_id": principal.clinic_id,
        "location_id": location_id,
        "ids": [new_id() for _ in days],
        "days": list(days),
        "names": list(days.values()),
    }
    return sorted(day for (day,) in rows(session, INSERT, parameters)) if days else []


def _drop(session: Session, principal: Principal, location_id: UUID, *, days: dict[date, str], now: datetime) -> None:
    """Delete those kept holidays still to come that stand as the library named them; typed ones stay."""
    asked = select(Holiday).where(
        Holiday.clinic_id == principal.clinic_id,
        Holiday.location_id == location_id,
        Holiday.is_kept,
        Holiday.on_date >= now.date(),
        col(Holiday.on_date).in_(days),
    )
    for holiday in session.exec(asked):
        if holiday.name == days[holiday.on_date]:
            session.delete(holiday)
    session.flush()


def _days(country: str, region: str | None, years: Collection[int]) -> dict[date, str]:
    return {} if region is None else official_days(country, region, years)


def _years(now: datetime) -> range:
    return range(now.year, (now + timedelta(days=settings().horizon_days)).year + 1)

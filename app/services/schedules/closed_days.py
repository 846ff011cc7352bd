"""When locations are closed: holidays with those that somebody took off, closures, and whose calendar is kept."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from holidays import country_holidays
from sqlmodel import Session, col, select

from app.services.accounts.permissions import Permission, require
from models.principal import Principal
from models.schedules import Closure, Holiday


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """What is to come; without a location it is of the whole clinic."""

    holidays: list[Holiday]
    closures: list[Closure]


def read_closed_days(session: Session, principal: Principal, *, location_id: UUID | None, today: date) -> ClosedDays:
    """Return what is entered for a location and for the whole clinic, by day; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ, location_id=location_id)
    holidays = select(Holiday).where(
        Holiday.clinic_id == principal.clinic_id,
        Holiday.on_date >= today,
        (col(Holiday.location_id) == location_id) | col(Holiday.location_id).is_(None),
    )
    closures = select(Closure).where(
        Closure.clinic_id == principal.clinic_id,
        Closure.ends_local > datetime.combine(today, time.min),
        (col(Closure.location_id) == location_id) | col(Closure.location_id).is_(None),
    )
    return ClosedDays(
        holidays=list(session.exec(holidays.order_by(col(Holiday.on_date)))),
        closures=list(session.exec(closures.order_by(col(Closure.starts_local)))),
    )


def regions_of(country: str) -> list[tuple[str, str]]:
    """Return the regions of a country that have holidays of their own: code and name, by name."""
    try:
        calendar = country_holidays(country)
    except NotImplementedError:
        return []
    named = [(code, (names or [code])[0]) for code, names in calendar.get_subdivision_aliases().items()]
    return sorted(named, key=lambda region: region[1])

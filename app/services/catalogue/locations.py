"""Locations as administrators see them, open or retired: made, changed, retired, opened again."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import InvalidField, NotFound
from app.services.accounts.permissions import Permission, require
from app.services.catalogue import checks
from app.services.catalogue.editing import (
    done,
    lock_settings,
    put_in_use,
    require_everywhere,
    require_seen,
    version_of,
)
from app.services.catalogue.still_needed import Needed, require_agreed
from app.services.schedules.effect import Outcome
from app.services.schedules.reach import practitioners_at
from app.words import N_
from models.base import new_id
from models.clinics import Location
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class LocationFields:
    """What is typed of a location."""

    name: str
    timezone: str
    country: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LocationEntry:
    """A location with what it keeps by itself."""

    id: UUID
    fields: LocationFields
    is_active: bool
    holiday_region: str | None

    @property
    def version(self) -> str:
        """What a change says that it has seen."""
        return version_of(self)


def list_locations(session: Session, principal: Principal) -> list[LocationEntry]:
    """Return the locations that the actor reaches, open ones first, by name; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ)
    asked = select(Location).where(Location.clinic_id == principal.clinic_id)
    if principal.location_ids is not None:
        asked = asked.where(col(Location.id).in_(principal.location_ids))
    return [_entry(one) for one in session.exec(asked.order_by(col(Location.is_active).desc(), col(Location.name)))]


def create_location(session: Session, principal: Principal, *, fields: LocationFields, now: datetime) -> Outcome:
    """Open a location; raises NotPermitted, InvalidField."""
    require_everywhere(principal, Permission.SETTINGS_WRITE)
    wanted = _checked(fields)
    lock_settings(session, principal.clinic_id)
    _require_free_name(session, principal, wanted.name)
    location_id = new_id()
    session.add(Location(clinic_id=principal.clinic_id, id=location_id, **asdict(wanted)))
    return done(session, principal, action="create", kind="location", entry_id=location_id, now=now)


def change_location(
    session: Session, principal: Principal, *, location_id: UUID, fields: LocationFields, version: str, now: datetime
) -> Outcome:
    """Change a location; its schedules follow a new time zone. Raises NotFound, InvalidField, StaleVersion."""
    wanted = _checked(fields)
    location = _reach(session, principal, location_id, version=version)
    _require_free_name(session, principal, wanted.name, but=location_id)
    if wanted.country != location.country and location.holiday_region is not None:
        raise InvalidField("country", N_("It keeps this country's public holidays. Choose none for it first."))
    is_moved = wanted.timezone != location.timezone
    practitioner_ids = practitioners_at(session, principal, location_id) if is_moved else []
    changed = _set(location, asdict(wanted))
    session.add(location)
    return done(
        session,
        principal,
        action="change",
        kind="location",
        entry_id=location_id,
        practitioner_ids=practitioner_ids,
        is_reconciled=True,
        detail={"fields": changed},
        now=now,
    )


def retire_location(
    session: Session, principal: Principal, *, location_id: UUID, version: str, agreed: int, now: datetime
) -> Outcome:
    """Offer nothing there any more; `agreed` appointments to come stay, on the displaced worklist.

    Raises NotFound, StaleVersion, StillNeeded when there are more than were agreed to.
    """
    location = _reach(session, principal, location_id, version=version)
    require_agreed(session, principal.clinic_id, kind=Needed.LOCATION, entry_id=location_id, agreed=agreed, now=now)
    return _activate(session, principal, location, is_active=False, now=now)


def reopen_location(
    session: Session, principal: Principal, *, location_id: UUID, version: str, now: datetime
) -> Outcome:
    """Offer again what its schedules say; same errors."""
    location = _reach(session, principal, location_id, version=version)
    return _activate(session, principal, location, is_active=True, now=now)


def _activate(session: Session, principal: Principal, location: Location, *, is_active: bool, now: datetime) -> Outcome:
    practitioner_ids = practitioners_at(session, principal, location.id)
    return put_in_use(
        session,
        principal,
        location,
        is_active=is_active,
        kind="location",
        practitioner_ids=practitioner_ids,
        is_reconciled=True,
        now=now,
    )


def _reach(session: Session, principal: Principal, location_id: UUID, *, version: str) -> Location:
    require(principal, Permission.SETTINGS_WRITE, location_id=location_id)
    lock_settings(session, principal.clinic_id)
    location = session.get(Location, (principal.clinic_id, location_id))
    if location is None:
        raise NotFound(N_("There is no such location."))
    require_seen(_entry(location), version)
    return location


def _entry(location: Location) -> LocationEntry:
    fields = LocationFields(
        name=location.name,
        timezone=location.timezone,
        country=location.country,
        address=location.address,
        phone=location.phone,
    )
    return LocationEntry(location.id, fields, location.is_active, location.holiday_region)


def _checked(fields: LocationFields) -> LocationFields:
    return LocationFields(
        name=checks.name(fields.name),
        timezone=checks.zone(fields.timezone),
        country=checks.country(fields.country),
        address=checks.text("address", fields.address),
        phone=checks.text("phone", fields.phone, longest=40),
    )


def _require_free_name(session: Session, principal: Principal, name: str, *, but: UUID | None = None) -> None:
    same = select(Location.id).where(Location.clinic_id == principal.clinic_id, Location.name == name)
    checks.free_name(any(found != but for found in session.exec(same)))


def _set(row: Any, values: dict[str, Any]) -> list[str]:
    """Set what differs and return its names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed

"""Rooms and devices of a location: what a visit may need, asked for by kind."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import NotFound
from app.services.accounts.permissions import Permission, require
from app.services.catalogue import checks
from app.services.catalogue.editing import done, lock_settings, put_in_use, require_seen, version_of
from app.services.catalogue.still_needed import Needed, require_agreed
from app.services.schedules.effect import Outcome
from app.words import N_
from models.base import new_id
from models.clinics import Device, Location, Room
from models.principal import Principal


class Equipment(StrEnum):
    """A room, or a device."""

    ROOM = "room"
    DEVICE = "device"

    @property
    def table(self) -> type[Any]:
        """Where its rows are: both tables have the same columns."""
        return Room if self is Equipment.ROOM else Device


@dataclass(frozen=True, slots=True)
class EquipmentEntry:
    """One room or device."""

    id: UUID
    location_id: UUID
    what: Equipment
    name: str
    kind: str
    is_active: bool

    @property
    def version(self) -> str:
        """What a change says that it has seen."""
        return version_of(self)


def list_equipment(session: Session, principal: Principal, *, location_id: UUID) -> list[EquipmentEntry]:
    """Return the rooms and then the devices of a location, in use first, by name; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ, location_id=location_id)
    found: list[EquipmentEntry] = []
    for what in Equipment:
        table = what.table
        asked = select(table).where(table.clinic_id == principal.clinic_id, table.location_id == location_id)
        found += [_entry(one) for one in session.exec(asked.order_by(col(table.is_active).desc(), col(table.name)))]
    return found


def kinds(session: Session, principal: Principal, *, what: Equipment) -> list[str]:
    """Return the kinds of rooms, or of devices, that are in use somewhere, by name; raises NotPermitted."""
    require(principal, Permission.SCHEDULES_READ)
    table = what.table
    asked = select(table.kind).where(table.clinic_id == principal.clinic_id, col(table.is_active)).distinct()
    return sorted(session.exec(asked))


def add_equipment(
    session: Session,
    principal: Principal,
    *,
    what: Equipment,
    location_id: UUID,
    name: str,
    kind: str,
    now: datetime,
) -> Outcome:
    """Add a room or a device to a location; raises NotFound, NotPermitted, InvalidField."""
    require(principal, Permission.SETTINGS_WRITE, location_id=location_id)
    name, kind = checks.name(name), checks.name(kind, field="kind")
    lock_settings(session, principal.clinic_id)
    if session.get(Location, (principal.clinic_id, location_id)) is None:
        raise NotFound(N_("There is no such location."))
    _require_free_name(session, principal, what, location_id=location_id, name=name)
    entry_id = new_id()
    place = {"clinic_id": principal.clinic_id, "location_id": location_id}
    session.add(what.table(id=entry_id, name=name, kind=kind, **place))
    return done(session, principal, action="create", kind=what.value, entry_id=entry_id, now=now)


def change_equipment(
    session: Session,
    principal: Principal,
    *,
    what: Equipment,
    entry_id: UUID,
    name: str,
    kind: str,
    version: str,
    now: datetime,
) -> Outcome:
    """Rename a room or device, or let it be of another kind; raises NotFound, InvalidField, StaleVersion."""
    name, kind = checks.name(name), checks.name(kind, field="kind")
    row = _reach(session, principal, what, entry_id, version=version)
    _require_free_name(session, principal, what, location_id=row.location_id, name=name, but=entry_id)
    row.name, row.kind = name, kind
    session.add(row)
    return done(session, principal, action="change", kind=what.value, entry_id=entry_id, now=now)


def retire_equipment(
    session: Session,
    principal: Principal,
    *,
    what: Equipment,
    entry_id: UUID,
    version: str,
    agreed: int,
    now: datetime,
) -> Outcome:
    """Plan nothing more with it; `agreed` appointments to come keep it. Raises NotFound, StaleVersion, StillNeeded."""
    row = _reach(session, principal, what, entry_id, version=version)
    require_agreed(session, principal.clinic_id, kind=Needed(what.value), entry_id=entry_id, agreed=agreed, now=now)
    return put_in_use(session, principal, row, is_active=False, kind=what.value, now=now)


def reuse_equipment(
    session: Session, principal: Principal, *, what: Equipment, entry_id: UUID, version: str, now: datetime
) -> Outcome:
    """Plan with it again; raises NotFound, StaleVersion."""
    row = _reach(session, principal, what, entry_id, version=version)
    return put_in_use(session, principal, row, is_active=True, kind=what.value, now=now)


def _reach(session: Session, principal: Principal, what: Equipment, entry_id: UUID, *, version: str) -> Room | Device:
    require(principal, Permission.SETTINGS_WRITE)
    lock_settings(session, principal.clinic_id)
    row: Room | Device | None = session.get(what.table, (principal.clinic_id, entry_id))
    if row is None:
        raise NotFound(N_("There is no such room or device."))
    require(principal, Permission.SETTINGS_WRITE, location_id=row.location_id)
    require_seen(_entry(row), version)
    return row


def _entry(row: Room | Device) -> EquipmentEntry:
    what = Equipment.ROOM if isinstance(row, Room) else Equipment.DEVICE
    return EquipmentEntry(row.id, row.location_id, what, row.name, row.kind, row.is_active)


def _require_free_name(
    session: Session,
    principal: Principal,
    what: Equipment,
    *,
    location_id: UUID,
    name: str,
    but: UUID | None = None,
) -> None:
    table = what.table
    same = select(table.id).where(
        table.clinic_id == principal.clinic_id, table.location_id == location_id, table.name == name
    )
    checks.free_name(any(found != but for found in session.exec(same)))

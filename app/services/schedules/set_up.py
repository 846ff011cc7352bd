"""A schedule itself: opened for a practitioner at a location, cut into slots of some minutes, active or not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from app.errors import InvalidField, NotFound
from app.services.accounts.permissions import Permission, require
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.locks import lock_timetables
from app.words import N_
from models.clinics import Location
from models.practitioners import Practitioner
from models.principal import Principal
from models.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set of a schedule; None leaves it as it is."""

    slot_minutes: int | None = None
    overbook_limit: int | None = None
    is_active: bool | None = None


def open_schedule(
    session: Session,
    principal: Principal,
    *,
    practitioner_id: UUID,
    location_id: UUID,
    settings: Settings,
    now: datetime,
) -> Outcome:
    """Open a practitioner's schedule at a location; where there is one already it takes these settings.

    Raises NotFound, NotPermitted, InvalidField.
    """
    require(principal, Permission.SCHEDULES_WRITE, location_id=location_id)
    # The places too: who closes one meanwhile would not know of this schedule.
    lock_timetables(session, [principal.clinic_id, location_id])
    lock_timetables(session, [practitioner_id])
    for table, entry_id in ((Practitioner, practitioner_id), (Location, location_id)):
        if session.get(table, (principal.clinic_id, entry_id)) is None:
            raise NotFound(N_("There is no such practitioner or location."))
    ids: dict[str, Any] = {"practitioner_id": practitioner_id, "location_id": location_id}
    there = session.exec(select(Schedule).where(Schedule.clinic_id == principal.clinic_id).filter_by(**ids)).first()
    schedule = there or Schedule(clinic_id=principal.clinic_id, **ids)
    return _set(session, principal, schedule, settings, action="schedule.open", now=now)


def set_values(schedule: Schedule, settings: Settings) -> dict[str, Any]:
    """Set what differs and return it; raises InvalidField."""
    if settings.slot_minutes is not None and not 5 <= settings.slot_minutes <= 60:
        raise InvalidField("slot_minutes", N_("A slot lasts 5 to 60 minutes."))
    if settings.overbook_limit is not None and not 0 <= settings.overbook_limit <= 20:
        raise InvalidField("overbook_limit", N_("A slot can be overbooked by 0 to 20 visits."))
    changed: dict[str, Any] = {}
    for name in ("slot_minutes", "overbook_limit", "is_active"):
        value = getattr(settings, name)
        if value is not None and value != getattr(schedule, name):
            changed[name] = value
            setattr(schedule, name, value)
    return changed


def _set(
    session: Session, principal: Principal, schedule: Schedule, settings: Settings, *, action: str, now: datetime
) -> Outcome:
    changed = set_values(schedule, settings)
    session.add(schedule)
    return outcome_of(
        session,
        principal,
        action=action,
        object_kind="schedule",
        entry_id=schedule.id,
        practitioner_ids=[schedule.practitioner_id],
        detail=changed,
        now=now,
    )

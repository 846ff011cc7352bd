"""Holidays: days on which a location, or the whole clinic, is closed.

A holiday that somebody takes off stays as a row that is not kept, so that no later year's list brings it back.
"""

from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session, select

from app.errors import InvalidField, NotFound
from app.services.schedules.edit import outcome_of
from app.services.schedules.effect import Outcome
from app.services.schedules.reach import reach_location
from app.words import N_
from models.db import first_row
from models.principal import Principal
from models.schedules import Holiday

PLACE_OF: LiteralString = """
SELECT location_id FROM holidays WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""


def add_holiday(
    session: Session, principal: Principal, *, location_id: UUID | None, on_date: date, name: str, now: datetime
) -> Outcome:
    """Close a location, or without one the clinic, on a day; a holiday that was taken off is kept again.

    Raises NotFound, NotPermitted, InvalidField.
    """
    if not name.strip():
        raise InvalidField("name", N_("Give the holiday a name."))
    practitioner_ids = reach_location(session, principal, location_id)
    place: dict[str, Any] = {"location_id": location_id, "on_date": on_date}
    there = session.exec(select(Holiday).where(Holiday.clinic_id == principal.clinic_id).filter_by(**place)).first()
    holiday = there or Holiday(clinic_id=principal.clinic_id, **place, name=name)
    holiday.name, holiday.is_kept = name.strip(), True
    session.add(holiday)
    return _outcome(session, principal, "holiday.add", holiday, practitioner_ids, now=now)


def remove_holiday(session: Session, principal: Principal, *, holiday_id: UUID, now: datetime) -> Outcome:
    """Work on a holiday, for good: no list brings it back. Raises NotFound, NotPermitted."""
    found = first_row(session, PLACE_OF, {"clinic_id": principal.clinic_id, "id": holiday_id})
    if found is None:
        raise NotFound(N_("There is no such holiday."))
    practitioner_ids = reach_location(session, principal, found[0])
    holiday = session.get_one(Holiday, (principal.clinic_id, holiday_id))
    holiday.is_kept = False
    session.add(holiday)
    return _outcome(session, principal, "holiday.remove", holiday, practitioner_ids, now=now)


def _outcome(
    session: Session,
    principal: Principal,
    action: str,
    holiday: Holiday,
    practitioner_ids: list[UUID],
    *,
    now: datetime,
) -> Outcome:
    return outcome_of(
        session,
        principal,
        action=action,
        object_kind="holiday",
        entry_id=holiday.id,
        practitioner_ids=practitioner_ids,
        days=(holiday.on_date, holiday.on_date),
        detail={
            "location_id": str(holiday.location_id) if holiday.location_id else None,
            "on_date": holiday.on_date.isoformat(),
        },
        now=now,
    )

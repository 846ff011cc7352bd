"""Two steps of the guide that make several entries at once: each is one change, made by the settings' own services.

change_settings(principal, partial(open_place, principal=principal, fields=..., rooms=..., kind=..., now=now))
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.errors import InvalidField
from app.services.catalogue.equipment import Equipment, add_equipment
from app.services.catalogue.locations import LocationFields, create_location
from app.services.catalogue.practitioners import PractitionerFields, create_practitioner
from app.services.schedules.effect import Outcome
from app.services.schedules.read_week import week_version
from app.services.schedules.rule_rows import Hours
from app.services.schedules.set_up import Settings, open_schedule
from app.services.schedules.week import Put, change_week
from app.words import N_
from models.principal import Principal

MOST_ROOMS = 40


def open_place(
    session: Session, principal: Principal, *, fields: LocationFields, rooms: Sequence[str], kind: str, now: datetime
) -> Outcome:
    """Open a location with rooms of one kind, all or nothing; the same name twice is one room.

    Raises NotPermitted, InvalidField (of `rooms` for what is wrong with a room's name).
    """
    outcome = create_location(session, principal, fields=fields, now=now)
    named = list(dict.fromkeys(filter(None, (" ".join(room.split()) for room in rooms))))
    if len(named) > MOST_ROOMS:
        raise InvalidField("rooms", N_("These are too many at once. Add the others in the settings."))
    place: dict[str, Any] = {"what": Equipment.ROOM, "location_id": _made(outcome), "kind": kind, "now": now}
    for name in named:
        try:
            add_equipment(session, principal, name=name, **place)
        except InvalidField as wrong:
            raise InvalidField("rooms" if wrong.field == "name" else wrong.field, str(wrong)) from wrong
    return outcome


def take_on(
    session: Session,
    principal: Principal,
    *,
    fields: PractitionerFields,
    location_id: UUID,
    week: Sequence[Hours],
    slot_minutes: int,
    now: datetime,
) -> Outcome:
    """Take somebody on who gives care, with their week at a location, all or nothing.

    Raises NotPermitted, NotFound, InvalidField.
    """
    if not week:
        raise InvalidField("weekdays", N_("Choose at least one day."))
    person_id = _made(create_practitioner(session, principal, fields=fields, now=now))
    cut = Settings(slot_minutes=slot_minutes, is_active=True)
    ids = {"practitioner_id": person_id, "location_id": location_id}
    schedule_id = _made(open_schedule(session, principal, **ids, settings=cut, now=now))
    return change_week(
        session,
        principal,
        schedule_id=schedule_id,
        steps=[Put(hours) for hours in week],
        settings=cut,
        version=week_version(session, principal.clinic_id, schedule_id=schedule_id),
        now=now,
    )


def _made(outcome: Outcome) -> UUID:
    if outcome.entry_id is None:
        raise LookupError("What was made has no id.")
    return outcome.entry_id

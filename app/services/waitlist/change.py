"""`change`: other days, another practitioner or place for a wish that stands; the place in the queue stays."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.waitlist.entries import COLUMNS, Entry, entry_of, lock_entry, require_entry
from app.services.waitlist.trail import step
from app.services.waitlist.wishes import Wish, require_wish
from models.db import rows
from models.principal import Principal

CHANGE: LiteralString = (
    """
UPDATE waitlist_entries AS e
   SET practitioner_id = %(practitioner_id)s::uuid, location_id = %(location_id)s::uuid,
       weekdays = %(weekdays)s::smallint, part_of_day = %(part_of_day)s::text, earliest_on = %(earliest_on)s::date,
       latest_on = %(latest_on)s::date, is_urgent = %(is_urgent)s::boolean, version = version + 1,
       updated_at = %(now)s::timestamptz
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.id = %(id)s::uuid
RETURNING """
    + COLUMNS
)


def change(
    session: Session,
    principal: Principal,
    *,
    entry_id: UUID,
    changes: Mapping[str, Any],
    now: datetime,
    version: int | None = None,
) -> Entry:
    """Change those preferences of an entry that are named, as `Wish` names them; an open offer stays open.

    Raises WaitlistEntryNotFound, StaleVersion, WaitlistEntryEnded, InvalidField, NotPermitted.
    """
    lock_entry(session, principal.clinic_id, entry_id)
    entry = require_entry(session, principal, entry_id=entry_id, version=version)
    before = wish_of(entry)
    wish = replace(before, **changes)
    if wish == before:
        return entry
    require_wish(session, principal, wish=wish, service_id=entry.service_id, now=now)
    parameters = {"clinic_id": principal.clinic_id, "id": entry_id, "now": now, **wish.parameters()}
    (changed,) = rows(session, CHANGE, parameters)
    fields = [name for name in changes if getattr(wish, name) != getattr(before, name)]
    step(session, principal, action="waitlist-change", entry_id=entry_id, detail={"fields": fields}, now=now)
    return entry_of(changed)


def wish_of(entry: Entry) -> Wish:
    """Return the preferences of an entry."""
    return Wish(
        practitioner_id=entry.practitioner_id,
        location_id=entry.location_id,
        weekdays=entry.weekdays,
        part_of_day=entry.part_of_day,
        earliest_on=entry.earliest_on,
        latest_on=entry.latest_on,
        is_urgent=entry.is_urgent,
    )

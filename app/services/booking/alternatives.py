"""Other starts to offer to somebody whose start was taken."""

from datetime import datetime
from itertools import islice
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission
from app.services.availability import Start, first_available
from models.db import first_row, rows
from models.principal import Principal

SLOT: LiteralString = """
SELECT practitioner_id, location_id, starts_at FROM slots
 WHERE clinic_id = %(clinic_id)s::uuid AND id = %(slot_id)s::uuid
"""
# When the patient is busy; a hold that has run out and is not being paid is in nobody's way.
BUSY: LiteralString = """
SELECT starts_at, ends_at FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(patient_id)s::uuid AND live
   AND starts_at > %(since)s::timestamptz - interval '1 day' AND ends_at > %(since)s::timestamptz
   AND (status <> 'pending' OR hold_expires_at > %(now)s::timestamptz OR pay_deadline_at IS NOT NULL)
"""
MOST = 3
# How many starts are looked at for those that do not overlap with the patient's own appointments.
LOOKED_AT = 48


def alternatives(
    session: Session,
    principal: Principal,
    *,
    slot_id: UUID,
    service_id: UUID,
    patient_id: UUID | None = None,
    moving: UUID | None = None,
    now: datetime,
) -> list[Start]:
    """Return up to three next starts with the same practitioner, else with anybody at the site, else from now on.

    With a patient only such as do not overlap with the patient's appointments: name one to staff only. With an
    appointment that is moved, those to which it can be: its patient is known then.
    """
    if not principal.may(Permission.SLOTS_READ):
        return []
    for place, since in _looks(session, principal, slot_id=slot_id, now=now):
        busy = [] if moving else _busy(session, principal, patient_id, since=since, now=now)
        where = {**place, "since": since, "now": now, "moving": moving}
        starts = _starts(session, principal, service_id, busy=busy, taken=slot_id, **where)
        if starts:
            return starts
    return []


def _looks(
    session: Session, principal: Principal, *, slot_id: UUID, now: datetime
) -> list[tuple[dict[str, UUID], datetime]]:
    """Return where to look, and from when on; a slot that has left the schedule tells of no place."""
    found = first_row(session, SLOT, {"clinic_id": principal.clinic_id, "slot_id": slot_id})
    if found is None:
        return [({}, now)]
    practitioner_id, location_id, starts_at = found
    later = max(starts_at, now)
    at_site = {"location_id": location_id}
    return [({"practitioner_id": practitioner_id}, later), (at_site, later), (at_site, now)]


def _starts(
    session: Session,
    principal: Principal,
    service_id: UUID,
    *,
    busy: list[Any],
    taken: UUID,
    **where: Any,
) -> list[Start]:
    looked_at = LOOKED_AT if busy else MOST + 1
    starts = first_available(session, principal, service_id=service_id, count=looked_at, **where)
    others = (start for start in starts if start.id != taken and not _overlaps(start, busy))
    return list(islice(others, MOST))


def _overlaps(start: Start, busy: list[Any]) -> bool:
    return any(start.starts_at < ends_at and starts_at < start.ends_at for starts_at, ends_at in busy)


def _busy(
    session: Session, principal: Principal, patient_id: UUID | None, *, since: datetime, now: datetime
) -> list[Any]:
    if patient_id is None:
        return []
    return rows(
        session,
        BUSY,
        {"clinic_id": principal.clinic_id, "patient_id": patient_id, "since": since, "now": now},
    )

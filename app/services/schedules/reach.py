"""Whose schedules an actor may change, and the locks and ids that every change begins with."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound, NotPermitted
from app.services.accounts.permissions import Permission, require
from app.services.schedules.locks import lock_timetables
from app.words import N_
from models.db import first_row, rows
from models.principal import ActorKind, Principal

SCHEDULE: LiteralString = """
SELECT practitioner_id, location_id FROM schedules WHERE clinic_id = %(clinic_id)s::uuid AND id = %(id)s::uuid
"""
LOCATIONS_OF: LiteralString = """
SELECT DISTINCT location_id FROM schedules
 WHERE clinic_id = %(clinic_id)s::uuid AND practitioner_id = %(practitioner_id)s::uuid
"""
PRACTITIONER: LiteralString = """
SELECT 1 FROM practitioners WHERE clinic_id = %(clinic_id)s::uuid AND id = %(practitioner_id)s::uuid
"""
LOCATION: LiteralString = """
SELECT 1 FROM locations WHERE clinic_id = %(clinic_id)s::uuid AND id = %(location_id)s::uuid
"""
PRACTITIONERS_AT: LiteralString = """
SELECT DISTINCT practitioner_id FROM schedules
 WHERE clinic_id = %(clinic_id)s::uuid AND (%(location_id)s::uuid IS NULL OR location_id = %(location_id)s::uuid)
"""
OWN: LiteralString = """
SELECT 1 FROM role_grants
 WHERE clinic_id = %(clinic_id)s::uuid AND user_id::text = %(user_id)s AND role = 'practitioner'
   AND practitioner_id = %(practitioner_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class ScheduleRef:
    """A schedule that may be changed, with its practitioner's timetables locked."""

    schedule_id: UUID
    practitioner_id: UUID
    location_id: UUID


def reach_schedule(session: Session, principal: Principal, schedule_id: UUID, *, own: bool = False) -> ScheduleRef:
    """Lock and return a schedule that the actor may change.

    `own`, for hours of a day that are closed, admits the practitioner whose it is, and the desk of its location.
    Raises NotFound, NotPermitted.
    """
    found = first_row(session, SCHEDULE, {"clinic_id": principal.clinic_id, "id": schedule_id})
    if found is None:
        raise NotFound(N_("There is no such schedule."))
    practitioner_id, location_id = found
    if own and principal.may(Permission.SCHEDULES_BLOCK):
        require(principal, Permission.SCHEDULES_BLOCK, location_id=location_id)
    else:
        _require(session, principal, practitioner_id, location_ids=[location_id], own=own)
    lock_timetables(session, [practitioner_id])
    return ScheduleRef(schedule_id, practitioner_id, location_id)


def reach_practitioner(session: Session, principal: Principal, practitioner_id: UUID, *, own: bool = False) -> None:
    """Lock all timetables of a practitioner whom the actor may keep from work at every site; same errors.

    That is what who writes absences may do at the desk, without changing any schedule.
    """
    parameters = {"clinic_id": principal.clinic_id, "practitioner_id": practitioner_id}
    if first_row(session, PRACTITIONER, parameters) is None:
        raise NotFound(N_("There is no such practitioner."))
    location_ids = [location_id for (location_id,) in rows(session, LOCATIONS_OF, parameters)]
    permission = Permission.ABSENCES_WRITE
    _require(session, principal, practitioner_id, location_ids=location_ids, own=own, permission=permission)
    lock_timetables(session, [practitioner_id])


def reach_location(session: Session, principal: Principal, location_id: UUID | None) -> list[UUID]:
    """Lock the timetables of a location, or of the whole clinic; return the practitioners that have one there.

    Whoever works for some sites only may not close the clinic. Raises NotFound, NotPermitted.
    """
    require(principal, Permission.SCHEDULES_WRITE, location_id=location_id)
    parameters = {"clinic_id": principal.clinic_id, "location_id": location_id}
    if location_id is None and principal.location_ids is not None:
        raise NotPermitted(permission=Permission.SCHEDULES_WRITE)
    if location_id is not None and first_row(session, LOCATION, parameters) is None:
        raise NotFound(N_("There is no such location."))
    return practitioners_at(session, principal, location_id)


def practitioners_at(session: Session, principal: Principal, location_id: UUID | None) -> list[UUID]:
    """Lock the timetables of a location, or of the clinic, for an edit that was permitted; return whose they are."""
    # The place itself first, so that two who close it wait for each other though nobody works there.
    lock_timetables(session, [location_id or principal.clinic_id])
    parameters = {"clinic_id": principal.clinic_id, "location_id": location_id}
    practitioner_ids = [practitioner_id for (practitioner_id,) in rows(session, PRACTITIONERS_AT, parameters)]
    lock_timetables(session, practitioner_ids)
    return practitioner_ids


def _require(
    session: Session,
    principal: Principal,
    practitioner_id: UUID,
    *,
    location_ids: Collection[UUID],
    own: bool,
    permission: Permission = Permission.SCHEDULES_WRITE,
) -> None:
    if own and not principal.may(permission) and _is_own(session, principal, practitioner_id):
        return
    require(principal, permission)
    for location_id in location_ids:
        require(principal, permission, location_id=location_id)


def _is_own(session: Session, principal: Principal, practitioner_id: UUID) -> bool:
    if principal.kind is not ActorKind.USER or not principal.may(Permission.SCHEDULES_OWN):
        return False
    parameters = {
        "clinic_id": principal.clinic_id,
        "user_id": principal.actor_id,
        "practitioner_id": practitioner_id,
    }
    return first_row(session, OWN, parameters) is not None

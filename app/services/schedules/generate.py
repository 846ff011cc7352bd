"""Fill the rolling horizon: insert the slots that the timetables ask for and that are not there yet."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import Permission, require
from app.services.audit.record import record
from app.services.schedules.arrange import arrange
from app.services.schedules.locks import lock_timetables
from app.services.schedules.rules import PlannedSlot
from app.services.schedules.timetables import ScheduleToFill, schedules_to_fill
from models.base import new_id
from models.db import execute, rows
from models.principal import Principal

PRACTITIONERS: LiteralString = """
SELECT DISTINCT practitioner_id FROM schedules
 WHERE clinic_id = %(clinic_id)s::uuid AND (%(schedule_id)s::uuid IS NULL OR id = %(schedule_id)s::uuid)
"""
# No session lasts longer than 12 hours (service durations and buffers are checked), so the look backwards
# for an overlapping slot ends there and stays within the index.
INSERT_MISSING: LiteralString = """
INSERT INTO slots (clinic_id, id, schedule_id, practitioner_id, location_id, specialty, service_id,
                   starts_at, ends_at, max_capacity, overbook_limit)
SELECT %(clinic_id)s, id, %(schedule_id)s, %(practitioner_id)s, %(location_id)s, %(specialty)s, service_id,
       starts_at, ends_at, capacity, %(overbook_limit)s
FROM unnest(%(ids)s::uuid[], %(services)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
            %(capacities)s::smallint[]) AS planned (id, service_id, starts_at, ends_at, capacity)
WHERE NOT EXISTS (
    SELECT 1 FROM slots AS other
    WHERE other.clinic_id = %(clinic_id)s AND other.practitioner_id = %(practitioner_id)s
      AND other.starts_at > planned.starts_at - interval '12 hours' AND other.starts_at < planned.ends_at
      AND other.ends_at > planned.starts_at
)
ON CONFLICT (clinic_id, practitioner_id, starts_at) WHERE status = 'open' DO NOTHING
"""

MARK_GENERATED: LiteralString = """
UPDATE schedules SET generated_until = %(until)s
WHERE clinic_id = %(clinic_id)s AND id = %(schedule_id)s
  AND (generated_until IS NULL OR generated_until < %(until)s)
"""


def generate_slots(
    session: Session, principal: Principal, *, until: date, now: datetime, schedule_id: UUID | None = None
) -> int:
    """Insert the missing slots from `now` to the end of the local day `until`; return how many were missing.

    Fills every active schedule of the principal's clinic, or the one asked for. Existing slots are never
    changed, a planned slot that overlaps one of the practitioner's is left out, and a second call, also at
    the same time, adds nothing. Raises NotPermitted without the permission to write schedules.
    """
    require(principal, Permission.SCHEDULES_WRITE)
    clinic_id = principal.clinic_id
    found = rows(session, PRACTITIONERS, {"clinic_id": clinic_id, "schedule_id": schedule_id})
    practitioner_ids = [practitioner_id for (practitioner_id,) in found]
    # Before any rule is read, so that no slot is made of rules that somebody changes meanwhile.
    lock_timetables(session, practitioner_ids)
    # A day earlier than UTC's date, for the zones where it is still yesterday.
    from_day = now.date() - timedelta(days=1)
    schedules = schedules_to_fill(session, clinic_id=clinic_id, practitioner_ids=practitioner_ids, from_day=from_day)
    planned: dict[UUID, list[PlannedSlot]] = defaultdict(list)
    for placed in arrange(schedules, first_day=from_day, last_day=until, since=now):
        planned[placed.schedule.schedule_id].append(placed.slot)
    return sum(
        _fill(session, principal, schedule, planned=planned[schedule.schedule_id], until=until, now=now)
        for schedule in schedules
        if schedule_id in (None, schedule.schedule_id)
    )


def _fill(
    session: Session,
    principal: Principal,
    schedule: ScheduleToFill,
    *,
    planned: list[PlannedSlot],
    until: date,
    now: datetime,
) -> int:
    inserted = insert_missing(session, principal.clinic_id, schedule, planned)
    execute(
        session,
        MARK_GENERATED,
        {"clinic_id": principal.clinic_id, "schedule_id": schedule.schedule_id, "until": until},
    )
    if inserted:
        record(
            session,
            principal,
            action="slots.generate",
            object_kind="schedule",
            object_id=schedule.schedule_id,
            detail={"slots": inserted, "until": until.isoformat()},
            now=now,
        )
    return inserted


def insert_missing(session: Session, clinic_id: UUID, schedule: ScheduleToFill, planned: list[PlannedSlot]) -> int:
    """Insert those of the planned slots that overlap no slot of the practitioner, in one statement."""
    if not planned:
        return 0
    return execute(
        session,
        INSERT_MISSING,
        {
            "clinic_id": clinic_id,
            "schedule_id": schedule.schedule_id,
            "practitioner_id": schedule.practitioner_id,
            "location_id": schedule.location_id,
            "specialty": schedule.specialty,
            "overbook_limit": schedule.overbook_limit,
            "ids": [new_id() for _ in planned],
            "services": [slot.service_id for slot in planned],
            "starts": [slot.starts_at for slot in planned],
            "ends": [slot.ends_at for slot in planned],
            "capacities": [slot.capacity for slot in planned],
        },
    )

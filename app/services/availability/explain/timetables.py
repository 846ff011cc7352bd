"""Read what the practitioner's schedules plan around some days as timetables, the inactive ones too."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import Session

from app.services.availability.explain.facts import Site
from app.services.schedules.rules import DayException, SessionKind, TimeOff, Timetable, WeeklyRule
from models.db import rows

RULES: LiteralString = """
SELECT r.schedule_id, r.weekday, r.starts_local, r.ends_local, r.valid_from, r.valid_until, r.service_id,
       v.buffer_before_minutes + v.duration_minutes + v.buffer_after_minutes, coalesce(r.capacity, v.capacity)
  FROM schedule_rules r LEFT JOIN services v ON v.clinic_id = r.clinic_id AND v.id = r.service_id
 WHERE r.clinic_id = %(clinic_id)s::uuid AND r.schedule_id = ANY(%(schedule_ids)s::uuid[])
 ORDER BY r.id
"""
# All in wall-clock time; what has neither schedule nor location is everybody's here.
CHANGES: LiteralString = """
SELECT e.kind, e.schedule_id, NULL::uuid, e.on_date + e.starts_local, e.on_date + e.ends_local
  FROM schedule_exceptions e
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.schedule_id = ANY(%(schedule_ids)s::uuid[])
   AND e.on_date >= %(first_day)s::date AND e.on_date <= %(last_day)s::date
UNION ALL
SELECT 'leave', NULL, NULL, a.starts_local, a.ends_local FROM leaves a
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.practitioner_id = %(practitioner_id)s::uuid
   AND a.ends_local > %(first_day)s::date AND a.starts_local < %(last_day)s::date + 1
UNION ALL
SELECT 'closure', NULL, a.location_id, a.starts_local, a.ends_local FROM closures a
 WHERE a.clinic_id = %(clinic_id)s::uuid AND a.ends_local > %(first_day)s::date
   AND a.starts_local < %(last_day)s::date + 1
UNION ALL
SELECT 'holiday', NULL, h.location_id, h.on_date, h.on_date + 1 FROM holidays h
 WHERE h.clinic_id = %(clinic_id)s::uuid AND h.is_kept
   AND h.on_date >= %(first_day)s::date AND h.on_date <= %(last_day)s::date
"""
ONE_DAY = timedelta(days=1)


def timetables_of(
    session: Session, clinic_id: UUID, *, practitioner_id: UUID, sites: Sequence[Site], days: tuple[date, date]
) -> Mapping[UUID, Timetable]:
    """Return each site's timetable by schedule; what departs from its weekly rules is read around the days only."""
    asked: dict[str, Any] = {
        "clinic_id": clinic_id,
        "practitioner_id": practitioner_id,
        "schedule_ids": [site.schedule_id for site in sites],
        "first_day": days[0] - ONE_DAY,
        "last_day": days[1] + ONE_DAY,
    }
    rules: dict[UUID, list[WeeklyRule]] = defaultdict(list)
    for schedule_id, *rule in rows(session, RULES, asked):
        rules[schedule_id].append(_rule(*rule))
    changes = rows(session, CHANGES, asked)
    return {site.schedule_id: _timetable(site, rules[site.schedule_id], changes) for site in sites}


def _timetable(site: Site, rules: Iterable[WeeklyRule], changes: Sequence[Sequence[Any]]) -> Timetable:
    here: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for kind, schedule_id, location_id, starts, ends in changes:
        if schedule_id in (None, site.schedule_id) and location_id in (None, site.location_id):
            here[kind].append((starts, ends))
    return Timetable(
        zone=site.zone,
        slot_minutes=site.slot_minutes,
        rules=tuple(rules),
        exceptions=tuple(
            DayException(on=starts.date(), starts=starts.time(), ends=ends.time(), is_closed=kind == "closed")
            for kind in ("closed", "extra")
            for starts, ends in here[kind]
        ),
        holidays=frozenset(starts.date() for starts, _ in here["holiday"]),
        leaves=tuple(TimeOff(*interval) for interval in here["leave"]),
        closures=tuple(TimeOff(*interval) for interval in here["closure"]),
    )


def _rule(
    weekday: int,
    starts: Any,
    ends: Any,
    valid_from: date,
    valid_until: date | None,
    service_id: UUID | None,
    minutes: int | None,
    capacity: int | None,
) -> WeeklyRule:
    session = None
    if service_id is not None and minutes is not None and capacity is not None:
        session = SessionKind(service_id=service_id, minutes=minutes, capacity=capacity)
    return WeeklyRule(weekday, starts, ends, valid_from, valid_until, session)

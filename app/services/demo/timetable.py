"""The demonstration's slots: twenty weeks of them, from the same rules that fill the horizon later."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.services.demo.catalogue import PEOPLE, SERVICES, SITES, Hours, Person, Post, Site
from app.services.demo.extended_hours import extended_hours
from app.services.demo.ids import Kind, numbered
from app.services.demo.where import Whereabouts
from app.services.schedules.rules import DayException, PlannedSlot, SessionKind, Timetable, WeeklyRule, plan
from app.services.schedules.wall_clock import local_day

DAYS_BACK, DAYS_AHEAD = 56, 84
# What the schedules have, which do not say otherwise (models/schedules.py).
OVERBOOK_LIMIT = 1
# One day on which everything is closed, and one afternoon on which one person is away, so that both are seen.
HOLIDAY_AHEAD = 45
AWAY_AHEAD, AWAY_PERSON = 9, 6
AWAY_FROM, AWAY_UNTIL = time(13), time(17)

SERVICE_IDS = {service.name: numbered(Kind.SERVICE, n) for n, service in enumerate(SERVICES, 1)}
SITE_IDS = {site.name: numbered(Kind.LOCATION, n) for n, site in enumerate(SITES, 1)}
SESSIONS = {
    service.name: SessionKind(SERVICE_IDS[service.name], service.total_minutes, service.capacity)
    for service in SERVICES
    if service.capacity > 1
}


@dataclass(slots=True)
class DemoSlot:
    """A slot with its count, while the appointments are being made up."""

    id: UUID
    planned: PlannedSlot
    taken: int = 0

    @property
    def starts_at(self) -> datetime:
        return self.planned.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.planned.ends_at


@dataclass(frozen=True, slots=True)
class Roster:
    """One person's post: its schedule and its slots, ascending."""

    schedule_id: UUID
    practitioner_id: UUID
    person: Person
    site: Site
    # In which the post's wall clock runs.
    zone: ZoneInfo
    post: Post
    exceptions: tuple[DayException, ...] = ()
    slots: list[DemoSlot] = field(default_factory=list)


def rosters(now: datetime, where: Whereabouts) -> list[Roster]:
    """Return every post with its slots from 8 weeks before today to 12 weeks after."""
    found: list[Roster] = []
    slot_number, today = 0, local_day(now, where.zone)
    for person_number, person in enumerate(PEOPLE, 1):
        away = _away(today) if person_number == AWAY_PERSON else ()
        extra = extended_hours(person, now, where)
        for post in person.posts:
            site = next(site for site in SITES if site.name == post.site)
            roster = Roster(
                schedule_id=numbered(Kind.SCHEDULE, len(found) + 1),
                practitioner_id=numbered(Kind.PRACTITIONER, person_number),
                person=person,
                site=site,
                zone=where.of(site),
                post=post,
                exceptions=(*away, *(hours for at, hours in extra if at is post)),
            )
            for planned in _plan(roster, today):
                slot_number += 1
                roster.slots.append(DemoSlot(numbered(Kind.SLOT, slot_number), planned))
            found.append(roster)
    return found


def _away(today: date) -> tuple[DayException, ...]:
    return (DayException(on=away_on(today), starts=AWAY_FROM, ends=AWAY_UNTIL, is_closed=True),)


def _plan(roster: Roster, today: date) -> list[PlannedSlot]:
    table = Timetable(
        zone=roster.zone,
        slot_minutes=roster.post.slot_minutes,
        rules=tuple(weekly_rules(roster.post.hours)),
        exceptions=roster.exceptions,
        holidays=frozenset({holiday_on(today)}),
    )
    return plan(table, first_day=today - timedelta(days=DAYS_BACK), last_day=today + timedelta(days=DAYS_AHEAD))


def weekly_rules(hours: tuple[Hours, ...]) -> Iterator[WeeklyRule]:
    """Give one rule for each weekday of the hours."""
    for item in hours:
        for weekday in item.weekdays:
            session = SESSIONS[item.service] if item.service else None
            yield WeeklyRule(weekday=weekday, starts=item.starts, ends=item.ends, session=session)


def holiday_on(today: date) -> date:
    """Return the clinic's one holiday."""
    return today + timedelta(days=HOLIDAY_AHEAD)


def away_on(today: date) -> date:
    """Return the workday on whose afternoon one practitioner is away."""
    day = today + timedelta(days=AWAY_AHEAD)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def slot_rows(clinic_id: UUID, roster: Roster) -> Iterator[tuple[Any, ...]]:
    """Give the slots as rows, with their counts."""
    for slot in roster.slots:
        yield (
            clinic_id,
            slot.id,
            roster.schedule_id,
            roster.practitioner_id,
            SITE_IDS[roster.site.name],
            roster.person.specialty,
            slot.planned.service_id,
            slot.starts_at,
            slot.ends_at,
            slot.planned.capacity,
            slot.taken,
            OVERBOOK_LIMIT,
        )


SLOT_COLUMNS = (
    "clinic_id",
    "id",
    "schedule_id",
    "practitioner_id",
    "location_id",
    "specialty",
    "service_id",
    "starts_at",
    "ends_at",
    "max_capacity",
    "current_bookings",
    "overbook_limit",
)

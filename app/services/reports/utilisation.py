"""How a clinic's time is used: bookable, booked and attended minutes by practitioner and by weekday and hour.

All four figures are minutes of practitioners' slots, so that they can be divided by each other:

- *bookable*: the open slots of the period. A session counts its minutes once, however many places it has.
- *booked*: what visits took of the slots, buffers included, whether or not somebody came: booked, arrived, checked
  in, done and no-show. Holds and cancelled visits take nothing. A visit to a session takes its share of the places.
- *attended*: the part of the booked minutes whose patient was checked in or seen.
- *due*: the part of the booked minutes that has begun by `now`, or was attended before: what attendance is a share of.

Booked can exceed bookable: by overbooking, by a place taken again after a no-show, and by visits that stand on time
closed after they were booked. A slot belongs to the day, weekday and hour of its location's clock; one that runs
over a full hour is divided.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import NotFound
from app.services.accounts.permissions import Permission, require
from app.services.places import Place, places_for
from app.services.reports.periods import Period
from models.db import execute, rows
from models.principal import Principal

# A plan of its own for this period: a year of a hospital and a week of one doctor want different ones.
PLAN_FOR_THIS: LiteralString = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"

# Each location brings its own bounds, so that slots are narrowed by equality and `starts_at`. A visit's first slot
# can lie a buffer before its start, hence the day on either side.
MEASURE: LiteralString = """
WITH place AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(begins)s::timestamptz[], %(ends)s::timestamptz[], %(zones)s::text[])
    AS place(id, begins_at, ends_before, zone)
), taken AS (
  SELECT t.slot_id, count(*) AS booked, count(*) FILTER (WHERE a.status IN ('checked-in', 'fulfilled')) AS attended
    FROM place
    JOIN appointments a ON a.clinic_id = %(clinic_id)s AND a.location_id = place.id
     AND a.starts_at >= place.begins_at - interval '1 day' AND a.starts_at < place.ends_before + interval '1 day'
     AND a.status IN ('booked', 'arrived', 'checked-in', 'fulfilled', 'noshow')
    JOIN appointment_slots t ON t.clinic_id = %(clinic_id)s AND t.appointment_id = a.id
   GROUP BY t.slot_id
), used AS (
  SELECT s.practitioner_id, s.starts_at AT TIME ZONE place.zone AS starts_local, s.ends_at - s.starts_at AS lasts,
         (s.status = 'open')::int AS is_open, s.starts_at <= %(now)s AS has_begun,
         coalesce(t.booked, 0)::float8 / s.max_capacity AS booked,
         coalesce(t.attended, 0)::float8 / s.max_capacity AS attended
    FROM place
    JOIN slots s ON s.clinic_id = %(clinic_id)s AND s.location_id = place.id
     AND s.starts_at >= place.begins_at AND s.starts_at < place.ends_before
    LEFT JOIN taken t ON t.slot_id = s.id
   WHERE s.status = 'open' OR t.booked > 0
), pieces AS (
  SELECT practitioner_id, extract(isodow FROM hour)::int - 1 AS weekday, extract(hour FROM hour)::int AS hour,
         extract(epoch FROM least(hour + interval '1 hour', starts_local + lasts) - greatest(hour, starts_local))
           ::float8 / 60 AS minutes,
         is_open, booked, attended, CASE WHEN has_begun THEN booked ELSE attended END AS due
    FROM used, generate_series(date_trunc('hour', starts_local), starts_local + lasts - interval '1 second',
                               interval '1 hour') AS hour
)
SELECT m.practitioner_id, p.display_name, p.specialty, m.weekday, m.hour, m.bookable, m.booked, m.attended, m.due
  FROM (SELECT practitioner_id, weekday, hour, coalesce(sum(minutes * is_open), 0) AS bookable,
               coalesce(sum(minutes * booked), 0) AS booked, coalesce(sum(minutes * attended), 0) AS attended,
               coalesce(sum(minutes * due), 0) AS due
          FROM pieces GROUP BY GROUPING SETS ((practitioner_id), (weekday, hour), ())) AS m
  LEFT JOIN practitioners p ON p.clinic_id = %(clinic_id)s AND p.id = m.practitioner_id
 ORDER BY p.display_name, m.practitioner_id, m.weekday, m.hour
"""


@dataclass(frozen=True, slots=True)
class Minutes:
    """The four figures, each in minutes of slots."""

    bookable: float
    booked: float
    attended: float
    due: float

    @property
    def utilisation(self) -> float | None:
        """Booked as a share of bookable, None when nothing was bookable."""
        return self.booked / self.bookable if self.bookable else None

    @property
    def attendance(self) -> float | None:
        """Attended as a share of what was due by now, None when nothing was."""
        return self.attended / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class PractitionerMinutes:
    """One practitioner's figures."""

    practitioner_id: UUID
    name: str
    specialty: str
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class HourMinutes:
    """The figures of one hour of one weekday (0 is Monday) over the whole period."""

    weekday: int
    hour: int
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class Utilisation:
    """The report: only practitioners and hours that have something to say are in it."""

    period: Period
    total: Minutes
    practitioners: tuple[PractitionerMinutes, ...]
    hours: tuple[HourMinutes, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was bookable or booked at all, which is something else than zero of much."""
        return not self.practitioners


def report_places(session: Session, principal: Principal) -> list[Place]:
    """Return the locations whose figures the principal may read, by name; raises NotPermitted."""
    return places_for(session, principal, permission=Permission.REPORTS_READ)


def utilisation(
    session: Session, principal: Principal, *, period: Period, location_id: UUID | None = None, now: datetime
) -> Utilisation:
    """Measure a period at one location, or at all that the principal may see; raises NotPermitted, NotFound."""
    require(principal, Permission.REPORTS_READ, location_id=location_id)
    places = [place for place in report_places(session, principal) if location_id in (None, place.id)]
    if location_id is not None and not places:
        raise NotFound
    execute(session, PLAN_FOR_THIS, {})
    found = rows(session, MEASURE, {"clinic_id": principal.clinic_id, "now": now, **_bounds(places, period)})
    return Utilisation(
        period=period,
        total=next(Minutes(*row[5:]) for row in found if row[0] is None and row[3] is None),
        practitioners=tuple(
            PractitionerMinutes(row[0], row[1], row[2], Minutes(*row[5:])) for row in found if row[0] is not None
        ),
        hours=tuple(HourMinutes(row[3], row[4], Minutes(*row[5:])) for row in found if row[3] is not None),
    )


def _bounds(places: list[Place], period: Period) -> dict[str, list[object]]:
    after = period.last_on + timedelta(days=1)
    return {
        "ids": [place.id for place in places],
        "zones": [place.timezone for place in places],
        "begins": [_midnight(period.first_on, place.timezone) for place in places],
        "ends": [_midnight(after, place.timezone) for place in places],
    }


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))

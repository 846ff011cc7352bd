"""A practitioner's day as they see it between two patients: now, next, who waits, today's visits and the gaps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import LiteralString

from sqlmodel import Session

from app.services.audit.record import viewed_board
from app.services.own_day.gaps import Gap, gaps_of
from app.services.own_day.me import Me, own_places, require_me
from app.services.own_day.time_off import TimeOff, time_off_of
from app.services.places import Place
from app.services.queue.arrival import Arrival, Group
from app.services.queue.late import late_on
from app.services.queue.read import arrivals_of
from models.db import first_row
from models.principal import Principal

COMING: LiteralString = """
SELECT starts_at, timezone FROM appointments
 WHERE clinic_id = %(clinic_id)s::uuid AND practitioner_id = %(practitioner_id)s::uuid AND status = 'booked'
   AND starts_at > %(now)s::timestamptz
 ORDER BY starts_at LIMIT 1
"""


# Behind whatever is still to come.
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OwnSite:
    """Today at one of the practitioner's locations; `late` are the minutes that were said there."""

    place: Place
    day: date
    arrivals: dict[Group, list[Arrival]]
    gaps: list[Gap]
    late: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to see and no time in which somebody could come."""
        return not self.gaps and not any(self.arrivals.values())

    def turn(self, now: datetime) -> tuple[bool, datetime]:
        """Return what sorts the sites of one day: where somebody is in the room, then where something begins first."""
        waiting = (*self.arrivals[Group.CALLED], *self.arrivals[Group.WAITING])
        expected = (one for one in self.arrivals[Group.EXPECTED] if one.status == "booked" and one.ends_at > now)
        begins = [one.starts_at for one in (*waiting, *expected)] + [gap.starts_at for gap in self.gaps]
        return not self.arrivals[Group.IN_ROOM], min(begins, default=LAST)


@dataclass(frozen=True, slots=True)
class OwnDay:
    """The day, the site where it goes on now first; `coming` is the next booked visit of any day, with its zone."""

    me: Me
    sites: list[OwnSite]
    time_off: list[TimeOff]
    coming: tuple[datetime, str] | None


def read_own_day(session: Session, principal: Principal, *, now: datetime) -> OwnDay:
    """Return the actor's own day at all of their locations; raises NotPermitted for who is no practitioner.

    That they saw their patients' names is kept as of a board.
    """
    me = require_me(session, principal)
    sites = [_site(session, principal, me, place, now=now) for place in own_places(session, principal, me=me)]
    sites.sort(key=lambda site: site.turn(now))
    coming = first_row(session, COMING, {"clinic_id": principal.clinic_id, "practitioner_id": me.id, "now": now})
    time_off = time_off_of(session, principal, me=me, now=now)
    return OwnDay(me, sites, time_off, (coming[0], coming[1]) if coming else None)


def _site(session: Session, principal: Principal, me: Me, place: Place, *, now: datetime) -> OwnSite:
    day, clinic_id = place.today(now), principal.clinic_id
    viewed_board(session, principal, location_id=place.id, day=day, now=now)
    arrivals = arrivals_of(session, principal, place=place, practitioner_id=me.id, now=now)
    gaps = gaps_of(session, clinic_id, practitioner_id=me.id, place=place, now=now)
    late = late_on(session, clinic_id, location_id=place.id, day=day).get(me.id, 0)
    return OwnSite(place, day, arrivals, gaps, late)

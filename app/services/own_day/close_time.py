"""Closing one's own time: hours of a day at one location, or leave from all of them; looked at first, then done.

Whoever has a visit in it is displaced and comes onto the worklist; nobody's visit is cancelled by it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import NotFound
from app.services.board.blocks import Blocking, Stretch, block, preview_block
from app.services.own_day.me import own_places, require_me
from app.services.places import NO_SUCH_PLACE
from app.services.schedules.edit import change_schedules, preview
from app.services.schedules.effect import Effect, Outcome
from app.services.schedules.leave import add_leave
from models.db import transaction
from models.principal import Principal


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a day by the clock of a location."""

    location_id: UUID
    on_date: date
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Away:
    """From when until when somebody is away, by the clock of each site; `reason` is for colleagues."""

    starts_local: datetime
    ends_local: datetime
    reason: str = ""


def preview_own_block(session: Session, principal: Principal, *, hours: Hours, now: datetime) -> Blocking:
    """Return what closing these hours of the actor's own would do. Raises NotFound and what `preview_block` raises."""
    return preview_block(session, principal, stretch=_stretch(session, principal, hours), now=now)


def block_own(principal: Principal, *, hours: Hours, reason: str, now: datetime) -> Outcome:
    """Close these hours of the actor's own with a reason. Raises NotFound and what `block` raises."""
    with transaction(principal) as session:
        stretch = _stretch(session, principal, hours)
    return block(principal, stretch=stretch, reason=reason, now=now)


def preview_own_leave(session: Session, principal: Principal, *, away: Away, now: datetime) -> Effect:
    """Return what a leave of the actor's own would do. Raises what `add_leave` raises."""
    me = require_me(session, principal)
    return preview(session, principal, _leave(principal, me.id, away, now=now), now=now)


def take_own_leave(principal: Principal, *, away: Away, now: datetime) -> Outcome:
    """Enter a leave of the actor's own. Raises what `add_leave` raises."""
    with transaction(principal) as session:
        me = require_me(session, principal)
    return change_schedules(principal, _leave(principal, me.id, away, now=now))


def _leave(principal: Principal, practitioner_id: UUID, away: Away, *, now: datetime) -> partial[Outcome]:
    return partial(
        add_leave,
        principal=principal,
        practitioner_id=practitioner_id,
        starts_local=away.starts_local,
        ends_local=away.ends_local,
        reason=away.reason,
        now=now,
    )


def _stretch(session: Session, principal: Principal, hours: Hours) -> Stretch:
    me = require_me(session, principal)
    place = next((one for one in own_places(session, principal, me=me) if one.id == hours.location_id), None)
    if place is None:
        raise NotFound(NO_SUCH_PLACE)
    zone = ZoneInfo(place.timezone)
    begin, until = (datetime.combine(hours.on_date, wall, zone) for wall in (hours.starts, hours.ends))
    return Stretch(me.id, place.id, begin, until, place.timezone)

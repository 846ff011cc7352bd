"""Who waits for a place, and who has lost theirs: what the worklists show when the demonstration begins."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.services.accounts.permissions import PATIENT_PERMISSIONS
from app.services.availability import open_starts
from app.services.booking.answer import single_use_key
from app.services.demo.cast import Cast, acting
from app.services.demo.catalogue import CHILDREN, DOCTOR, FAMILY
from app.services.demo.desk import if_allowed
from app.services.demo.placing import Visit
from app.services.demo.rows import Numbered
from app.services.demo.timetable import SERVICE_IDS, SITE_IDS
from app.services.schedules.exceptions import add_exception
from app.services.waitlist.join import join
from app.services.waitlist.wishes import Wish
from models.accounts import Role
from models.schedules import ExceptionKind
from models.waiting import PartOfDay

DAY = timedelta(days=1)
LOOK = 14 * DAY
# What each of them asks for besides an earlier time than their own.
WISHES: tuple[dict[str, Any], ...] = ({"is_urgent": True}, {"part_of_day": PartOfDay.MORNING}, {})


def fill_worklists(session: Session, cast: Cast) -> None:
    """Put three people onto the waitlist and displace one visit."""
    for number, (wish, one) in enumerate(zip(WISHES, _wants_earlier(session, cast), strict=False)):
        if_allowed(session, partial(_wait, session, cast, one, days=number + 1, **wish))
    if_allowed(session, partial(_displace, session, cast))


def _wants_earlier(session: Session, cast: Cast) -> Iterator[Numbered]:
    """Give booked visits before which nothing is free, of one service and practitioner each: they have to wait.

    Whatever is free would be offered to them in the first minute.
    """
    first_free: dict[tuple[UUID, str], datetime] = {}
    for one in reversed(cast.coming(after=DAY)):
        visit = one[1].visit
        kind = (visit.roster.practitioner_id, visit.service.name)
        if kind not in first_free:
            first_free[kind] = _first_free(session, cast, visit)
        if visit.starts_at < first_free[kind]:
            for chosen in cast.choose([one], fits=_is_for_one):
                # Nobody else of this kind.
                first_free[kind] = cast.now
                yield chosen


def _is_for_one(one: Numbered) -> bool:
    return one[1].visit.service.capacity == 1


def _first_free(session: Session, cast: Cast, visit: Visit) -> datetime:
    """Return the first start that a patient could book, or the end of the look."""
    seeker = replace(acting(Role.RECEPTIONIST), permissions=PATIENT_PERMISSIONS)
    service_id, with_id, until = SERVICE_IDS[visit.service.name], visit.roster.practitioner_id, cast.now + LOOK
    found = open_starts(
        session,
        seeker,
        service_id=service_id,
        practitioner_id=with_id,
        since=cast.now,
        until=until,
        now=cast.now,
        limit=1,
    )
    return found[0].starts_at if found else until


def _wait(
    session: Session,
    cast: Cast,
    one: Numbered,
    *,
    days: int,
    is_urgent: bool = False,
    part_of_day: PartOfDay = PartOfDay.ANY,
) -> None:
    desk, (appointment_id, story) = acting(Role.RECEPTIONIST), one
    visit, booked_at = story.visit, story.booked_at or story.created_at
    wish = Wish(
        visit.roster.practitioner_id,
        SITE_IDS[visit.roster.site.name],
        is_urgent=is_urgent,
        part_of_day=part_of_day,
    )
    join(
        session,
        desk,
        patient_id=visit.patient.id,
        service_id=SERVICE_IDS[visit.service.name],
        wish=wish,
        appointment_id=appointment_id,
        key=single_use_key(desk, "demonstration-waitlist"),
        now=max(booked_at, cast.now - days * DAY),
    )


def _displace(session: Session, cast: Cast) -> None:
    """Close the time of one booked visit, whose patient a letter reaches."""
    _, story = next(cast.choose(cast.coming(after=DAY), fits=_may_be_displaced))
    visit = story.visit
    zone = visit.roster.zone
    starts, ends = (at.astimezone(zone) for at in (visit.slots[0].starts_at, visit.slots[-1].ends_at))
    add_exception(
        session,
        acting(Role.RECEPTIONIST),
        schedule_id=visit.roster.schedule_id,
        on_date=starts.date(),
        starts_local=starts.time(),
        ends_local=ends.time(),
        kind=ExceptionKind.CLOSED,
        reason="Called to the hospital",
        now=cast.earlier_today(25),
    )


def _may_be_displaced(one: Numbered) -> bool:
    visit = one[1].visit
    is_common = visit.service.specialty in (FAMILY, CHILDREN) and _is_for_one(one)
    return is_common and visit.patient.email is not None and visit.roster.person.name != DOCTOR

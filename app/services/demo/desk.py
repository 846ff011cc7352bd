"""What the desk has done today: walk-ins, a course of visits, the next visit of who was just with the doctor.

By the verbs that anybody calls, in the demonstration's own transaction. What a moment does not allow, such as a
walk-in shortly before midnight, is left out.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.errors import ClinicError
from app.services.availability import Start, open_starts
from app.services.booking.answer import single_use_key
from app.services.booking.locks import Overtaken
from app.services.booking.refusals import Contended
from app.services.demo.cast import Cast, acting
from app.services.demo.catalogue import CENTRAL, DOCTOR, HARBOUR, MOTION
from app.services.demo.rows import Numbered
from app.services.demo.timetable import SERVICE_IDS, SITE_IDS
from app.services.own_day.follow_up import book_follow_up, follow_up_starts
from app.services.queue.walk_in import Visitor, walk_in
from app.services.series.book import book_series
from app.services.series.occurrences import Recurrence
from app.services.series.takes import Choices
from app.services.series.wish import SeriesWish
from models.accounts import Role
from models.appointments import AppointmentStatus as S
from models.series import SeriesUnit

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
# (how many minutes ago, with what)
WALK_INS = ((14, "Twisted an ankle on the way here"), (6, "Fever since the night"))
# A course begins within three weeks, so that all of it lies before the horizon.
COURSE_WEEKS, COURSE_BEGINS = 6, 3 * WEEK
FOLLOW_UPS, FOLLOW_UP_WEEKS = 2, 4


def work_the_desk(session: Session, cast: Cast) -> None:
    """Do what was done at the desk and by the doctor today."""
    for minutes, reason in WALK_INS:
        if_allowed(session, partial(_let_walk_in, session, cast, minutes=minutes, reason=reason))
    if_allowed(session, partial(_book_course, session, cast))
    for one in _just_seen(cast):
        if_allowed(session, partial(_follow_up, session, one))


def if_allowed(session: Session, deed: Callable[[], None]) -> None:
    """Do it, or leave everything as it was when the rules refuse it."""
    with suppress(ClinicError, Contended, Overtaken), session.begin_nested():
        deed()


def _let_walk_in(session: Session, cast: Cast, *, minutes: int, reason: str) -> None:
    """Let somebody come today who is expected on another day."""
    desk = acting(Role.RECEPTIONIST)
    _, story = next(cast.choose(cast.coming(after=DAY), fits=cast.is_adult))
    visitor = Visitor(story.visit.patient.id, SERVICE_IDS["Urgent care visit"], SITE_IDS[CENTRAL])
    key, at = single_use_key(desk, "demonstration-walk-in"), cast.earlier_today(minutes)
    walk_in(session, desk, visitor=visitor, overbook_reason=reason, key=key, now=at)


def _book_course(session: Session, cast: Cast) -> None:
    """Book physiotherapy every week at one time, where most of the weeks are free."""
    desk = acting(Role.RECEPTIONIST)
    _, story = next(cast.choose(cast.near, fits=lambda one: one[1].visit.service.specialty == MOTION))
    service_id, with_id, at_id = SERVICE_IDS["Physiotherapy"], story.visit.roster.practitioner_id, SITE_IDS[HARBOUR]
    since, until = cast.now + DAY, cast.now + COURSE_BEGINS + COURSE_WEEKS * WEEK
    starts = open_starts(
        session,
        desk,
        service_id=service_id,
        practitioner_id=with_id,
        location_id=at_id,
        since=since,
        until=until,
        now=cast.now,
    )
    first_on, at = _best_weeks(starts)
    rule = Recurrence(every=1, unit=SeriesUnit.WEEK, first_on=first_on, at=at, times=COURSE_WEEKS)
    wish = SeriesWish(story.visit.patient.id, service_id, with_id, at_id, rule)
    key = single_use_key(desk, "demonstration-course")
    book_series(session, desk, wish=wish, choices=Choices({}, skip_conflicts=True), key=key, now=cast.now)


def _best_weeks(starts: Sequence[Start]) -> tuple[date, time]:
    """Return the first date and the time of which the most weeks are free."""
    free = {start.starts_at.astimezone(ZoneInfo(start.timezone)).replace(tzinfo=None) for start in starts}

    def weeks_free(first: datetime) -> int:
        return sum(first + week * WEEK in free for week in range(COURSE_WEEKS))

    best = max((first for first in sorted(free) if first - min(free) < COURSE_BEGINS), key=weeks_free)
    return best.date(), best.time()


def _just_seen(cast: Cast) -> list[Numbered]:
    """Return the last ones who were with the doctor."""
    seen = (one for one in cast.near if one[1].status is S.FULFILLED and one[1].visit.roster.person.name == DOCTOR)
    return list(islice(seen, FOLLOW_UPS))


def _follow_up(session: Session, one: Numbered) -> None:
    """Book the next visit before this one was over."""
    doctor, (visit_id, story) = acting(Role.PRACTITIONER), one
    at, service_id = story.fulfilled_at or story.visit.ends_at, SERVICE_IDS["Family check-up"]
    starts = follow_up_starts(
        session, doctor, appointment_id=visit_id, service_id=service_id, weeks=FOLLOW_UP_WEEKS, now=at
    )
    for first in starts[:1]:
        key = single_use_key(doctor, "demonstration-follow-up")
        book_follow_up(
            session, doctor, appointment_id=visit_id, service_id=service_id, slot_id=first.id, key=key, now=at
        )

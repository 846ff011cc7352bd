"""How each reason is removed from a clinic: the leave deleted, the hours widened, the neighbour gone, a room more."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.availability.explain import ReasonCode
from app.services.booking.visit import visit_from
from models.base import new_id
from models.clinics import Device, Location, Room
from models.db import rows
from models.schedules import Schedule
from tests.builders import make_location
from tests.services.explained_clinic import RULED, Question
from tests.services.remedy import Remedy, delete, follow_the_rules, free, generate, is_covered, open_day, rules_of

C = ReasonCode
RUN_OUT: LiteralString = "status = 'pending' AND hold_expires_at <= %(now)s AND pay_deadline_at IS NULL"


def remove(
    session: Session, question: Question, *, location_id: UUID | None, codes: Collection[ReasonCode]
) -> datetime:
    """Remove exactly these reasons; return the time at which the clinic is to be looked at."""
    rules = rules_of(question.service)
    begins = question.starts_at - timedelta(minutes=rules.buffer_before_minutes)
    place = location_id or question.location_id or question.made.locations[0].id
    schedule = _schedule_at(session, question, place)
    zone = ZoneInfo(session.get_one(Location, (question.made.clinic_id, place)).timezone)
    remedy = Remedy(session, question, place, visit_from(begins, rules), schedule, zone, question.made.now)
    for code in sorted(set(codes) - {C.CAPACITY}, key=list(ReasonCode).index):
        REMOVALS[code](remedy)
    session.flush()
    if remedy.has_new_rules:
        follow_the_rules(remedy)
    # Last, for the rules would give the session its own number of places again.
    if C.CAPACITY in codes:
        REMOVALS[C.CAPACITY](remedy)
    return remedy.now


def _own_grid(remedy: Remedy) -> None:
    """Cut the day finely enough for any time; a session's day begins with the session itself."""
    local = remedy.local(remedy.visit.occupies_from)
    if not remedy.is_session:
        remedy.run("UPDATE schedules SET slot_minutes = 5 WHERE clinic_id = %(clinic)s AND id = %(schedule)s")
        remedy.session.expire_all()
    open_day(remedy, starts=local.time() if remedy.is_session else None)


def _room_for_the_buffers(remedy: Remedy) -> None:
    visit = remedy.visit
    free(
        remedy,
        "occupies_from < %(until)s AND occupies_until > %(since)s"
        " AND NOT (occupies_from < %(ends)s AND occupies_until > %(starts)s)",
        starts=visit.starts_at,
        ends=visit.ends_at,
    )
    if not is_covered(remedy):
        open_day(remedy)


IN_THE_WAY: LiteralString = "occupies_from < %(until)s AND occupies_until > %(since)s"


def _visits(condition: LiteralString) -> Callable[[Remedy], None]:
    return lambda remedy: free(remedy, IN_THE_WAY + " AND " + condition)


def _statement(statement: LiteralString) -> Callable[[Remedy], None]:
    def run(remedy: Remedy) -> None:
        remedy.run(statement)

    return run


def _rule(statement: LiteralString) -> Callable[[Remedy], None]:
    def change(remedy: Remedy) -> None:
        remedy.run(statement)
        remedy.has_new_rules = True

    return change


def _active(table: LiteralString, which: LiteralString) -> Callable[[Remedy], None]:
    def activate(remedy: Remedy) -> None:
        remedy.run("UPDATE " + table + " SET is_active = true WHERE clinic_id = %(clinic)s AND id = " + which)
        remedy.has_new_rules |= remedy.question.made.seed in RULED

    return activate


def _earlier(remedy: Remedy) -> None:
    """Look at it when the time has not passed; what has run out by now is taken away first."""
    delete(remedy, RUN_OUT)
    remedy.now = min(remedy.now, remedy.question.starts_at)


def _elsewhere(remedy: Remedy) -> None:
    local = remedy.local(remedy.visit.occupies_from)
    weekdays = [(local.date() + timedelta(days=days)).weekday() for days in (-1, 0, 1)]
    others: LiteralString = (
        "SELECT id FROM schedules WHERE clinic_id = %(clinic)s AND practitioner_id = %(practitioner)s"
        " AND id <> %(schedule)s"
    )
    remedy.run(
        "DELETE FROM schedule_rules WHERE clinic_id = %(clinic)s AND weekday = ANY(%(weekdays)s)"
        " AND schedule_id IN (" + others + ")",
        weekdays=weekdays,
    )
    remedy.run(
        "DELETE FROM schedule_exceptions WHERE clinic_id = %(clinic)s AND kind = 'extra' AND schedule_id IN ("
        + others
        + ")"
    )
    remedy.run(
        "UPDATE slots SET status = 'blocked' WHERE clinic_id = %(clinic)s AND starts_at < %(end)s"
        " AND ends_at > %(since)s AND schedule_id IN (" + others + ")",
        end=remedy.visit.occupies_until + timedelta(hours=1),
    )
    remedy.has_new_rules = True


def _new_schedule(remedy: Remedy) -> None:
    question = remedy.question
    location = make_location(remedy.session, clinic=question.made.clinic_id)
    remedy.location_id, remedy.zone = location.id, ZoneInfo(location.timezone)
    ids = {"practitioner_id": question.practitioner_id, "location_id": remedy.location_id}
    remedy.schedule = Schedule(clinic_id=question.made.clinic_id, slot_minutes=5, **ids)
    remedy.session.add(remedy.schedule)
    remedy.session.flush()
    # Of a site without a schedule nobody knows when it is closed; the new one is open then.
    REMOVALS[C.CLOSURE](remedy)
    REMOVALS[C.HOLIDAY](remedy)
    open_day(remedy)
    generate(remedy)


def _more_places(remedy: Remedy) -> None:
    remedy.run(
        "UPDATE slots SET max_capacity = max_capacity + 1 WHERE clinic_id = %(clinic)s AND schedule_id = %(schedule)s"
        " AND service_id = %(service)s AND starts_at < %(until)s AND ends_at > %(since)s"
    )


def _add_room(remedy: Remedy) -> None:
    kind = remedy.question.service.room_kind
    fields = {"clinic_id": remedy.question.made.clinic_id, "location_id": remedy.location_id, "name": str(new_id())}
    remedy.session.add(Room(**fields, kind=kind))


def _add_device(remedy: Remedy) -> None:
    kind = remedy.question.service.device_kind
    fields = {"clinic_id": remedy.question.made.clinic_id, "location_id": remedy.location_id, "name": str(new_id())}
    remedy.session.add(Device(**fields, kind=kind))


OVERLAPS: LiteralString = " AND starts_local < %(local_until)s AND ends_local > %(local_since)s"
HERE: LiteralString = " AND (location_id IS NULL OR location_id = %(location)s)"
REMOVALS: dict[ReasonCode, Callable[[Remedy], None]] = {
    C.NOT_OFFERED: _statement(
        "INSERT INTO practitioner_services (clinic_id, id, practitioner_id, service_id)"
        " VALUES (%(clinic)s, gen_random_uuid(), %(practitioner)s, %(service)s)"
    ),
    C.SERVICE_INACTIVE: _active("services", "%(service)s"),
    C.PRACTITIONER_INACTIVE: _active("practitioners", "%(practitioner)s"),
    C.LOCATION_INACTIVE: _active("locations", "%(location)s"),
    C.SCHEDULE_INACTIVE: _active("schedules", "%(schedule)s"),
    C.NO_SCHEDULE: _new_schedule,
    C.HOURS: open_day,
    C.BREAK: open_day,
    C.EXCEPTION: _rule(
        "DELETE FROM schedule_exceptions WHERE clinic_id = %(clinic)s AND schedule_id = %(schedule)s"
        " AND kind = 'closed' AND on_date + starts_local < %(local_until)s AND on_date + ends_local > %(local_since)s"
    ),
    C.LEAVE: _rule("DELETE FROM leaves WHERE clinic_id = %(clinic)s AND practitioner_id = %(practitioner)s" + OVERLAPS),
    C.CLOSURE: _rule("DELETE FROM closures WHERE clinic_id = %(clinic)s" + HERE + OVERLAPS),
    C.HOLIDAY: _rule(
        "DELETE FROM holidays WHERE clinic_id = %(clinic)s"
        + HERE
        + " AND on_date <= (%(local_until)s)::timestamp AND on_date + 1 > (%(local_since)s)::timestamp"
    ),
    C.SESSION: _rule(
        "DELETE FROM schedule_rules WHERE clinic_id = %(clinic)s AND schedule_id = %(schedule)s"
        " AND service_id IS NOT NULL AND (service_id <> %(service)s OR NOT EXISTS (SELECT 1 FROM services v"
        " WHERE v.id = %(service)s AND v.capacity > 1))"
    ),
    C.GRID: _own_grid,
    C.BUFFER: _room_for_the_buffers,
    C.PAST: _earlier,
    C.NOTICE: _statement("UPDATE services SET notice_minutes = 0 WHERE clinic_id = %(clinic)s AND id = %(service)s"),
    C.HORIZON: _statement("UPDATE services SET horizon_days = 730 WHERE clinic_id = %(clinic)s AND id = %(service)s"),
    C.NOT_GENERATED: generate,
    C.BLOCKED: _rule(
        "UPDATE slots SET status = 'open' WHERE clinic_id = %(clinic)s AND schedule_id = %(schedule)s"
        " AND starts_at < %(until)s AND ends_at > %(since)s"
    ),
    C.ELSEWHERE: _elsewhere,
    C.BUSY: _visits("status <> 'pending'"),
    C.CAPACITY: _more_places,
    C.HELD: _visits("status = 'pending' AND pay_deadline_at IS NULL"),
    C.PAYING: _visits("status = 'pending' AND pay_deadline_at IS NOT NULL"),
    C.ROOM: _add_room,
    C.DEVICE: _add_device,
    C.PATIENT_OVERLAP: lambda remedy: delete(remedy, "patient_id = %(patient)s"),
}


def _schedule_at(session: Session, question: Question, location_id: UUID) -> Schedule | None:
    found = rows(
        session,
        "SELECT id FROM schedules WHERE clinic_id = %(clinic)s AND practitioner_id = %(practitioner)s"
        " AND location_id = %(location)s",
        {"clinic": question.made.clinic_id, "practitioner": question.practitioner_id, "location": location_id},
    )
    return session.get_one(Schedule, (question.made.clinic_id, found[0][0])) if found else None

"""One question's clinic while reasons are removed from it: what a removal is made with."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.services.booking.visit import Visit, VisitRules
from app.services.schedules.generate import generate_slots
from app.services.schedules.reconcile import reconcile
from models.db import execute, rows
from models.practitioners import HealthcareService
from models.schedules import Schedule, ScheduleRule
from tests.builders import job_of
from tests.services.explained_clinic import RULED, Question


@dataclass
class Remedy:
    """One question's clinic while its reasons are removed, in a transaction that is rolled back."""

    session: Session
    question: Question
    location_id: UUID
    visit: Visit
    schedule: Schedule | None
    zone: ZoneInfo
    now: datetime
    has_new_rules: bool = False

    @property
    def is_session(self) -> bool:
        """Whether the service takes sessions only."""
        return self.question.service.capacity > 1

    def run(self, statement: LiteralString, **values: Any) -> int:
        """Run a statement about the visit."""
        visit, question = self.visit, self.question
        known = {
            "clinic": question.made.clinic_id,
            "practitioner": question.practitioner_id,
            "location": self.location_id,
            "service": question.service.id,
            "patient": question.patient_id,
            "schedule": self.schedule.id if self.schedule else None,
            "since": visit.occupies_from,
            "until": visit.occupies_until,
            "local_since": self.local(visit.occupies_from),
            "local_until": self.local(visit.occupies_until) + timedelta(hours=1),
            "now": self.now,
        }
        return execute(self.session, statement, {**known, **values})

    def local(self, instant: datetime) -> datetime:
        """Return what the site's clocks show."""
        return instant.astimezone(self.zone).replace(tzinfo=None)


def follow_the_rules(remedy: Remedy) -> None:
    """Let the slots be those that the rules plan: what the schedules' own editing does after each change."""
    job = job_of(remedy.question.made.clinic_id)
    then = min(remedy.now, remedy.visit.occupies_from) - timedelta(hours=1)
    remedy.session.expire_all()
    reconcile(remedy.session, job, practitioner_ids=[remedy.question.practitioner_id], now=then)


def generate(remedy: Remedy) -> None:
    """Make the slots of the schedule up to the visit's day."""
    job, session = job_of(remedy.question.made.clinic_id), remedy.session
    remedy.has_new_rules = remedy.question.made.seed in RULED or remedy.has_new_rules
    then = min(remedy.now, remedy.visit.occupies_from) - timedelta(hours=1)
    last_day = remedy.local(remedy.visit.occupies_until).date()
    generate_slots(session, job, until=last_day, now=then, schedule_id=remedy.schedule.id if remedy.schedule else None)


def open_day(remedy: Remedy, *, starts: time | None = None) -> None:
    """Open the schedule from the beginning of the day to its end, on the grid on which the visit lies."""
    remedy.has_new_rules = True
    local = remedy.local(remedy.visit.occupies_from)
    service, schedule = remedy.question.service, remedy.schedule
    assert schedule is not None
    step = timedelta(minutes=rules_of(service).total_minutes if remedy.is_session else schedule.slot_minutes)
    midnight = datetime.combine(local.date(), time.min)
    begins = starts or (midnight + (local - midnight) % step).time()
    remedy.run(
        "DELETE FROM schedule_rules WHERE clinic_id = %(clinic)s AND schedule_id = %(schedule)s"
        " AND weekday = %(weekday)s AND service_id IS NOT DISTINCT FROM %(kind)s",
        weekday=local.weekday(),
        kind=service.id if remedy.is_session else None,
    )
    remedy.run(
        "DELETE FROM schedule_exceptions WHERE clinic_id = %(clinic)s AND schedule_id = %(schedule)s"
        " AND kind = 'extra' AND on_date = %(day)s",
        day=local.date(),
    )
    for day, opens in ((local, begins), (local + timedelta(days=1), time.min))[: 1 if remedy.is_session else 2]:
        remedy.session.add(
            ScheduleRule(
                clinic_id=schedule.clinic_id,
                schedule_id=schedule.id,
                weekday=day.weekday(),
                starts_local=opens,
                ends_local=time.max,
                valid_from=local.date(),
                service_id=service.id if remedy.is_session else None,
            )
        )
        remedy.session.flush()


def is_covered(remedy: Remedy) -> bool:
    """Tell whether open slots already cover the visit with its buffers."""
    found = rows(
        remedy.session,
        "SELECT coalesce(sum(least(ends_at, %(until)s) - starts_at), interval '0') >= %(length)s FROM slots"
        " WHERE schedule_id = %(schedule)s AND status = 'open' AND starts_at < %(until)s AND starts_at >= %(since)s"
        "   AND service_id IS NOT DISTINCT FROM %(kind)s::uuid",
        {
            "schedule": remedy.schedule.id if remedy.schedule else None,
            "since": remedy.visit.occupies_from,
            "until": remedy.visit.occupies_until,
            "kind": remedy.question.service.id if remedy.is_session else None,
            "length": remedy.visit.occupies_until - remedy.visit.occupies_from,
        },
    )
    return bool(found[0][0])


def free(remedy: Remedy, condition: LiteralString, **values: Any) -> None:
    """Delete live visits of the practitioner, as if they had never been made."""
    delete(remedy, "practitioner_id = %(practitioner)s AND live AND NOT overbook AND " + condition, **values)


def delete(remedy: Remedy, condition: LiteralString, **values: Any) -> None:
    """Delete live visits, with the places that they take."""
    found: LiteralString = "SELECT id FROM appointments WHERE clinic_id = %(clinic)s AND live AND " + condition
    remedy.run(
        "UPDATE slots s SET current_bookings = current_bookings - n.seats, overbooked = overbooked - n.over"
        " FROM (SELECT t.slot_id, count(*) FILTER (WHERE NOT a.overbook) AS seats,"
        " count(*) FILTER (WHERE a.overbook) AS over FROM appointment_slots t JOIN appointments a ON"
        " a.id = t.appointment_id WHERE a.clinic_id = %(clinic)s AND a.id IN (" + found + ") GROUP BY t.slot_id) AS n"
        " WHERE s.clinic_id = %(clinic)s AND s.id = n.slot_id",
        **values,
    )
    remedy.run(
        "DELETE FROM displaced_appointments WHERE clinic_id = %(clinic)s AND appointment_id IN (" + found + ")",
        **values,
    )
    remedy.run("DELETE FROM appointments WHERE clinic_id = %(clinic)s AND id IN (" + found + ")", **values)


def rules_of(service: HealthcareService) -> VisitRules:
    """Return what a service says about the time of its visits."""
    return VisitRules(
        service.duration_minutes,
        service.buffer_before_minutes,
        service.buffer_after_minutes,
        service.notice_minutes,
        service.horizon_days,
    )

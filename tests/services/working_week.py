"""A practitioner who works from Monday to Friday, 9 to 12 and 13 to 17, and how their times are explained."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from app.services.availability import open_starts
from app.services.availability.explain import Explanation, explain
from app.services.schedules.generate import generate_slots
from models.db import DatabaseRole, driver, transaction
from models.principal import Principal
from models.schedules import Schedule, ScheduleRule, Slot
from tests.builders import (
    NOW,
    building,
    clerk_of,
    job_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
)

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY, WEDNESDAY = date(2027, 1, 5), date(2027, 1, 6)
UNTIL = date(2027, 1, 10)


def at(clock: str, day: date = TUESDAY) -> datetime:
    """Return the instant at which Berlin's clock shows this time of the day."""
    return datetime.combine(day, time.fromisoformat(clock), BERLIN).astimezone(UTC)


class Week:
    """A clinic with that practitioner, slots of 15 minutes for the first week of 2027, and one service."""

    def __init__(self, *, slot_minutes: int = 15, **service: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.schedule: Schedule = make_schedule(session, clinic=self.clinic, slot_minutes=slot_minutes)
            self.practitioner_id = self.schedule.practitioner_id
            self.service = make_service(session, clinic=self.clinic, practitioners=[self.practitioner_id], **service)
            self.patient = make_patient(session, clinic=self.clinic)
            for weekday in range(5):
                session.add(self.rule(weekday, time(9), time(12)))
                session.add(self.rule(weekday, time(13), time(17)))
        self.clerk = clerk_of(self.clinic)
        self.generate()

    def rule(self, weekday: int, starts: time, ends: time, **fields: Any) -> ScheduleRule:
        """Return a weekly rule of the practitioner's schedule, not yet added."""
        ids = {"clinic_id": self.clinic.id, "schedule_id": self.schedule.id, "valid_from": date(2026, 1, 1)}
        return ScheduleRule(**{**ids, **fields}, weekday=weekday, starts_local=starts, ends_local=ends)

    def add(self, *entries: SQLModel) -> None:
        """Add rows and let the untouched slots follow the rules."""
        with building() as session:
            for entry in entries:
                session.add(entry)
                session.flush()
        self.generate()

    def change(self, thing: Any, **fields: Any) -> None:
        """Change a row, and nothing else."""
        with building() as session:
            for name, value in fields.items():
                setattr(thing, name, value)
            session.merge(thing)

    def generate(self) -> None:
        """Make the slots anew from the rules, all that no appointment has ever taken."""
        with building() as session:
            driver(session).execute(
                "DELETE FROM slots s WHERE s.clinic_id = %s AND NOT EXISTS (SELECT 1 FROM appointment_slots t"
                " WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id)",
                (self.clinic.id,),
            )
        job = job_of(self.clinic)
        with transaction(job, role=DatabaseRole.WORKER) as session:
            generate_slots(session, job, until=UNTIL, now=NOW)

    def slot(self, starts_at: datetime) -> UUID:
        """Return the open slot that begins then."""
        with building() as session:
            found = driver(session).execute(
                "SELECT id FROM slots WHERE clinic_id = %s AND practitioner_id = %s AND starts_at = %s"
                " AND status = 'open'",
                (self.clinic.id, self.practitioner_id, starts_at),
            )
            ((slot_id,),) = found.fetchall()
        return UUID(str(slot_id))

    def change_slot(self, starts_at: datetime, **fields: Any) -> None:
        """Change the slot that begins then."""
        with building() as session:
            slot = session.get_one(Slot, (self.clinic.id, self.slot(starts_at)))
            for name, value in fields.items():
                setattr(slot, name, value)

    def why(
        self, starts_at: datetime, *, principal: Principal | None = None, now: datetime = NOW, **asked: Any
    ) -> Explanation:
        """Explain a time; and see that the list of starts says the same."""
        asked = {"service_id": self.service.id, "practitioner_id": self.practitioner_id, **asked}
        principal = principal or self.clerk
        with transaction(principal) as session:
            found = explain(session, principal, starts_at=starts_at, now=now, **asked)
            if "patient_id" not in asked:
                span = {"since": starts_at, "until": starts_at + timedelta(seconds=1), "now": now}
                filters = {name: value for name, value in asked.items() if name != "service_id"}
                listed = open_starts(session, principal, service_id=asked["service_id"], **filters, **span)
                assert bool(listed) == found.offered
        return found

    def codes(self, starts_at: datetime, **asked: Any) -> list[str]:
        """Return the codes of the reasons, in their order."""
        return [reason.code.value for reason in self.why(starts_at, **asked).reasons]

    def only(self, starts_at: datetime, **asked: Any) -> tuple[str, datetime | None]:
        """Return the code and the end of the only reason."""
        (reason,) = self.why(starts_at, **asked).reasons
        return reason.code.value, reason.until

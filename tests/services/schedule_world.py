"""A small clinic whose schedules change: two practitioners, one of them at two sites, three weeks of slots."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.services.schedules.edit import Edit, change_schedules, preview
from app.services.schedules.effect import Effect, Outcome
from app.services.schedules.reconcile import reconcile
from app.services.schedules.rule_rows import Hours
from models.accounts import Role
from models.db import transaction
from models.displaced import DisplacedAppointment
from models.practitioners import Practitioner
from models.principal import Principal
from models.schedules import Schedule, ScheduleRule, Slot, SlotStatus
from tests import calls
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_clinic,
    make_location,
    make_patient,
    make_practitioner,
    make_schedule,
    make_service,
    staff_of,
)

MONDAY = NOW.date()
DAYS = 20


class ScheduleWorld:
    """Monday to Friday from 9 to 12 in slots of 30 minutes; `now` is that Monday at 9 in Berlin, or another time."""

    def __init__(
        self,
        *,
        sites: int = 1,
        practitioners: int = 1,
        now: datetime = NOW,
        days: int = DAYS,
        timezones: Sequence[str] = ("Europe/Berlin",),
        **service: Any,
    ) -> None:
        self.now = now
        self.until = now.date() + timedelta(days=days)
        with building() as session:
            self.clinic = make_clinic(session)
            self.locations = [
                make_location(session, clinic=self.clinic, timezone=timezones[number % len(timezones)])
                for number in range(sites)
            ]
            self.practitioners: list[Practitioner] = [
                make_practitioner(session, clinic=self.clinic) for _ in range(practitioners)
            ]
            self.schedules: list[Schedule] = [
                make_schedule(
                    session,
                    clinic=self.clinic,
                    practitioner=person,
                    location=site,
                    slot_minutes=30,
                    generated_until=self.until,
                )
                for person in self.practitioners
                for site in self.locations
            ]
            offered: dict[str, Any] = {"clinic": self.clinic, "practitioners": self.practitioners}
            self.service = make_service(session, **offered, **{"duration_minutes": 30, **service})
            self.group = make_service(session, **offered, capacity=4, duration_minutes=60)
            for schedule in self.schedules[:: len(self.locations)]:
                for weekday in range(5):
                    rule = asdict(hours(weekday, "09:00", "12:00"))
                    session.add(ScheduleRule(clinic_id=self.clinic.id, schedule_id=schedule.id, **rule))
            self.patients = [make_patient(session, clinic=self.clinic) for _ in range(12)]
        self.clinic_id = self.clinic.id
        self.manager: Principal = staff_of(self.clinic, role=Role.MANAGER)
        self.clerk: Principal = clerk_of(self.clinic)
        with transaction(self.manager) as session:
            reconcile(session, self.manager, practitioner_ids=[p.id for p in self.practitioners], now=now)

    def edit(self, verb: Callable[..., Outcome], **values: Any) -> Edit:
        """Bind an edit of the manager's, or of whoever is named."""
        return partial(verb, **{"principal": self.manager, "now": self.now, **values})

    def change(self, verb: Callable[..., Outcome], **values: Any) -> Outcome:
        """Make an edit for real."""
        principal = values.get("principal", self.manager)
        return change_schedules(principal, self.edit(verb, **values))

    def preview(self, verb: Callable[..., Outcome], **values: Any) -> Effect:
        """Ask what an edit would do."""
        principal = values.get("principal", self.manager)
        with transaction(principal) as session:
            return preview(session, principal, self.edit(verb, **values), now=self.now)

    def slots(self, *, day: date | None = None, status: SlotStatus = SlotStatus.OPEN, number: int = 0) -> list[Slot]:
        """Return a schedule's slots of a UTC day, or all of them."""
        asked = select(Slot).where(Slot.clinic_id == self.clinic_id, Slot.status == status)
        asked = asked.where(Slot.schedule_id == self.schedules[number].id).order_by(col(Slot.starts_at))
        with building() as session:
            return [slot for slot in session.exec(asked) if day is None or slot.starts_at.date() == day]

    def book(self, slot: Slot, *, patient: int = 0, service: Any = None) -> UUID:
        """Hold and confirm a start."""
        held = calls.hold(self.clerk, slot, service or self.service, self.patients[patient], now=self.now)
        return calls.appointment_id_of(calls.confirm(self.clerk, held, now=self.now))

    def displaced(self) -> dict[UUID, str]:
        """Return the open rows: appointment and reason."""
        asked = select(DisplacedAppointment).where(
            DisplacedAppointment.clinic_id == self.clinic_id, col(DisplacedAppointment.settled_at).is_(None)
        )
        with building() as session:
            return {row.appointment_id: row.reason for row in session.exec(asked)}

    def settlements(self, appointment_id: UUID) -> list[str]:
        """Return how an appointment's rows were settled, in time."""
        asked = select(DisplacedAppointment).where(
            DisplacedAppointment.clinic_id == self.clinic_id, DisplacedAppointment.appointment_id == appointment_id
        )
        with building() as session:
            found = session.exec(asked.order_by(col(DisplacedAppointment.id))).all()
        return [row.settlement.value if row.settlement else "open" for row in found]


def hours(weekday: int, starts: str, ends: str, **more: Any) -> Hours:
    """Return weekly time that holds from long ago, unless told otherwise."""
    fields = {"valid_from": date(2026, 1, 1), **more}
    return Hours(weekday, time.fromisoformat(starts), time.fromisoformat(ends), **fields)


def at(day: date, clock: str) -> datetime:
    """Return wall-clock time."""
    return datetime.combine(day, time.fromisoformat(clock))

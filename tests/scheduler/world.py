"""A clinic with bookings as the scheduler's jobs meet them, dated relative to the real clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.services.accounts.keys import vault_of
from app.services.booking.answer import Answer
from app.services.clock import utc_now
from models.base import new_id
from models.db import DatabaseRole, execute, rows, transaction
from models.patients import Patient
from models.practitioners import HealthcareService
from models.principal import Principal
from models.schedules import Slot
from tests import calls
from tests.builders import (
    building,
    clerk_of,
    job_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)


@dataclass
class World:
    """One clinic, one practitioner, a row of free slots, and a patient for each."""

    clinic_id: UUID
    clerk: Principal
    job: Principal
    service: HealthcareService
    slots: list[Slot]
    patients: list[Patient]

    def hold(self, number: int = 0, *, now: datetime | None = None) -> Answer:
        """Hold one of the slots for one of the patients."""
        now = now or utc_now()
        return calls.hold(self.clerk, self.slots[number], self.service, self.patients[number], now=now)

    def book(self, number: int = 0, *, now: datetime | None = None) -> Answer:
        """Hold and confirm."""
        now = now or utc_now()
        return calls.confirm(self.clerk, self.hold(number, now=now), now=now)

    def cancel(self, answer: Answer, **more: Any) -> Answer:
        """Cancel as the desk does."""
        return calls.cancel(self.clerk, answer, now=utc_now(), **more)

    def ask(self, statement: str, **parameters: Any) -> list[Any]:
        """Read as the worker."""
        with transaction(self.job, role=DatabaseRole.WORKER) as session:
            return rows(session, statement, {"clinic_id": self.clinic_id, **parameters})  # type: ignore[arg-type]

    def alter(self, statement: str, **parameters: Any) -> int:
        """Change as the owner, for what only time or a fault can do."""
        with building() as session:
            return execute(session, statement, {"clinic_id": self.clinic_id, **parameters})  # type: ignore[arg-type]

    def outbox(self) -> list[tuple[str, str]]:
        """Return each outbox row's kind and state, in the order in which they were made."""
        statement = "SELECT kind, state FROM outbox_events WHERE clinic_id = %(clinic_id)s ORDER BY aggregate_version"
        return self.ask(statement)

    def messages(self) -> list[tuple[str, str, str]]:
        """Return kind, outcome and Message-ID of each message kept."""
        return self.ask("SELECT kind, outcome, message_id FROM messages WHERE clinic_id = %(clinic_id)s ORDER BY id")

    def let_leases_run_out(self) -> None:
        """Have the database's clock pass every lease."""
        self.alter("UPDATE outbox_events SET lease_until = now() - interval '1 s' WHERE clinic_id = %(clinic_id)s")

    def make_everything_due(self) -> None:
        """Have the database's clock pass every wait."""
        self.alter("UPDATE outbox_events SET not_before = now() - interval '1 s' WHERE clinic_id = %(clinic_id)s")


def make_world(
    *, slots: int = 2, email: str | None = "ana@example.com", language: str = "en", capacity: int = 1
) -> World:
    """Make a clinic whose patients have names that open and, unless None, an address."""
    tomorrow = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with building() as session:
        clinic = make_clinic(session, is_demonstration=True, name="Riverside", phone="+49 30 123")
        vault = vault_of(session, clinic.id)
        schedule = make_schedule(session, clinic=clinic)
        service = make_service(
            session, clinic=clinic, practitioners=[schedule.practitioner_id], name="Diabetes check", specialty="endo"
        )
        free = make_slots(session, schedule=schedule, count=slots, starts_at=tomorrow)
        patients = [_patient(session, vault, clinic.id, email=email, language=language) for _ in range(slots)]
    return World(clinic.id, clerk_of(clinic), job_of(clinic), service, free, patients)


def _patient(session: Any, vault: Any, clinic_id: UUID, *, email: str | None, language: str) -> Patient:
    patient_id = new_id()

    def sealed(column: str, text: str) -> bytes:
        return vault.seal("patients", column, patient_id, text)

    return make_patient(
        session,
        clinic=clinic_id,
        id=patient_id,
        language=language,
        given_name_sealed=sealed("given_name", "Ana"),
        family_name_sealed=sealed("family_name", "Kowalska"),
        birth_date_sealed=sealed("birth_date", "1980-01-02"),
        email_sealed=sealed("email", email) if email else None,
    )

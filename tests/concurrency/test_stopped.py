"""A process that stands still within a transaction keeps its places from others for a while, and no longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psycopg
import pytest

from app.errors import Overloaded
from app.settings import settings
from models.db import execute, transaction
from models.patients import Patient
from models.practitioners import HealthcareService
from models.principal import Principal
from models.schedules import Slot
from tests.builders import building, clerk_of, make_clinic, make_patient, make_schedule, make_service, make_slot
from tests.calls import hold

pytestmark = pytest.mark.usefixtures("database")
LOCK = "SELECT 1 FROM slots WHERE id = %(id)s FOR UPDATE"


class Desk:
    """A free start, who wants it, and a colleague's process that stands still with it in its hands."""

    clerk: Principal
    slot: Slot
    service: HealthcareService
    patient: Patient

    def __init__(self) -> None:
        with building() as session:
            clinic = make_clinic(session)
            schedule = make_schedule(session, clinic=clinic)
            self.service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
            self.slot = make_slot(session, schedule=schedule)
            self.patient = make_patient(session, clinic=clinic)
        self.clerk = clerk_of(clinic)
        self.is_locked, self.goes_on = Event(), Event()
        self.heard: list[BaseException] = []

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have the colleague's process stand still meanwhile."""
        colleague = Thread(target=self._stand_still)
        colleague.start()
        assert self.is_locked.wait(10)
        try:
            yield
        finally:
            self.goes_on.set()
            colleague.join(10)

    def _stand_still(self) -> None:
        try:
            with transaction(self.clerk) as session:
                execute(session, LOCK, {"id": self.slot.id})
                self.is_locked.set()
                self.goes_on.wait(20)
                execute(session, LOCK, {"id": self.slot.id})
        except psycopg.OperationalError as failure:
            self.heard.append(failure)

    def book(self) -> int:
        return hold(self.clerk, self.slot, self.service, self.patient).status


def test_a_stopped_process_loses_its_transaction_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(settings(), "idle_timeout_ms", 1_000)
    with desk.stopped():
        monkeypatch.setattr(settings(), "idle_timeout_ms", 60_000)
        assert desk.book() == 201
    # When it goes on, it hears that nothing of it has been kept.
    assert len(desk.heard) == 1


def test_control_without_the_limit_nobody_books_as_long_as_it_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(settings(), "idle_timeout_ms", 0)
    monkeypatch.setattr(settings(), "lock_timeout_ms", 300)
    with desk.stopped(), pytest.raises(Overloaded):
        desk.book()
    assert desk.heard == []

"""A clinic that takes over files: an administrator, one practitioner with open time tomorrow from 9, one patient."""

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from app.services.imports.columns import guessed
from app.services.imports.dates import DateOrder
from app.services.imports.problems import Progress, Report
from app.services.imports.rehearse import rehearse
from app.services.imports.source import Source
from app.services.imports.table import table_of
from app.services.imports.take import take_over
from app.services.messages.deliver import deliver
from app.services.patients.views import PatientView
from app.services.patients.write import create
from models.accounts import Role
from models.db import execute, rows, transaction
from models.desk import ImportKind
from models.schedules import Slot
from tests.builders import (
    NOW,
    building,
    clerk_of,
    job_of,
    make_clinic,
    make_location,
    make_practitioner,
    make_room,
    make_schedule,
    make_service,
    make_slots,
    offer,
    staff_of,
)

BORN = date(1984, 3, 9)
APPOINTMENT = "patient number,practitioner,service,start,minutes\n"


class Importer:
    """The world of these tests: `kept` counts what a statement finds."""

    def __init__(self, *, count: int = 4, **service: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.site = make_location(session, clinic=self.clinic, name="Main site")
            if "room_kind" in service:
                make_room(session, location=self.site, kind=service["room_kind"])
            doctor = make_practitioner(session, clinic=self.clinic, display_name="Dr. Anna Weber")
            self.schedule = make_schedule(session, clinic=self.clinic, practitioner=doctor, location=self.site)
            self.slots = make_slots(session, schedule=self.schedule, count=count)
            defaults = {"name": "Check-up", "practitioners": [doctor]}
            self.service = make_service(session, clinic=self.clinic, **{**defaults, **service})
        self.admin = staff_of(self.clinic, role=Role.ADMINISTRATOR)
        self.clerk = clerk_of(self.clinic)

    def add(self, given: str, family: str, born: date = BORN, **fields: Any) -> PatientView:
        with transaction(self.admin) as session:
            names = {"given_name": given, "family_name": family}
            return create(session, self.admin, **names, birth_date=born, now=NOW, **fields)

    def room(self) -> None:
        """Another room for examinations at the main site."""
        with building() as session:
            make_room(session, location=self.site)

    def also(self, name: str) -> list[Slot]:
        """Another practitioner of the main site, with the same service and the same open times."""
        with building() as session:
            doctor = make_practitioner(session, clinic=self.clinic, display_name=name)
            offer(session, service=self.service, practitioner=doctor)
            schedule = make_schedule(session, clinic=self.clinic, practitioner=doctor, location=self.site)
            return make_slots(session, schedule=schedule, count=len(self.slots))

    def patients(self, text: str | bytes, *, dry: bool = False, **more: Any) -> Report:
        return self._run(ImportKind.PATIENTS, text, dry=dry, **more)

    def appointments(self, text: str | bytes, *, dry: bool = False, **more: Any) -> Report:
        return self._run(ImportKind.APPOINTMENTS, text, dry=dry, **more)

    def kept(self, table: LiteralString, where: LiteralString = "true") -> int:
        with transaction(self.admin) as session:
            statement = "SELECT count(*) FROM " + table + " WHERE clinic_id = %(clinic_id)s AND " + where
            ((count,),) = rows(session, statement, {"clinic_id": self.clinic.id})
            return int(count)

    def taken(self, slots: Sequence[Slot] = ()) -> tuple[int, ...]:
        """How often each slot is taken, in their order: the first practitioner's, or those given."""
        with transaction(self.admin) as session:
            statement = "SELECT id, current_bookings FROM slots WHERE clinic_id = %(clinic_id)s"
            found: dict[UUID, int] = dict(rows(session, statement, {"clinic_id": self.clinic.id}))
        return tuple(found[slot.id] for slot in slots or self.slots)

    def letters(self) -> int:
        """How many letters somebody tried to send when the outbox was worked off, whatever day these tests run."""
        with building() as session:
            execute(
                session, "UPDATE outbox_events SET not_before = now() WHERE clinic_id = %(id)s", {"id": self.clinic.id}
            )
        deliver(job_of(self.clinic), owner="tests", clock=lambda: NOW, is_stopping=lambda: False)
        return self.kept("outbox_events", "attempts > 0")

    def _run(
        self,
        kind: ImportKind,
        text: str | bytes,
        *,
        dry: bool,
        mapping: Sequence[str] | None = None,
        order: DateOrder = DateOrder.NOT_SAID,
        principal: Any = None,
    ) -> Report:
        data = text if isinstance(text, bytes) else text.encode()
        if mapping is None:
            mapping = guessed(kind, table_of(data).header)
        source = Source(kind, data, mapping, order)
        return (rehearse if dry else take_over)(principal or self.admin, source=source, progress=Progress(), now=NOW)


def sentences(report: Report) -> list[tuple[int, str, str]]:
    """Every problem as it reads in English: row, column, sentence."""
    return [(one.row, one.column, one.message.format(**one.values)) for one in report.problems]

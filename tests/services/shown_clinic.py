"""A small clinic with a row in many tables, a demonstration or a real one, and its administrator."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql

from app.services.accounts.keys import vault_of
from app.services.accounts.sessions import sign_in
from app.services.audit.record import record
from app.services.setup.go_live import Newcomer, go_live
from models.accounts import Role, RoleGrant, User
from models.base import new_id
from models.clinics import Clinic
from models.db import DatabaseRole, global_transaction, rows, transaction
from models.principal import Principal
from models.tables import CLINIC_TABLES
from tests.accounts import PASSWORD
from tests.builders import (
    NOW,
    building,
    make_appointment,
    make_clinic,
    make_location,
    make_patient,
    make_room,
    make_schedule,
    make_service,
    make_slots,
    staff_of,
)


@dataclass
class Shown:
    """A clinic with a row in many tables, and its administrator's session."""

    clinic: Clinic
    login: str
    admin: Principal

    @property
    def host(self) -> str:
        return self.clinic.host_name

    def go_live(self, **fields: Any) -> UUID:
        """Go live as the page does."""
        account = {"login": f"ines-{new_id()}", "display_name": "Ines Ferro", "password": PASSWORD}
        given = {name: fields.pop(name) for name in list(fields) if name in account}
        values = {"name": self.clinic.name, "newcomer": Newcomer(**{**account, **given}), "now": NOW}
        return go_live(fields.pop("principal", self.admin), **{**values, **fields})

    def sign_in(self) -> str:
        """Start a session of the administrator and return its token."""
        here = {"address": f"address of {self.login}", "clinic_id": self.clinic.id}
        return sign_in(login=self.login, password=PASSWORD, now=NOW, **here).token

    def left(self) -> dict[str, int]:
        """Return how many rows of the clinic each table has, as the database's owner sees it."""
        with global_transaction(role=DatabaseRole.OWNER) as session:
            return {table: _count(session, table, self.clinic.id) for table in sorted(CLINIC_TABLES)}


def _count(session: Any, table: str, clinic_id: UUID) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE clinic_id = %(clinic_id)s").format(sql.Identifier(table))
    return int(rows(session, query.as_string(), {"clinic_id": clinic_id})[0][0])  # type: ignore[arg-type]


def filled(password_hash: str, *, is_demonstration: bool) -> Shown:
    """Make a clinic with places, people, an appointment, a log and an administrator at home there."""
    login = f"admin-{new_id()}"
    with building() as session:
        clinic = make_clinic(session, is_demonstration=is_demonstration, name="Riverside")
        location = make_location(session, clinic=clinic)
        make_room(session, location=location)
        schedule = make_schedule(session, clinic=clinic, location=location)
        service = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id])
        slots = make_slots(session, schedule=schedule, count=3)
        patient = make_patient(session, clinic=clinic)
        make_appointment(session, slots=slots[:1], service=service, patient=patient)
        user = User(
            login=login, display_name="Mei", password_hash=password_hash, home_clinic_id=clinic.id, created_at=NOW
        )
        session.add(user)
        session.flush()
        session.add(RoleGrant(clinic_id=clinic.id, user_id=user.id, role=Role.ADMINISTRATOR))
    admin = staff_of(clinic, role=Role.ADMINISTRATOR, actor_id=str(user.id))
    with transaction(admin) as session:
        vault_of(session, clinic.id)
        record(session, admin, action="create", object_kind="patient", object_id=patient.id, now=NOW)
    return Shown(clinic, login, admin)

"""Two practitioners with accounts of their own on one day: what is whose, and who waits for whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.services.booking.answer import Answer
from app.services.own_day.read import OwnDay, read_own_day
from app.services.queue.desk import act
from models.accounts import Role, RoleGrant, User
from models.appointments import Appointment
from models.base import new_id
from models.db import transaction
from models.practitioners import Practitioner
from models.principal import Principal
from models.schedules import Slot
from tests import calls
from tests.builders import NOW, TOMORROW, building, make_appointment, staff_of
from tests.services.board_day import BoardDay, make_board_day, make_named_patient


@dataclass(frozen=True, slots=True)
class OwnWorld:
    """The day of Dr Anna and Dr Boris, whose first slots begin at `TOMORROW`."""

    day: BoardDay
    anna: Principal
    boris: Principal

    def visit(self, name: str = "Ana Silva", *, place: int = 0, of_boris: bool = False, **fields: Any) -> Appointment:
        """Book somebody for half an hour into two of the four slots."""
        patient = make_named_patient(self.day.clinic, name)
        mine = self.day.boris_slots if of_boris else self.day.anna_slots
        with building() as session:
            slots = [session.get_one(Slot, (one.clinic_id, one.id)) for one in mine[place : place + 2]]
            fields = {"timezone": self.day.location.timezone, "booked_at": NOW, **fields}
            return make_appointment(session, slots=slots, service=self.day.service, patient=patient, **fields)

    def arrived(self, *names: str, now: datetime = TOMORROW, **fields: Any) -> Appointment:
        """Book somebody and let them come."""
        made = self.visit(*names, **fields)
        calls.visit(self.day.clerk, "arrive", made, now=now)
        return made

    def read(self, who: Principal | None = None, *, now: datetime = TOMORROW) -> OwnDay:
        """Read a day as its practitioner does."""
        with transaction(who or self.anna) as session:
            return read_own_day(session, who or self.anna, now=now)

    def act(self, verb: Any, who: Principal, *, key: str = "", now: datetime = TOMORROW, **asked: Any) -> Answer:
        """Take one of the page's steps."""
        return act(who, verb, key=key or uuid4().hex, now=now, **asked)

    def stored(self, made: Appointment) -> Appointment:
        """Return what the database holds of it now."""
        with building() as session:
            return session.get_one(Appointment, (self.day.clinic.id, made.id))


def make_own_world() -> OwnWorld:
    """Build the day in a clinic of its own."""
    day = make_board_day()
    return OwnWorld(day, account_for(day, day.anna), account_for(day, day.boris))


def account_for(day: BoardDay, practitioner: Practitioner) -> Principal:
    """Return an account that is a practitioner's."""
    with building() as session:
        user = User(login=f"user-{new_id()}", display_name="Robin", password_hash="x", created_at=NOW)
        session.add(user)
        session.flush()
        grant = {"clinic_id": day.clinic.id, "user_id": user.id, "role": Role.PRACTITIONER}
        session.add(RoleGrant(**grant, practitioner_id=practitioner.id))
    return staff_of(day.clinic, role=Role.PRACTITIONER, actor_id=str(user.id))

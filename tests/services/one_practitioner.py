"""A small clinic with one practitioner, and how its open starts are asked for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.services.availability import Start, open_starts
from models.db import transaction
from models.principal import Principal
from models.schedules import Schedule
from tests.builders import (
    NOW,
    building,
    clerk_of,
    make_clinic,
    make_patient,
    make_schedule,
    make_service,
    make_slots,
)


def starts_of(principal: Principal, service: Any, **filters: Any) -> list[Start]:
    filters = {"since": NOW, "until": NOW + timedelta(days=7), "now": NOW, **filters}
    with transaction(principal) as session:
        return open_starts(session, principal, service_id=_id(service), **filters)


def ids(starts: Sequence[Start]) -> list[UUID]:
    return [start.id for start in starts]


def _id(thing: Any) -> UUID:
    return thing if isinstance(thing, UUID) else thing.id


class World:
    """A clinic with one practitioner, four slots of 15 minutes tomorrow at 9 and a service of one slot."""

    def __init__(self, *, count: int = 4, **service: Any) -> None:
        with building() as session:
            self.clinic = make_clinic(session)
            self.schedule: Schedule = make_schedule(session, clinic=self.clinic)
            self.slots = make_slots(session, schedule=self.schedule, count=count)
            offered_by = [self.schedule.practitioner_id]
            self.service = make_service(session, clinic=self.clinic, practitioners=offered_by, **service)
            self.patient = make_patient(session, clinic=self.clinic)
        self.clerk = clerk_of(self.clinic)

    def change(self, thing: Any, **fields: Any) -> None:
        with building() as session:
            for name, value in fields.items():
                setattr(thing, name, value)
            session.merge(thing)

    def starts(self, **filters: Any) -> list[UUID]:
        return ids(starts_of(filters.pop("principal", self.clerk), self.service, **filters))

    def slot_ids(self, *numbers: int) -> list[UUID]:
        return [self.slots[number].id for number in numbers]

"""A clinic without anything yet, and the people who set it up."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from app.services.catalogue.editing import change_settings
from app.services.catalogue.equipment import Equipment, add_equipment
from app.services.catalogue.locations import LocationFields, create_location
from app.services.catalogue.practitioners import PractitionerFields, create_practitioner
from app.services.catalogue.service_fields import ServiceFields
from app.services.catalogue.services import create_service
from app.services.schedules.effect import Outcome
from models.accounts import Role
from models.base import new_id
from models.clinics import Clinic
from models.db import transaction
from models.principal import Principal
from tests.builders import NOW, building, make_clinic, staff_of

BERLIN = LocationFields(name="Harbour", timezone="Europe/Berlin", country="DE")
CHECK_UP = ServiceFields(name="Check-up", specialty="gp", duration_minutes=30, notice_minutes=0)


class SettingsWorld:
    """One clinic with its administrator; everything else is made by the services under test."""

    def __init__(self) -> None:
        with building() as session:
            self.clinic: Clinic = make_clinic(session)
        self.admin: Principal = self.person(Role.ADMINISTRATOR)

    def person(self, role: Role, **fields: Any) -> Principal:
        """Return somebody with a role everywhere."""
        return staff_of(self.clinic, role=role, **fields)

    def change(self, verb: Callable[..., Outcome], **values: Any) -> Outcome:
        """Make one change for real, as the administrator or as whoever is named."""
        principal = values.pop("principal", self.admin)
        return change_settings(principal, partial(verb, principal=principal, **{"now": NOW, **values}))

    def made(self, verb: Callable[..., Outcome], **values: Any) -> UUID:
        """Make one change and return the entry it made."""
        entry_id = self.change(verb, **values).entry_id
        assert entry_id is not None
        return entry_id

    def ask(self, read: Callable[..., Any], **values: Any) -> Any:
        """Read as the administrator."""
        with transaction(self.admin) as session:
            return read(session, self.admin, **values)

    def location(self, **fields: Any) -> UUID:
        """Open a location."""
        return self.made(create_location, fields=_with(BERLIN, fields))

    def service(self, **fields: Any) -> UUID:
        """Make a service."""
        return self.made(create_service, fields=_with(CHECK_UP, fields))

    def room(self, location_id: UUID, *, kind: str = "exam") -> UUID:
        """Add a room."""
        about = {"what": Equipment.ROOM, "location_id": location_id, "name": f"Room {new_id()}"[:40], "kind": kind}
        return self.made(add_equipment, **about)

    def practitioner(self, *service_ids: UUID) -> UUID:
        """Add somebody who offers some services."""
        fields = PractitionerFields("Dr. Ada Lark", "gp", str(new_id()), ("en",), service_ids)
        return self.made(create_practitioner, fields=fields)


def _with(fields: Any, values: dict[str, Any]) -> Any:
    return replace(fields, **values)

"""The locations: a list, and the form of the one that is open."""

from typing import Any, ClassVar, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.catalogue.locations import (
    LocationEntry,
    LocationFields,
    change_location,
    create_location,
    list_locations,
    reopen_location,
    retire_location,
)
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import text_from
from app.state.settings_entries import EntryVars, Verbs
from app.state.settings_equipment import EquipmentState
from app.state.settings_forms import WRITE, LineView


class LocationView(TypedDict):
    """The form's values."""

    name: str
    timezone: str
    country: str
    address: str
    phone: str
    is_active: bool


NO_LOCATION = LocationView(name="", timezone="", country="", address="", phone="", is_active=True)


class LocationsState(EntryVars, PageState):
    """The list and the open location."""

    _verbs: ClassVar[Verbs] = Verbs("location", create_location, change_location, retire_location, reopen_location)

    form: LocationView = NO_LOCATION

    @rx.event
    @policy(permission=WRITE)
    async def begin(self) -> None:
        """Open an empty form, in the country and the zone of the clinic's other locations."""
        before = self.form
        self.form = {**NO_LOCATION, "timezone": before["timezone"] or self.clinic_zone, "country": before["country"]}
        self._draw(is_new=True)
        (await self.get_state(EquipmentState))._clear()

    def _fields(self, form: dict[str, Any]) -> LocationFields:
        names = ("name", "timezone", "country", "address", "phone")
        return LocationFields(**{name: text_from(form.get(name), longest=400) for name in names})

    async def _show(self, entry_id: str) -> EventSpec | None:
        try:
            found = await ask(list_locations)
        except ClinicError as error:
            return refused(error)
        self.lines = [_line(one) for one in found]
        self.is_loaded = True
        equipment = await self.get_state(EquipmentState)
        opened = next((one for one in found if str(one.id) == entry_id), found[0] if found else None)
        if opened is None:
            self.form = {**NO_LOCATION, "timezone": self.clinic_zone}
            self._draw(is_new=True)
            equipment._clear()
            return None
        self.form = LocationView(
            name=opened.fields.name,
            timezone=opened.fields.timezone,
            country=opened.fields.country,
            address=opened.fields.address,
            phone=opened.fields.phone,
            is_active=opened.is_active,
        )
        self._draw(opened_id=str(opened.id), version=opened.version)
        return await equipment._show(str(opened.id))


def _line(entry: LocationEntry) -> LineView:
    return LineView(
        id=str(entry.id),
        title=entry.fields.name,
        detail=entry.fields.address or entry.fields.timezone,
        is_active=entry.is_active,
    )

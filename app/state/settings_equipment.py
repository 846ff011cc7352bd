"""The rooms and devices of the open location."""

from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.catalogue.equipment import (
    Equipment,
    add_equipment,
    change_equipment,
    list_equipment,
    retire_equipment,
    reuse_equipment,
)
from app.services.catalogue.still_needed import Needed
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import id_from, text_from
from app.state.settings_entries import RetireVars, Verbs
from app.state.settings_forms import WRITE, change


class EquipmentView(TypedDict):
    """One room or device."""

    id: str
    what: str
    name: str
    kind: str
    is_active: bool
    version: str


NOTHING = EquipmentView(id="", what="room", name="", kind="", is_active=True, version="")


class EquipmentState(RetireVars, PageState):
    """The list of the location, and the one that is open; without an id it is to be added."""

    _verbs: ClassVar[Verbs] = Verbs("equipment", add_equipment, change_equipment, retire_equipment, reuse_equipment)

    location_id: str = ""
    entries: list[EquipmentView] = []
    kinds: list[str] = []
    form: EquipmentView = NOTHING

    @rx.event
    @policy(permission=WRITE)
    def begin_room(self) -> None:
        """Open an empty form for a room."""
        self._edit(NOTHING)

    @rx.event
    @policy(permission=WRITE)
    def begin_device(self) -> None:
        """Open an empty form for a device."""
        self._edit({**NOTHING, "what": "device"})

    @rx.event
    @policy(permission=WRITE)
    def open_entry(self, entry_id: str) -> None:
        """Open a room or device."""
        self._edit(next((one for one in self.entries if one["id"] == entry_id), NOTHING))

    @rx.event
    @policy(permission=WRITE)
    def close(self) -> None:
        """Leave the form."""
        self._draw()

    @rx.event
    @policy(permission=WRITE)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Store what was typed."""
        words = {name: text_from(form.get(name)) for name in ("name", "kind")}
        try:
            if self.form["id"]:
                await change(change_equipment, **self._seen(), **words)
            else:
                place = id_from("location_id", self.location_id)
                await change(add_equipment, what=Equipment(self.form["what"]), location_id=place, **words)
        except ClinicError as error:
            return self._refuse(error, prefix=self._verbs.prefix)
        return await self._show_again() or self._said()

    async def _show(self, location_id: str) -> EventSpec | None:
        try:
            found = await ask(list_equipment, location_id=id_from("location_id", location_id))
        except ClinicError as error:
            return refused(error)
        self.location_id, self.is_loaded = location_id, True
        self.entries = [
            EquipmentView(
                id=str(one.id),
                what=one.what.value,
                name=one.name,
                kind=one.kind,
                is_active=one.is_active,
                version=one.version,
            )
            for one in found
        ]
        self.kinds = sorted({one.kind for one in found})
        self._draw()
        return None

    def _clear(self) -> None:
        self.location_id, self.entries = "", []
        self._draw()

    def _edit(self, entry: EquipmentView) -> None:
        self.form = entry
        self._draw(opened_id=entry["id"], is_new=True)

    def _kind(self) -> Needed:
        return Needed(self.form["what"])

    def _id(self) -> UUID:
        return id_from("entry_id", self.form["id"])

    def _seen(self) -> dict[str, Any]:
        return {"what": Equipment(self.form["what"]), "entry_id": self._id(), "version": self.form["version"]}

    async def _show_again(self) -> EventSpec | None:
        return await self._show(self.location_id)

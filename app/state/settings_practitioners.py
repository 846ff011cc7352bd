"""The practitioners: a list, and the form of the one that is open."""

from typing import Any, ClassVar, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.catalogue.practitioners import (
    PractitionerEntry,
    PractitionerFields,
    bring_practitioner_back,
    change_practitioner,
    create_practitioner,
    list_practitioners,
    retire_practitioner,
)
from app.services.catalogue.services import list_services
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import text_from
from app.state.settings_entries import EntryVars, Verbs
from app.state.settings_forms import WRITE, LineView, ids_from

BOX = "service-"


class PractitionerView(TypedDict):
    """The form's values; languages as people write them, with commas."""

    display_name: str
    specialty: str
    license_number: str
    languages: str
    is_active: bool


class OfferedView(TypedDict):
    """A service that may be offered."""

    id: str
    box: str
    name: str
    is_offered: bool


NOBODY = PractitionerView(display_name="", specialty="", license_number="", languages="", is_active=True)


class PractitionersState(EntryVars, PageState):
    """The list and the open practitioner."""

    _verbs: ClassVar[Verbs] = Verbs(
        "practitioner", create_practitioner, change_practitioner, retire_practitioner, bring_practitioner_back
    )

    form: PractitionerView = NOBODY
    services: list[OfferedView] = []
    specialties: list[str] = []

    @rx.event
    @policy(permission=WRITE)
    def begin(self) -> None:
        """Open an empty form."""
        self.form = NOBODY
        self.services = [{**one, "is_offered": False} for one in self.services]
        self._draw(is_new=True)

    def _fields(self, form: dict[str, Any]) -> PractitionerFields:
        languages = text_from(form.get("languages")).split(",")
        return PractitionerFields(
            **{name: text_from(form.get(name)) for name in ("display_name", "specialty", "license_number")},
            languages=tuple(one.strip() for one in languages if one.strip()),
            service_ids=ids_from(form, BOX),
        )

    async def _show(self, entry_id: str) -> EventSpec | None:
        try:
            found, services = await ask(list_practitioners), await ask(list_services)
        except ClinicError as error:
            return refused(error)
        self.lines = [_line(one) for one in found]
        self.specialties = sorted({one.fields.specialty for one in [*found, *services]})
        self.is_loaded = True
        opened = next((one for one in found if str(one.id) == entry_id), found[0] if found else None)
        offered = opened.fields.service_ids if opened else ()
        self.services = [
            OfferedView(id=str(one.id), box=f"{BOX}{one.id}", name=one.fields.name, is_offered=one.id in offered)
            for one in services
            if one.is_active or one.id in offered
        ]
        self.form = _view(opened) if opened else NOBODY
        self._draw(
            opened_id=str(opened.id) if opened else "",
            is_new=opened is None,
            version=opened.version if opened else "",
        )
        return None


def _view(entry: PractitionerEntry) -> PractitionerView:
    return PractitionerView(
        display_name=entry.fields.display_name,
        specialty=entry.fields.specialty,
        license_number=entry.fields.license_number,
        languages=", ".join(entry.fields.languages),
        is_active=entry.is_active,
    )


def _line(entry: PractitionerEntry) -> LineView:
    fields = entry.fields
    return LineView(id=str(entry.id), title=fields.display_name, detail=fields.specialty, is_active=entry.is_active)

"""The clinic's own settings."""

from dataclasses import asdict
from typing import Any, TypedDict, cast

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.catalogue.clinic_settings import ClinicFields, change_clinic, read_clinic
from app.state.ask import ask
from app.state.base import PageState, policy, refused, visitor
from app.state.parse import text_from
from app.state.settings_forms import WRITE, FormVars, change, whole


class ClinicView(TypedDict):
    """The form's values."""

    name: str
    phone: str
    language: str
    timezone: str
    country: str
    currency: str
    lock_minutes: int


NO_CLINIC = ClinicView(name="", phone="", language="en", timezone="", country="", currency="", lock_minutes=0)


class SettingsDoorState(PageState):
    """The way into the settings."""

    @rx.event
    @policy(permission="schedules:write")
    def enter(self) -> EventSpec:
        """Go to the first page that the reader may change."""
        seen = visitor().signed_in
        is_administrator = seen is not None and seen.principal.may(WRITE)
        return rx.redirect(routes.SETTINGS_CLINIC if is_administrator else routes.SETTINGS_SCHEDULES)


class ClinicSettingsState(FormVars, PageState):
    """The clinic's form."""

    form: ClinicView = NO_CLINIC

    @rx.event
    @policy(permission=WRITE)
    async def load(self) -> EventSpec | None:
        """Read the clinic's settings anew."""
        return await self._read_anew(self._load)

    @rx.event
    @policy(permission=WRITE)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Store what was typed."""
        try:
            fields = ClinicFields(
                **{name: text_from(form.get(name)) for name in ("name", "phone", "language", "timezone", "country")},
                currency=text_from(form.get("currency")).upper(),
                lock_minutes=whole(form, "lock_minutes"),
            )
            await change(change_clinic, fields=fields, version=self._version)
        except ClinicError as error:
            return self._refuse(error, prefix="clinic")
        await self._load()
        return self._said()

    async def _load(self) -> EventSpec | None:
        try:
            found = await ask(read_clinic)
        except ClinicError as error:
            return refused(error)
        self.form = cast(ClinicView, asdict(found))
        self.is_loaded = True
        self._draw(version=found.version)
        return None

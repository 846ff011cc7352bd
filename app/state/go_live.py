"""The end of the demonstration: what goes with it, and the account that is left."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any, TypedDict, cast

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.clock import utc_now
from app.services.setup.go_live import Newcomer, go_live
from app.services.setup.going import read_farewell
from app.settings import settings
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused
from app.state.parse import text_from
from app.state.set_up import sign_in_with
from app.state.set_up_forms import password_from
from app.state.settings_forms import WRITE, FormVars

PREFIX = "live"


class GoingView(TypedDict):
    """How many of each go."""

    patients: int
    appointments: int
    documents: int
    messages: int
    locations: int
    services: int
    practitioners: int
    logins: int


NOTHING = GoingView(
    patients=0, appointments=0, documents=0, messages=0, locations=0, services=0, practitioners=0, logins=0
)


class GoLiveState(FormVars, PageState):
    """What would go, and the form that asks for it."""

    name: str = ""
    going: GoingView = NOTHING
    has_mail: bool = False

    @rx.event
    @policy(permission=WRITE)
    async def load(self) -> EventSpec | None:
        """Count what goes with the demonstration."""
        try:
            found = await ask(read_farewell)
        except ClinicError as error:
            return refused(error)
        self.name, self.going = found.name, cast(GoingView, asdict(found.going))
        self.has_mail, self.is_loaded = bool(settings().smtp_url), True
        self._draw()
        return None

    @rx.event
    @policy(permission=WRITE)
    async def go_live(self, form: dict[str, Any]) -> AsyncIterator[EventSpec | None]:
        """Remove the demonstration; the browser then signs in as the administrator that was named."""
        self.is_saving = True
        yield None
        words = {name: text_from(form.get(name)) for name in ("login", "display_name", "language")}
        try:
            newcomer = Newcomer(password=password_from(form), **words)
            await do(go_live, name=text_from(form.get("name")), newcomer=newcomer, now=utc_now())
        except ClinicError as error:
            yield self._refuse(error, prefix=PREFIX)
        else:
            yield sign_in_with(PREFIX)
        self.is_saving = False

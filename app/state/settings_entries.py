"""What the settings' entries share: opened from a list, saved, retired after a question, taken into use again.

class ServicesState(EntryVars, PageState):
    _verbs: ClassVar[Verbs] = Verbs("service", create_service, change_service, retire_service, offer_service_again)

    def _fields(self, form): ...        # what was typed
    async def _show(self, entry_id): ...    # the list, and one entry in the form
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.catalogue.still_needed import Needed, count_to_come
from app.services.clock import utc_now
from app.services.schedules.effect import Outcome
from app.state.ask import ask
from app.state.base import policy, refused
from app.state.parse import id_from, text_from
from app.state.settings_forms import WRITE, FormVars, change

Verb = Callable[..., Outcome]


@dataclass(frozen=True, slots=True)
class Verbs:
    """What is done with entries, and the word that their fields' ids begin with."""

    prefix: str
    create: Verb
    change: Verb
    retire: Verb
    reopen: Verb


class RetireVars(FormVars, mixin=True):
    """The open entry can be retired, and used again."""

    _verbs: ClassVar[Verbs]

    @rx.event
    @policy(permission=WRITE)
    async def ask_retire(self) -> EventSpec | None:
        """Ask whether the open entry is to be retired, and count the appointments that still need it."""
        try:
            about = {"kind": self._kind(), "entry_id": self._id(), "now": utc_now()}
            self.leaving, self.is_asking = await ask(count_to_come, **about), True
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=WRITE)
    def keep(self) -> None:
        """Do not retire it."""
        self.is_asking = False

    @rx.event
    @policy(permission=WRITE)
    async def retire(self) -> EventSpec | None:
        """Retire the open entry; as many appointments stay as were named."""
        agreed, self.is_asking = self.leaving, False
        return await self._activate(self._verbs.retire, agreed=agreed)

    @rx.event
    @policy(permission=WRITE)
    async def reopen(self) -> EventSpec | None:
        """Use the open entry again."""
        return await self._activate(self._verbs.reopen)

    async def _activate(self, verb: Verb, **values: Any) -> EventSpec | None:
        try:
            await change(verb, **self._seen(), **values)
        except ClinicError as error:
            return self._refuse(error, prefix=self._verbs.prefix)
        return await self._show_again() or self._said()

    def _kind(self) -> Needed:
        """What the open entry is to an appointment."""
        raise NotImplementedError

    def _id(self) -> UUID:
        """Which entry is open; raises InvalidField."""
        raise NotImplementedError

    def _seen(self) -> dict[str, Any]:
        """The open entry and the version of it that is shown, as a verb takes them; raises InvalidField."""
        raise NotImplementedError

    async def _show_again(self) -> EventSpec | None:
        """Read what is shown anew."""
        raise NotImplementedError


class EntryVars(RetireVars, mixin=True):
    """Entries of one kind in a list, where the kind also names the entry's id among a verb's keywords."""

    @rx.event
    @policy(permission=WRITE)
    async def load(self) -> EventSpec | None:
        """Read the entries anew; the one that was open stays open, else the first is."""
        return await self._read_anew(self._show_again)

    @rx.event
    @policy(permission=WRITE)
    def search(self, text: str) -> None:
        """Narrow the list."""
        self.query = text_from(text)

    @rx.event
    @policy(permission=WRITE)
    async def open_entry(self, entry_id: str) -> EventSpec | None:
        """Open one entry."""
        return await self._show(entry_id)

    @rx.event
    @policy(permission=WRITE)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Store what was typed."""
        try:
            stored = await self._store(form)
        except ClinicError as error:
            return self._refuse(error, prefix=self._verbs.prefix)
        return await self._show(stored) or self._said()

    async def _store(self, form: dict[str, Any]) -> str:
        fields = self._fields(form)
        if self.is_new:
            return str((await change(self._verbs.create, fields=fields)).entry_id)
        await change(self._verbs.change, fields=fields, **self._seen())
        return self.opened_id

    def _kind(self) -> Needed:
        return Needed(self._verbs.prefix)

    def _id(self) -> UUID:
        return id_from(f"{self._verbs.prefix}_id", self.opened_id)

    def _seen(self) -> dict[str, Any]:
        return {f"{self._verbs.prefix}_id": self._id(), "version": self._version}

    async def _show_again(self) -> EventSpec | None:
        return await self._show(self.opened_id)

    def _fields(self, form: dict[str, Any]) -> Any:
        """Return what was typed as the verbs take it; raises InvalidField."""
        raise NotImplementedError

    async def _show(self, entry_id: str) -> EventSpec | None:
        """Show the list, and this entry in the form; without it the first, without any an empty form."""
        raise NotImplementedError

"""The worklists' page: which list is open, of which location, and how it stays up to date."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.board.read import places
from app.services.clock import utc_now
from app.services.preferences import prefer, preference
from app.state.address import Address, address_of
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import id_from, text_from
from app.state.pushing import line_of
from app.state.visitor import acting
from app.state.watching import watch_clinic

READ = "appointments:read"
DISPLACED, WAITING = "displaced", "waiting"
EVERYWHERE = "everywhere"
NAME = "worklists"


class SiteView(TypedDict):
    """A location to choose."""

    id: str
    name: str
    zone: str


class WorklistsState(PageState):
    """What stands above the lists."""

    list_name: str = DISPLACED
    sites: list[SiteView] = []
    location_id: str = EVERYWHERE
    is_loaded: bool = False
    has_failed: bool = False

    _asked: Address | None = None

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | list[EventSpec] | None:
        """Open the list that was open last, or the one that the address names; also after a reconnect."""
        try:
            found = await ask(places)
            self.sites = [SiteView(id=str(one.id), name=one.name, zone=one.timezone) for one in found]
            await self._recall()
        except ClinicError as error:
            self.has_failed = True
            return refused(error)
        watch_clinic(line_of(self), acting().clinic_id, WorklistsState.refresh)
        return await self._read()

    @rx.event
    @policy(permission=READ, automatic=True)
    async def refresh(self) -> EventSpec | None:
        """Read the lists again for as long as they are shown: something changed in the clinic."""
        is_shown = self.is_loaded and routes.normal(str(self.router.url.path)) == routes.WORKLISTS
        return await self._read() if is_shown else None

    @rx.event
    @policy(permission=READ)
    async def open_list(self, name: str) -> EventSpec | None:
        """Show the displaced or the waiting."""
        self.list_name = name if name in (DISPLACED, WAITING) else DISPLACED
        return await self._remember()

    @rx.event
    @policy(permission=READ)
    async def choose_location(self, location_id: str) -> EventSpec | None:
        """Show one location, or all."""
        wanted = text_from(location_id)
        self.location_id = wanted if wanted in {site["id"] for site in self.sites} else EVERYWHERE
        return await self._remember() or await self._read()

    async def _read(self) -> EventSpec | None:
        # They import this module.
        from app.state.worklists_absence import AbsenceState
        from app.state.worklists_displaced import DisplacedState
        from app.state.worklists_waiting import WaitingState

        try:
            for state in (DisplacedState, AbsenceState, WaitingState):
                await (await self.get_state(state))._read(self._location())
        except ClinicError as error:
            self.has_failed = True
            return refused(error)
        self.is_loaded, self.has_failed = True, False
        return None

    async def _recall(self) -> None:
        from app.state.worklists_absence import AbsenceState

        last, self._asked = self._asked, address_of(self)
        # What the address names was begun already when a lost line is taken up again.
        asked = self.router.url.query_parameters if self._asked.is_wish(after=last) else {}
        kept = await ask(preference, name=NAME) or {}
        wanted = str(asked.get("list", "")) or str(kept.get("list", ""))
        if not self.is_loaded:
            self.list_name = wanted if wanted in (DISPLACED, WAITING) else DISPLACED
            location_id = str(kept.get("location", ""))
            self.location_id = location_id if location_id in {site["id"] for site in self.sites} else EVERYWHERE
        if asked.get("patient") or asked.get("service"):
            from app.state.worklists_wish import WishState

            self.list_name = WAITING
            wish = await self.get_state(WishState)
            await wish._begin_for(str(asked.get("patient", "")), str(asked.get("service", "")))
        if asked.get("away"):
            self.list_name = DISPLACED
            await (await self.get_state(AbsenceState))._begin(str(asked["away"]))

    async def _remember(self) -> EventSpec | None:
        kept = {"list": self.list_name, "location": self.location_id}
        try:
            await ask(prefer, name=NAME, value=kept, now=utc_now())
        except ClinicError as error:
            return refused(error)
        return None

    def _location(self) -> UUID | None:
        return None if self.location_id == EVERYWHERE else id_from("location_id", self.location_id)

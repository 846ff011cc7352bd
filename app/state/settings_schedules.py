"""The schedules page: whose week is looked at, its draft, and the preview before it is applied."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, StaleVersion
from app.services.catalogue.locations import list_locations
from app.services.catalogue.practitioners import list_practitioners
from app.services.catalogue.services import list_services
from app.services.clock import utc_now
from app.services.schedules.read_week import places_of, read_week
from app.services.schedules.set_up import Settings, open_schedule
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import id_from
from app.state.settings_departures import DeparturesState
from app.state.settings_forms import FormVars, change
from app.state.settings_preview import PreviewVars
from app.state.settings_week_draft import WeekDraftState

WRITE = "schedules:write"


class ChoiceView(TypedDict):
    """Somebody or somewhere to choose."""

    id: str
    name: str


class SchedulesState(FormVars, PreviewVars, PageState):
    """One practitioner's week at one location, with what is not applied yet."""

    practitioners: list[ChoiceView] = []
    places: list[ChoiceView] = []
    services: list[ChoiceView] = []
    practitioner_id: str = ""
    location_id: str = ""
    has_schedule: bool = False
    _schedule_id: str = ""

    @rx.event
    @policy(permission=WRITE)
    async def load(self) -> EventSpec | None:
        """Read whose weeks there are, and show the one that the address names."""
        self.on_worklist = 0
        try:
            people = [one for one in await ask(list_practitioners) if one.is_active]
            places = [one for one in await ask(list_locations) if one.is_active]
            self.practitioners = [ChoiceView(id=str(one.id), name=one.fields.display_name) for one in people]
            self.places = [ChoiceView(id=str(one.id), name=one.fields.name) for one in places]
            asked = self.router.url.query_parameters.get("practitioner", "") or self.practitioner_id
            if self._is_taken_up() and (await self.get_state(WeekDraftState)).is_dirty:
                return await self.reread_departures()
            self.practitioner_id = _known(asked, self.practitioners)
            await self._go_where_they_work()
            await self._read()
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=WRITE)
    async def choose_practitioner(self, practitioner_id: str) -> EventSpec | None:
        """Look at somebody else's week."""
        self.practitioner_id = _known(practitioner_id, self.practitioners)
        try:
            await self._go_where_they_work()
        except ClinicError as error:
            return refused(error)
        return await self._show()

    @rx.event
    @policy(permission=WRITE)
    async def choose_location(self, location_id: str) -> EventSpec | None:
        """Look at the week at another location."""
        self.location_id = _known(location_id, self.places)
        return await self._show()

    @rx.event
    @policy(permission=WRITE)
    async def open_schedule(self) -> EventSpec | None:
        """Let the practitioner have a schedule here, still without any time."""
        try:
            ids = {"practitioner_id": self._person(), "location_id": self._place()}
            await change(open_schedule, **ids, settings=Settings(is_active=True))
        except ClinicError as error:
            return refused(error)
        return await self._show()

    @rx.event
    @policy(permission=WRITE)
    async def reread_departures(self) -> EventSpec | None:
        """Read the lists beside the week anew; the draft stays."""
        try:
            ids = {"practitioner_id": self._person(), "location_id": self._place()}
            found = await ask(read_week, **ids, now=utc_now())
        except ClinicError as error:
            return refused(error)
        (await self.get_state(DeparturesState))._fill(found, practitioner_id=self.practitioner_id)
        return None

    @rx.event
    @policy(permission=WRITE)
    async def discard(self) -> EventSpec | None:
        """Forget the draft."""
        return await self._show()

    @rx.event
    @policy(permission=WRITE)
    async def preview_week(self) -> EventSpec | None:
        """Show what the draft would do."""
        try:
            draft = await self.get_state(WeekDraftState)
            await self._preview(
                "change_week",
                schedule_id=id_from("schedule_id", self._schedule_id),
                steps=draft._steps(),
                settings=draft._settings(),
                version=self._version,
            )
        except ClinicError as error:
            return self._say_no(error)
        return None

    @rx.event
    @policy(permission=WRITE)
    def back(self) -> None:
        """Go back to the draft."""
        self._drop_preview()

    @rx.event
    @policy(permission=WRITE)
    async def apply(self) -> EventSpec | None:
        """Make the change that was shown."""
        try:
            said = await self._apply()
        except ClinicError as error:
            self._drop_preview()
            return self._say_no(error)
        return await self._show() or said

    def _say_no(self, error: ClinicError) -> EventSpec:
        """Say why the draft cannot be applied; what was drawn stays."""
        self.is_stale = isinstance(error, StaleVersion)
        return refused(error)

    async def _go_where_they_work(self) -> None:
        """Stay at the location if the practitioner has a schedule there, else go to one where they have."""
        self.location_id = _known(self.location_id, self.places)
        if self.practitioner_id and self.location_id:
            theirs = [str(one) for one in await ask(places_of, practitioner_id=self._person())]
            if theirs and self.location_id not in theirs:
                self.location_id = _known(theirs[0], self.places)

    async def _show(self) -> EventSpec | None:
        try:
            await self._read()
        except ClinicError as error:
            return refused(error)
        return None

    async def _read(self) -> None:
        self._drop_preview()
        self._draw()
        self.is_loaded = True
        if not self.practitioner_id or not self.location_id:
            return
        ids = {"practitioner_id": self._person(), "location_id": self._place()}
        found = await ask(read_week, **ids, now=utc_now())
        self.has_schedule = found.week is not None
        self._schedule_id = str(found.week.schedule_id) if found.week else ""
        self._version = found.week.version if found.week else ""
        draft = await self.get_state(WeekDraftState)
        draft._start(found.week, today=found.today, services=await self._read_services())
        (await self.get_state(DeparturesState))._fill(found, practitioner_id=self.practitioner_id)

    async def _read_services(self) -> dict[str, tuple[str, int]]:
        person = next(one for one in await ask(list_practitioners) if str(one.id) == self.practitioner_id)
        offered = [one for one in await ask(list_services) if one.id in person.fields.service_ids]
        self.services = [ChoiceView(id=str(one.id), name=one.fields.name) for one in offered if one.is_active]
        return {str(one.id): (one.fields.name, one.fields.capacity) for one in offered}

    def _person(self) -> UUID:
        return id_from("practitioner_id", self.practitioner_id)

    def _place(self) -> UUID:
        return id_from("location_id", self.location_id)


def _known(wanted: str, choices: list[ChoiceView]) -> str:
    """Return the one that is wanted if it can be chosen, else the first."""
    ids = [one["id"] for one in choices]
    return wanted if wanted in ids else next(iter(ids), "")

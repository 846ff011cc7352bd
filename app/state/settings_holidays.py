"""The days on which locations are closed: public holidays, days of the clinic's own, closures."""

from datetime import date
from typing import Any, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.catalogue.locations import LocationEntry, list_locations
from app.services.clock import utc_now
from app.services.schedules.closed_days import ClosedDays, read_closed_days, regions_of
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import day_from, id_from, text_from
from app.state.settings_departures import AwayView, away_view, interval
from app.state.settings_forms import FormVars
from app.state.settings_preview import PreviewVars
from app.words import N_

WRITE = "schedules:write"
NO_CALENDAR = "none"
WHOLE_COUNTRY = "country"


class ChoiceView(TypedDict):
    """Something to choose."""

    id: str
    name: str


class HolidayView(TypedDict):
    """One day; `everywhere` when the whole clinic keeps it."""

    id: str
    day: str
    name: str
    is_kept: bool
    everywhere: bool


class HolidaysState(FormVars, PreviewVars, PageState):
    """One location's closed days, with the change that waits for its Apply."""

    places: list[ChoiceView] = []
    location_id: str = ""
    country: str = ""
    calendar: str = NO_CALENDAR
    regions: list[ChoiceView] = []
    holidays: list[HolidayView] = []
    closures: list[AwayView] = []

    @rx.event
    @policy(permission=WRITE)
    async def load(self) -> EventSpec | None:
        """Read the locations, and the closed days of the first."""
        self.on_worklist = 0
        return await self._show()

    @rx.event
    @policy(permission=WRITE)
    async def choose_location(self, location_id: str) -> EventSpec | None:
        """Look at another location."""
        self.location_id = location_id
        return await self._show()

    @rx.event
    @policy(permission=WRITE)
    async def keep_calendar(self, form: dict[str, Any]) -> EventSpec | None:
        """Show what it would do to keep a country's or a region's holidays, or none."""
        wanted = text_from(form.get("region"))
        region = None if wanted == NO_CALENDAR else "" if wanted == WHOLE_COUNTRY else wanted
        return await self._wait("keep_public_holidays", location_id=self._place(), region=region)

    @rx.event
    @policy(permission=WRITE)
    async def add_day(self, form: dict[str, Any]) -> EventSpec | None:
        """Show what a closed day of the clinic's own would do."""
        try:
            name, day = text_from(form.get("name")), day_from("on_date", form.get("on_date"))
        except ClinicError as error:
            return self._refuse(error, prefix="holiday")
        place = None if form.get("where") == "clinic" else self._place()
        return await self._wait("add_holiday", location_id=place, on_date=day, name=name)

    @rx.event
    @policy(permission=WRITE)
    async def open_day(self, holiday_id: str) -> EventSpec | None:
        """Show what it would do to work on a holiday."""
        try:
            return await self._wait("remove_holiday", holiday_id=id_from("holiday_id", holiday_id))
        except ClinicError as error:
            return refused(error)

    @rx.event
    @policy(permission=WRITE)
    async def close_day(self, holiday_id: str) -> EventSpec | None:
        """Show what it would do to keep a holiday again that was taken off."""
        one = next((day for day in self.holidays if day["id"] == holiday_id), None)
        if one is None:
            return refused(InvalidField("holiday", N_("This does not exist.")))
        place = None if one["everywhere"] else self._place()
        day = date.fromisoformat(one["day"])
        return await self._wait("add_holiday", location_id=place, on_date=day, name=one["name"])

    @rx.event
    @policy(permission=WRITE)
    async def add_closure(self, form: dict[str, Any]) -> EventSpec | None:
        """Show what a closure would do."""
        try:
            place = None if form.get("where") == "clinic" else self._place()
            await self._preview("add_closure", location_id=place, **interval(form))
        except ClinicError as error:
            return self._refuse(error, prefix="closure")
        return None

    @rx.event
    @policy(permission=WRITE)
    async def remove_closure(self, closure_id: str) -> EventSpec | None:
        """Show what taking a closure back would do."""
        try:
            return await self._wait("remove_closure", closure_id=id_from("closure_id", closure_id))
        except ClinicError as error:
            return refused(error)

    @rx.event
    @policy(permission=WRITE)
    def back(self) -> None:
        """Change nothing."""
        self._drop_preview()

    @rx.event
    @policy(permission=WRITE)
    async def apply(self) -> EventSpec | None:
        """Make the change that was shown."""
        try:
            said = await self._apply()
        except ClinicError as error:
            self._drop_preview()
            return self._refuse(error, prefix="holiday")
        return await self._show() or said

    async def _wait(self, verb: str, **values: Any) -> EventSpec | None:
        try:
            await self._preview(verb, **values)
        except ClinicError as error:
            return self._refuse(error, prefix="holiday")
        return None

    async def _show(self) -> EventSpec | None:
        self._drop_preview()
        self._draw()
        try:
            places = [one for one in await ask(list_locations) if one.is_active]
            self.places = [ChoiceView(id=str(one.id), name=one.fields.name) for one in places]
            here = next((one for one in places if str(one.id) == self.location_id), next(iter(places), None))
            if here is not None:
                today = utc_now().astimezone(ZoneInfo(here.fields.timezone)).date()
                self._fill(here, await ask(read_closed_days, location_id=here.id, today=today))
        except ClinicError as error:
            return refused(error)
        self.is_loaded = True
        return None

    def _fill(self, here: LocationEntry, found: ClosedDays) -> None:
        self.location_id, self.country = str(here.id), here.fields.country
        self.regions = [ChoiceView(id=code, name=name) for code, name in regions_of(self.country)]
        region = here.holiday_region
        self.calendar = NO_CALENDAR if region is None else region or WHOLE_COUNTRY
        self.holidays = [
            HolidayView(
                id=str(one.id),
                day=one.on_date.isoformat(),
                name=one.name,
                is_kept=one.is_kept,
                everywhere=one.location_id is None,
            )
            for one in found.holidays
        ]
        self.closures = [away_view(one) for one in found.closures]

    def _place(self) -> UUID:
        return id_from("location_id", self.location_id)

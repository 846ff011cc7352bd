"""The week, the month and the list: what they show, of whom, and where the reader goes from there.

The appointments are not here: they go straight to the browser (app/state/calendar_live.py). The pane beside them is
the day board's own (app/state/board_pane.py).
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.board.read import places
from app.services.board.span import people_at, services_offered
from app.services.board.weeks import first_weekday, following, month_of, week_of
from app.services.clock import utc_now
from app.services.places import Place
from app.state import calendar_live, live_board
from app.state.address import Address, address_of
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.board import FARTHEST, BoardState
from app.state.board_pane import PaneState
from app.state.board_views import PlaceView, place_view
from app.state.calendar_live import Sight
from app.state.calendar_views import ChoiceView, people_of, services_of, whose
from app.state.desk_view import VIEWS, DeskView, DeskViewState
from app.state.parse import day_from, id_from, text_from
from app.state.tabs import tab_of
from app.state.visitor import acting

READ = "board:read"
EVERYWHERE = "all"


class CalendarFeed(PageState):
    """The line to the calendar component: the browser's copy is set by pushing, the server's stays empty."""

    message: dict[str, Any] = {}


class CalendarState(PageState):
    """What the page around the calendars shows."""

    places: list[PlaceView] = []
    location_id: str = ""
    zone: str = ""
    view: str = "week"
    day: str = ""
    first: str = ""
    last: str = ""
    is_today: bool = False
    people: list[ChoiceView] = []
    services: list[ChoiceView] = []
    is_filtered: bool = False
    is_table: bool = False
    is_denied: bool = False
    # Whose days the address asks for, until somebody else is chosen.
    looked_at: str = ""

    _asked: Address | None = None
    # What of the view only the address asks for: it is kept nowhere, and the board shows whom it showed.
    _looked: dict[str, Any] = {}

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | None:
        """Open the view that the address names, or the one that was left; also after a reconnect."""
        return await self._load()

    @rx.event
    @policy(permission=READ, automatic=True)
    async def resend(self) -> EventSpec | None:
        """Send all days again: the browser missed a change, or never got them."""
        return await self._load(again=self._asked is not None)

    @rx.event
    @policy(permission=READ)
    async def choose_view(self, view: str) -> EventSpec | None:
        """Show the same days as week, month or list."""
        return await self._choose(view=view if view in VIEWS else "week")

    @rx.event
    @policy(permission=READ)
    async def choose_place(self, location_id: str) -> EventSpec | None:
        """Show the same days of another location, or of all."""
        if location_id == EVERYWHERE:
            return await self._choose(is_everywhere=True)
        return await self._choose(is_everywhere=False, place=text_from(location_id))

    @rx.event
    @policy(permission=READ)
    async def choose_day(self, day: str) -> EventSpec | None:
        """Show the week or month that the day lies in."""
        return await self._go(text_from(day))

    @rx.event
    @policy(permission=READ)
    async def turn(self, way: str) -> EventSpec | None:
        """Go to today, or to the week or month before or after."""
        return await self._turn(way)

    async def _turn(self, way: str) -> EventSpec | None:
        step = {"previous": -1, "next": 1}.get(way)
        if step is None:
            return await self._go("")
        try:
            shown = day_from("day", self.day)
            is_month = self.view == "month"
            day = following(shown, months=step) if is_month else shown + timedelta(days=7 * step)
        except (ClinicError, OverflowError, ValueError):
            return None
        return await self._go(day.isoformat())

    @rx.event
    @policy(permission=READ)
    async def filter_person(self, practitioner_id: str) -> EventSpec | None:
        """Take a practitioner out of the view, or put them back; without the one looked at the look is over."""
        wanted = text_from(practitioner_id)
        if self._looked.get("only") == (wanted,):
            return await self._look_away()
        return await self._filter((await self._view()).toggled(wanted))

    @rx.event
    @policy(permission=READ)
    async def only_person(self, practitioner_id: str) -> EventSpec | None:
        """Show one practitioner alone."""
        return await self._filter((await self._view()).alone(text_from(practitioner_id)))

    @rx.event
    @policy(permission=READ)
    async def filter_service(self, service_id: str) -> EventSpec | None:
        """Show one service more or less; with none chosen all are shown."""
        view = await self._view()
        chosen = set(view.services) ^ {text_from(service_id)}
        return await self._filter(replace(view, services=tuple(sorted(chosen))))

    @rx.event
    @policy(permission=READ)
    async def show_everything(self) -> EventSpec | None:
        """End the look at one practitioner's days, or drop all filters."""
        if self._looked:
            return await self._look_away()
        return await self._filter(replace(await self._view(), only=(), hidden=(), services=()))

    @rx.event
    @policy(permission=READ)
    async def show_table(self, is_table: bool) -> None:
        """Show the list as a table, or as the calendar's list."""
        self.is_table = is_table is True
        await self._remember(replace(await self._view(), is_table=self.is_table))

    @rx.event
    @policy(permission=READ)
    async def open_day(self, day: str) -> EventSpec | None:
        """Go to the board of a day."""
        try:
            shown = day_from("day", day)
        except ClinicError as error:
            return refused(error)
        view = await self._view()
        place = view.place if self.location_id == EVERYWHERE else self.location_id
        return rx.redirect(f"{routes.BOARD}?day={shown}&location={place}")

    async def _load(self, *, again: bool = False) -> EventSpec | None:
        try:
            found = await ask(places)
            self.places, self.is_denied = [place_view(place) for place in found], not found
            if not found:
                return None
            if not again:
                await self._take_address(found)
            await self._show(found)
            return await (await self.get_state(PaneState))._refresh()
        except ClinicError as error:
            return refused(error)

    async def _choose(self, **chosen: Any) -> EventSpec | None:
        await self._remember(replace(await self._view(), **chosen))
        if "view" not in chosen:
            await (await self.get_state(PaneState))._close()
        return await self._show_again()

    async def _filter(self, view: DeskView) -> EventSpec | None:
        await self._remember(view)
        return await self._show_again()

    async def _look_away(self) -> EventSpec | None:
        """Show again what was chosen before the address asked for one practitioner's days."""
        self._looked = {}
        return await self._show_again()

    async def _go(self, day: str) -> EventSpec | None:
        try:
            self.day = day_from("day", day).isoformat() if day else ""
        except ClinicError as error:
            return refused(error)
        return await self._show_again()

    async def _show_again(self) -> EventSpec | None:
        try:
            found = await ask(places)
            if found:
                await self._show(found)
        except ClinicError as error:
            return refused(error)
        return None

    async def _show(self, found: list[Place]) -> None:
        view = await self._view()
        chosen = next((place for place in found if str(place.id) == view.place), found[0])
        shown = tuple(found) if view.is_everywhere else (chosen,)
        today, sight = await self._sight(view, shown)
        self.location_id = EVERYWHERE if view.is_everywhere else str(chosen.id)
        self.view, self.zone, self.is_table = view.view, chosen.timezone, view.is_table
        self.looked_at = view.only[0] if "only" in self._looked else ""
        self.first, self.last = sight.first.isoformat(), (sight.first + timedelta(days=sight.length - 1)).isoformat()
        self.is_today = self.day == today.isoformat()
        self.people = people_of(await ask(people_at, places=shown), view=view)
        self.services = services_of(await ask(services_offered), view=view)
        self.is_filtered = bool(view.only or view.services or view.hides(person["id"] for person in self.people))
        (await self.get_state(BoardState)).zone = self.zone
        tab = tab_of(self, CalendarFeed)
        live_board.leave(tab.client)
        await calendar_live.show(tab, acting(), sight=sight)

    async def _sight(self, view: DeskView, shown: tuple[Place, ...]) -> tuple[date, Sight]:
        today = shown[0].today(utc_now())
        day = today
        with suppress(ClinicError):
            wanted = day_from("day", self.day)
            day = wanted if abs(wanted - today) <= FARTHEST else today
        self.day = day.isoformat()
        weekday = await ask(first_weekday)
        first, length = week_of(day, first_weekday=weekday), 7
        if view.view == "month":
            first, length = month_of(day, first_weekday=weekday)
        return today, Sight(view.view, shown, first, length, whose(view))

    async def _take_address(self, found: list[Place]) -> None:
        last, self._asked = self._asked, address_of(self)
        if not self._asked.is_wish(after=last):
            return
        query = {name: str(value) for name, value in dict(self.router.url.query_parameters).items()}
        self._looked = {}
        view = await self._view()
        is_place = query.get("location") in {str(place.id) for place in found}
        if query.get("view") in VIEWS:
            view = replace(view, view=query["view"])
        if is_place:
            view = replace(view, is_everywhere=False, place=query["location"])
        elif query.get("location") == EVERYWHERE and not query.get("practitioner"):
            view = replace(view, is_everywhere=True)
        self.day = query.get("day", self.day)
        await self._remember(view)
        with suppress(ClinicError):
            # From the search: one practitioner's days, wherever they work.
            alone = id_from("practitioner", query.get("practitioner", ""))
            self._looked = {"only": (str(alone),)} | ({} if is_place else {"is_everywhere": True})

    async def _view(self) -> DeskView:
        kept = await (await self.get_state(DeskViewState))._recall()
        return replace(kept, **self._looked)

    async def _remember(self, view: DeskView) -> None:
        """Keep what the reader chose; what only the address asks for stays as it was."""
        desk = await self.get_state(DeskViewState)
        kept = await desk._recall()
        looked = {name: value for name, value in self._looked.items() if getattr(view, name) == value}
        # All locations were shown for the one whose days they are: they are left together.
        self._looked = looked if "only" in looked else {}
        await desk._remember(replace(view, **{name: getattr(kept, name) for name in looked}))

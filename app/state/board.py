"""The day board's page: which place and day it shows, and to whom.

The cards are not here: they go straight to the browser (app/state/live_board.py). What the pane beside the board
holds is in app/state/board_pane.py.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board.read import place_of, places
from app.services.clock import utc_now
from app.services.places import Place
from app.state import calendar_live, live_board
from app.state.address import Address, address_of
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.board_pane import PaneState
from app.state.board_park import ParkState
from app.state.board_views import PersonView, PlaceView, people_of, place_view
from app.state.desk_view import SCALES, DeskView, DeskViewState
from app.state.parse import day_from, id_from, text_from
from app.state.tabs import tab_of
from app.state.visitor import acting

READ = "board:read"
FARTHEST = timedelta(days=5 * 366)


class BoardFeed(PageState):
    """The line to the board component: the browser's copy is set by pushing, the server's stays empty."""

    message: dict[str, Any] = {}


class BoardState(PageState):
    """What the page around the board shows."""

    places: list[PlaceView] = []
    location_id: str = ""
    zone: str = ""
    day: str = ""
    is_today: bool = False
    people: list[PersonView] = []
    hidden: list[str] = []
    scale: float = 2.0
    # What the columns are: "people" or "rooms"; and whether the day stands as a table instead.
    mode: str = "people"
    is_table: bool = False
    is_denied: bool = False

    _asked: Address | None = None

    @rx.event
    @policy(permission=READ)
    async def load(self) -> EventSpec | None:
        """Open the board where the reader left it, or where the address says; also after a reconnect."""
        return await self._load()

    async def _load(self) -> EventSpec | None:
        try:
            found = await ask(places)
            self.places = [place_view(place) for place in found]
            self.is_denied = not found
            if not found:
                return None
            await self._recall()
            place, card = self._asked_place(found), self._asked_card()
            await self._show(place, self._asked_day(place))
            await (await self.get_state(ParkState))._load()
            pane = await self._pane()
            if not card:
                return await pane._refresh()
            await pane._open(card, "visit")
            return None
        except ClinicError as error:
            return refused(error)

    @rx.event
    @policy(permission=READ, automatic=True)
    async def resend(self) -> EventSpec | None:
        """Send the whole day again: the browser missed a change, or never got it."""
        return await self._go(self.day) if self.day else await self._load()

    @rx.event
    @policy(permission=READ)
    async def choose_place(self, location_id: str) -> EventSpec | None:
        """Show the same day of another location."""
        await (await self._pane())._turn_away()
        self.location_id = text_from(location_id)
        return await self._go(self.day)

    @rx.event
    @policy(permission=READ)
    async def choose_day(self, day: str) -> EventSpec | None:
        """Show the day that was typed or picked."""
        return await self._go(day) if day else None

    @rx.event
    @policy(permission=READ)
    async def turn(self, way: str) -> EventSpec | None:
        """Go to today, the day before or the day after."""
        step = {"previous": -1, "next": 1}.get(way)
        if step is None:
            return await self._go("")
        try:
            return await self._go((day_from("day", self.day) + timedelta(days=step)).isoformat())
        except (ClinicError, OverflowError):
            return None

    @rx.event
    @policy(permission=READ)
    async def zoom(self, way: str) -> None:
        """Draw an hour higher or lower."""
        at = SCALES.index(self.scale) if self.scale in SCALES else 1
        self.scale = SCALES[max(0, min(len(SCALES) - 1, at + (1 if way == "in" else -1)))]
        await self._remember(replace(await self._view(), scale=self.scale))

    @rx.event
    @policy(permission=READ)
    async def choose_mode(self, mode: str) -> None:
        """Show a column for each practitioner, or for each room."""
        self.mode = "rooms" if mode == "rooms" else "people"
        await self._remember(replace(await self._view(), columns=self.mode))

    @rx.event
    @policy(permission=READ)
    def show_table(self) -> None:
        """Show the day as a table, or on the board again."""
        self.is_table = not self.is_table

    @rx.event
    @policy(permission=READ)
    async def filter_person(self, practitioner_id: str) -> None:
        """Take a practitioner off the board, or put them back."""
        if practitioner_id in {person["id"] for person in self.people}:
            await self._filter((await self._view()).toggled(practitioner_id))

    @rx.event
    @policy(permission=READ)
    async def show_everybody(self) -> None:
        """Put every practitioner of the day back on the board."""
        await self._filter((await self._view()).everybody(person["id"] for person in self.people))

    async def _filter(self, view: DeskView) -> None:
        self.hidden = view.hides(person["id"] for person in self.people)
        self.people = [{**person, "is_shown": person["id"] not in self.hidden} for person in self.people]
        await self._remember(view)

    async def _go(self, day: str) -> EventSpec | None:
        try:
            place = await ask(place_of, location_id=id_from("location_id", self.location_id))
            today = place.today(utc_now())
            wanted = day_from("day", day) if day else today
            if not _is_near(wanted, today):
                return None
            pane = await self._pane()
            if wanted.isoformat() != self.day and not pane.moving["id"]:
                await pane._turn_away()
            await self._show(place, wanted)
        except ClinicError as error:
            return refused(error)
        return None

    async def _show(self, place: Place, day: date) -> None:
        self.location_id, self.zone, self.day = str(place.id), place.timezone, day.isoformat()
        self.is_today = day == place.today(utc_now())
        tab = tab_of(self, BoardFeed)
        calendar_live.leave(tab.client)
        columns = await live_board.show(tab, acting(), place=place, day=day)
        view = await self._view()
        self.hidden = view.hides(column[0] for column in columns)
        self.people = people_of(columns, hidden=self.hidden)
        await self._remember(replace(view, place=self.location_id))

    async def _pane(self) -> PaneState:
        return await self.get_state(PaneState)

    def _asked_place(self, found: list[Place]) -> Place:
        by_id = {str(place.id): place for place in found}
        query = dict(self.router.url.query_parameters)
        wanted = [str(query.get("location", "")) if self._is_new_address() else "", self.location_id]
        return next((by_id[one] for one in wanted if one in by_id), found[0])

    def _asked_card(self) -> str:
        return str(self.router.url.query_parameters.get("card", "")) if self._is_new_address() else ""

    def _asked_day(self, place: Place) -> date:
        asked = str(self.router.url.query_parameters.get("day", "")) if self._is_new_address() else ""
        self._asked = address_of(self)
        today = place.today(utc_now())
        for text in (asked, self.day):
            with suppress(ClinicError):
                day = day_from("day", text)
                if _is_near(day, today):
                    return day
        return today

    def _is_new_address(self) -> bool:
        return address_of(self).is_wish(after=self._asked)

    async def _recall(self) -> None:
        view = await self._view()
        self.location_id, self.scale = self.location_id or view.place, view.scale
        self.mode = view.columns

    async def _view(self) -> DeskView:
        return await (await self.get_state(DeskViewState))._recall()

    async def _remember(self, view: DeskView) -> None:
        await (await self.get_state(DeskViewState))._remember(view)


def _is_near(day: date, today: date) -> bool:
    """Tell whether a board may show the day: at the calendar's ends there is no day before or after."""
    return abs(day - today) <= FARTHEST

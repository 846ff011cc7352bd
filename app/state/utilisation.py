"""The utilisation page: which period and location is looked at, and the figures of it."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.clock import utc_now
from app.services.reports.periods import Period, PeriodChoice, named_period
from app.services.reports.utilisation import Utilisation, report_places, utilisation
from app.state.ask import ask
from app.state.base import PageState, policy, report_exception
from app.state.parse import day_from, id_from
from app.state.utilisation_views import (
    NO_FIGURES,
    DayView,
    FiguresView,
    PersonView,
    PlaceView,
    day_views,
    figures_view,
    person_view,
    place_view,
)
from app.words import N_

READ = "reports:read"
EVERYWHERE = "everywhere"
Steps = AsyncIterator[EventSpec | None]


class UtilisationState(PageState):
    """The chosen period and place, and what was measured."""

    places: list[PlaceView] = []
    location_id: str = EVERYWHERE
    choice: str = PeriodChoice.LAST_4_WEEKS.value
    # The two days as the reader gave them; `shown_*` is what the figures are of.
    first_on: str = ""
    last_on: str = ""
    # What is wrong with the two days, and why the figures could not be read.
    period_problem: str = ""
    problem: str = ""

    is_loading: bool = True
    is_loaded: bool = False
    is_empty: bool = False
    shown_first: str = ""
    shown_last: str = ""
    shown_place: str = EVERYWHERE
    total: FiguresView = NO_FIGURES
    people: list[PersonView] = []
    days: list[DayView] = []

    @rx.event
    @policy(permission=READ)
    async def load(self) -> Steps:
        """Read the figures, and which locations there are to choose from."""
        async for step in self._measure(with_places=True):
            yield step

    @rx.event
    @policy(permission=READ)
    async def choose_period(self, choice: str) -> Steps:
        """Look at another period; `custom` begins with the days that are shown."""
        self.choice = choice if choice in set(PeriodChoice) else PeriodChoice.LAST_4_WEEKS.value
        async for step in self._measure():
            yield step

    @rx.event
    @policy(permission=READ)
    async def choose_location(self, location_id: str) -> Steps:
        """Look at one location, or at all."""
        self.location_id = location_id if location_id in {place["id"] for place in self.places} else EVERYWHERE
        async for step in self._measure():
            yield step

    @rx.event
    @policy(permission=READ)
    async def choose_first(self, day: str) -> Steps:
        """Begin the custom period on another day."""
        self.first_on, self.choice = str(day)[:10], PeriodChoice.CUSTOM.value
        async for step in self._measure():
            yield step

    @rx.event
    @policy(permission=READ)
    async def choose_last(self, day: str) -> Steps:
        """End the custom period on another day."""
        self.last_on, self.choice = str(day)[:10], PeriodChoice.CUSTOM.value
        async for step in self._measure():
            yield step

    async def _measure(self, *, with_places: bool = False) -> Steps:
        """Show that it is being measured, then the figures or why there are none; what was shown stays meanwhile."""
        self.is_loading, self.problem, self.period_problem = True, "", ""
        yield None
        failure: EventSpec | None = None
        try:
            await self._read(with_places=with_places)
        except InvalidField as error:
            self.period_problem = str(error)
        except ClinicError as error:
            self.problem = str(error)
        except Exception as error:
            # Raised, it would reach the reader without this page's change: a skeleton that waits for ever.
            self.problem, failure = N_("Something went wrong on our side."), report_exception(error)
        self.is_loading = False
        yield failure

    async def _read(self, *, with_places: bool) -> None:
        if with_places:
            self.places = [place_view(place) for place in await ask(report_places)]
        period = self._period()
        self.first_on, self.last_on = period.first_on.isoformat(), period.last_on.isoformat()
        self._show(await ask(utilisation, period=period, location_id=self._place(), now=utc_now()))

    def _period(self) -> Period:
        choice = PeriodChoice(self.choice)
        if choice is PeriodChoice.CUSTOM:
            return Period(day_from("first_on", self.first_on), day_from("last_on", self.last_on))
        return named_period(choice, today=self._today())

    def _today(self) -> date:
        zones = {place["id"]: place["zone"] for place in self.places}
        return utc_now().astimezone(ZoneInfo(zones.get(self.location_id, self.clinic_zone) or "UTC")).date()

    def _place(self) -> UUID | None:
        return None if self.location_id == EVERYWHERE else id_from("location_id", self.location_id)

    def _show(self, found: Utilisation) -> None:
        self.total = figures_view(found.total)
        self.people = [person_view(line) for line in found.practitioners]
        self.days = day_views(found.hours)
        self.shown_first, self.shown_last = found.period.first_on.isoformat(), found.period.last_on.isoformat()
        self.shown_place = self.location_id
        self.is_empty, self.is_loaded = found.is_empty, True

"""The mini month of board and calendars: how full each day of the month in sight is."""

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board.read import place_of, places
from app.services.board.span import days_of, read_counts
from app.services.board.weeks import first_weekday, month_of
from app.services.clock import utc_now
from app.services.places import Place
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.calendar_views import whose
from app.state.desk_view import DeskViewState
from app.state.parse import day_from, id_from

READ = "board:read"
EVERYWHERE = "all"


class MiniMonthState(PageState):
    """The month that is open."""

    is_open: bool = False
    today: str = ""
    weekday: int = 0
    # By day: appointments, places taken, places.
    counts: dict[str, list[int]] = {}

    @rx.event
    @policy(permission=READ)
    async def open(self, is_open: bool, day: str, location: str) -> EventSpec | None:
        """Open the month of a day, or close it."""
        self.is_open = is_open is True
        return await self._show(day, location) if self.is_open else None

    @rx.event
    @policy(permission=READ)
    def close(self) -> None:
        """Put the month away."""
        self.is_open = False

    @rx.event
    @policy(permission=READ)
    async def show(self, day: str, location: str) -> EventSpec | None:
        """Count the days of another month."""
        return await self._show(day, location)

    async def _show(self, day: str, location: str) -> EventSpec | None:
        try:
            found = await _places(location)
            if not found:
                return None
            self.today, self.weekday = found[0].today(utc_now()).isoformat(), await ask(first_weekday)
            first, length = month_of(day_from("day", day), first_weekday=self.weekday)
            view = await (await self.get_state(DeskViewState))._recall()
            wanted = days_of(found, first=first, length=length)
            counts = await ask(read_counts, wanted=wanted, whose=whose(view), now=utc_now())
        except ClinicError as error:
            return refused(error)
        except (OverflowError, ValueError):
            # The calendar's first and last month have no neighbours.
            return None
        self.counts = {one.isoformat(): [c.appointments, c.taken, c.places] for one, c in counts.items()}
        return None


async def _places(location: str) -> list[Place]:
    if location == EVERYWHERE:
        return await ask(places)
    return [await ask(place_of, location_id=id_from("location_id", location))]

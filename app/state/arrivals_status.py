"""How many wait, for the status bar of every staff page: at the location whose arrivals the reader follows."""

import reflex as rx

from app.errors import ClinicError
from app.services.preferences import preference
from app.services.queue.places import queue_places
from app.services.queue.read import count_waiting
from app.state import arrivals_live
from app.state.arrivals import NAME, READ
from app.state.ask import ask
from app.state.base import PageState, policy
from app.state.guard import known
from app.state.pushing import line_of
from app.state.visitor import acting, visitor
from models.principal import Principal


class QueueStatusFeed(PageState):
    """The line to the status bar; -1 until something is known."""

    waiting: int = -1


class QueueStatus(PageState):
    """Which location is counted."""

    place: str = ""

    @rx.event
    @policy(permission=READ, automatic=True)
    async def watch(self) -> None:
        """Follow the count; without a queue to see, nothing is shown."""
        try:
            places = await ask(queue_places)
            kept = await ask(preference, name=NAME) or {}
            place = next((one for one in places if str(one.id) == kept.get("place")), places[0] if places else None)
            if place is not None:
                self.place = place.name
                await arrivals_live.show(self._tab(), acting(), place=place, read=count_waiting)
        except ClinicError:
            # The page itself says that the clinic is out of reach; a count is not worth a notice.
            self.place = ""

    def _tab(self) -> arrivals_live.Tab:
        line, opened_by = line_of(self), visitor()

        async def show(waiting: int) -> None:
            await line.set(QueueStatusFeed, "waiting", waiting)

        async def who() -> Principal | None:
            principal = (await known(opened_by)).principal
            return principal if principal and principal.may(READ) else None

        async def turn_away() -> None:
            await line.set(QueueStatusFeed, "waiting", -1)

        return arrivals_live.Tab(line.client, show, lambda: line.is_open, who, turn_away)

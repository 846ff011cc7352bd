"""The waiting room's display as staff make it: a link that is shown once, and ends the one before it."""

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.clock import utc_now
from app.services.queue.display import make_display
from app.state.arrivals import ArrivalsState
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import id_from

WRITE = "queue:write"


class DisplayState(PageState):
    """The dialog, and the link for as long as it is open."""

    is_open: bool = False
    link: str = ""

    @rx.event
    @policy(permission=WRITE)
    def begin(self) -> None:
        """Open the dialog."""
        self.is_open, self.link = True, ""

    @rx.event
    @policy(permission=WRITE)
    def close(self, is_open: bool) -> None:
        """Put the dialog away, and the link with it."""
        self.is_open, self.link = bool(is_open), ""

    @rx.event
    @policy(permission=WRITE)
    async def make(self) -> EventSpec | None:
        """Make a new link for this location; displays with the old one go dark."""
        page = await self.get_state(ArrivalsState)
        try:
            key = await ask(make_display, location_id=id_from("location_id", page.location_id), now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.link = f"{routes.WALL}#{key}"
        return None

"""What the front door, the sign-in and the booking pages know of a clinic that is not set up yet."""

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.setup.standing import Standing
from app.state.base import PageState, policy, refused
from app.state.guest import standing


class SetUpDoorState(PageState):
    """Whether the clinic of this address waits for its people ("people"), for its first time ("times") or neither."""

    waits_for: str = ""

    @rx.event
    @policy(public=True)
    async def look(self) -> EventSpec | None:
        """Ask how far the clinic is."""
        try:
            await self._look(self)
        except ClinicError as error:
            return refused(error)
        return None

    async def _look_unless(self, has_offer: bool, page: PageState) -> None:
        """Ask only for a clinic that offers nothing: all others are open, whatever is still to do there."""
        if has_offer:
            self.waits_for = ""
        else:
            await self._look(page)

    async def _look(self, page: PageState) -> Standing:
        """Ask for the page whose visitor came, show what is waited for, and return how far the clinic is."""
        found = await standing(page)
        waits_for = "times" if found.has_people else "people"
        self.waits_for = waits_for if found.is_being_set_up else ""
        return found

"""Running late: by how many minutes, said once for the desk, the displays and whoever waits."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.clock import utc_now
from app.services.own_day.late import say_own_late
from app.state import my_day_live
from app.state.ask import do
from app.state.base import PageState, policy, refused, say
from app.state.my_day_undo import KEY, Deed, OwnUndoState
from app.state.parse import id_from, number_from, text_from
from app.state.visitor import acting
from app.words import N_

READ = "own-day:read"
QUICK_MINUTES = (10, 20, 30)
ON_TIME = N_("You are on time again.")
LATE = N_("{n} min late: the desk sees it now, and whoever waits gets a letter in a few minutes.")


class OwnLateState(PageState):
    """The little form, and the location that it is about: "" is the only one, or the one where the day goes on now."""

    is_open: bool = False
    location_id: str = ""
    wrong_minutes: str = ""

    @rx.event
    @policy(permission=READ)
    def show(self, is_open: bool) -> None:
        """Open the form, or put it away."""
        self._turn(is_open=bool(is_open))

    @rx.event
    @policy(permission=READ)
    def choose_place(self, location_id: str) -> None:
        """Say where."""
        self.location_id = text_from(location_id)

    @rx.event
    @policy(permission=READ)
    async def say_late(self, minutes: int, location_id: str) -> EventSpec | None:
        """Say that everybody has to wait so much longer."""
        return await self._say(minutes, self.location_id or location_id)

    @rx.event
    @policy(permission=READ)
    async def on_time(self, location_id: str) -> EventSpec | None:
        """Take it back at a location."""
        return await self._say(0, location_id)

    @rx.event
    @policy(permission=READ)
    async def say_typed(self, location_id: str, form: dict[str, Any]) -> EventSpec | None:
        """Say the minutes that were typed."""
        return await self._say(form.get("minutes"), self.location_id or location_id)

    def _turn(self, *, is_open: bool) -> None:
        """Open the form for where the day goes on now, or put it away."""
        self.is_open, self.location_id, self.wrong_minutes = is_open, "", ""

    async def _say(self, minutes: Any, location_id: str) -> EventSpec | None:
        self.wrong_minutes = ""
        try:
            said = await do(
                say_own_late,
                location_id=id_from("location_id", location_id),
                minutes=number_from("minutes", minutes),
                now=utc_now(),
            )
        except InvalidField as error:
            self.wrong_minutes = str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self.is_open = False
        my_day_live.wake(acting().clinic_id)
        message = LATE if said.minutes else ON_TIME
        if not said.is_news:
            return say("success", message, key=KEY, n=said.minutes)
        about = {"location_id": said.location_id, "minutes": said.before, "expected": said.minutes}
        return (await self.get_state(OwnUndoState))._said(Deed("late", about), message, n=said.minutes)

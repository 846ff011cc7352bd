"""What was done last on the page of arrivals, and how it is taken back: by the notice's button, or by Z."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from reflex.event import EventSpec

from app.errors import ClinicError, Overloaded
from app.services.booking.cancel import cancel
from app.services.clock import utc_now
from app.services.queue.desk import act
from app.services.queue.hand_over import hand_over
from app.services.queue.prioritise import prioritise
from app.services.queue.undo import undo_queue
from app.services.queue.undo_steps import undo_steps
from app.services.waitlist.desk import take_off
from app.state import arrivals_live
from app.state.arrivals import ArrivalsState
from app.state.ask import do
from app.state.base import PageState, refused, say
from app.state.parse import id_from
from app.state.visitor import acting
from app.words import N_

# One notice at a time: its Undo is that of the last deed.
KEY = "queue"
UNDONE = N_("Undone for number {n}.")
# Without a number to name.
UNDONE_ALONE = N_("Undone.")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done: how it is taken back, what that has to know, and what its notices name."""

    way_back: str
    about: dict[str, Any]
    named: dict[str, Any]


WAYS_BACK: dict[str, Callable[..., Any]] = {
    "visit": partial(act, verb=undo_steps),
    "queue": partial(act, verb=undo_queue),
    "urgency": partial(act, verb=prioritise),
    "hand-over": partial(act, verb=hand_over),
    "walk-in": partial(act, verb=cancel),
    "waitlist": take_off,
}


class ArrivalsUndoState(PageState):
    """The last thing that was done; what was done before it stays."""

    _last: Deed | None = None

    async def _undo_last(self) -> EventSpec:
        """Take back what was done last on this page, as long as nobody has gone on from there."""
        last, self._last = self._last, None
        if last is None:
            return say("info", N_("There is nothing to undo here."), key=KEY)
        try:
            await do(WAYS_BACK[last.way_back], **last.about, now=utc_now())
        except ClinicError as error:
            if isinstance(error, Overloaded):
                self._last = last
            return refused(error)
        page = await self.get_state(ArrivalsState)
        arrivals_live.wake(acting().clinic_id, id_from("location_id", page.location_id))
        message = UNDONE if last.named.get("n") else UNDONE_ALONE
        if last.way_back == "waitlist":
            message = N_("{patient} is off the waitlist again.")
        return say("success", message, key=KEY, **last.named)

    def _said(self, message: str, deed: Deed | None, **named: Any) -> EventSpec:
        """Say what was done, with its way back if it has one."""
        self._last = deed
        offered = {"undo": N_("Undo")} if deed else {}
        return say("success", message, key=KEY, **offered, **named)

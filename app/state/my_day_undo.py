"""What a practitioner did last on this page, and how it is taken back: by the notice's button, or by Z."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from reflex.event import EventSpec

from app.errors import ClinicError, Overloaded
from app.services.board.blocks import block, unblock
from app.services.booking.answer import Answer
from app.services.clock import utc_now
from app.services.own_day.follow_up import cancel_follow_up
from app.services.own_day.late import say_own_late
from app.services.own_day.steps import step_back
from app.services.queue.desk import act
from app.services.schedules.away import come_back, go_away
from app.state import my_day_live
from app.state.ask import do
from app.state.base import PageState, refused, say
from app.state.presses import new_key
from app.state.visitor import acting
from app.words import N_, Words

# One notice at a time: its Undo is that of the last deed.
KEY = "my-day"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done: its kind, and what its way back has to know."""

    kind: str
    about: dict[str, Any]


def left_by(answer: Answer) -> dict[str, Any]:
    """Return an appointment as a press has left it, with a key of its own for the one time that it is taken back."""
    body = answer.body
    return {"appointment_id": UUID(str(body["id"])), "version": body["version"], "key": new_key()}


@dataclass(frozen=True, slots=True)
class WayBack:
    """The verb that does the opposite, and what is said of it."""

    verb: Callable[..., Any]
    said: str


WAYS_BACK = {
    "step": WayBack(partial(act, verb=step_back), N_("Taken back.")),
    "follow-up": WayBack(partial(act, verb=cancel_follow_up), N_("The follow-up is cancelled again.")),
    "late": WayBack(say_own_late, N_("What you said of being late is as it was before.")),
    "block": WayBack(unblock, N_("The time is open again.")),
    "unblock": WayBack(block, N_("Your time is closed again.")),
    "leave": WayBack(come_back, N_("The time is open again.")),
    "end-leave": WayBack(go_away, N_("Your time is closed again.")),
}


class OwnUndoState(PageState):
    """The last thing that was done; what was done before it stays."""

    _last: Deed | None = None

    async def _undo_last(self) -> EventSpec:
        """Take back what was done last on this page, as long as nobody has gone on from there."""
        from app.state.my_day_time import MyTimeState

        last, self._last = self._last, None
        if last is None:
            return say("info", N_("There is nothing to undo here."), key=KEY)
        way = WAYS_BACK[last.kind]
        try:
            await do(way.verb, **last.about, now=utc_now())
        except ClinicError as error:
            if isinstance(error, Overloaded):
                self._last = last
            return refused(error)
        my_day_live.wake(acting().clinic_id)
        # It is done, also where what is closed cannot be read again just now.
        with suppress(ClinicError):
            await (await self.get_state(MyTimeState))._refresh()
        return say("success", way.said, key=KEY)

    def _said(self, deed: Deed, message: Words, **values: Any) -> EventSpec:
        """Say what was done, with its way back."""
        self._last = deed
        return say("success", message, key=KEY, undo=N_("Undo"), **values)

    def _forget(self) -> None:
        self._last = None

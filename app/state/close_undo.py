"""What was done last on the close's page, and how it is taken back: by the notice's button, or by Z."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, Overloaded
from app.services.board.read import place_of
from app.services.clock import utc_now
from app.services.day.close import Reopened, reopen_day, restore_close
from app.services.day.outcome import Ended
from app.services.day.undo_outcome import open_all
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.words import N_, NN_

# One notice at a time: its Undo is that of the last deed.
KEY = "close"
OPEN_AGAIN = NN_("{n} visit is open again.", "{n} visits are open again.")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done: "close" or "reopen" to a location's day, or the visits that got an outcome.

    Of a close, only that one is taken back, not a colleague's after it; an opening, only while nothing was changed.
    """

    kind: str
    location_id: UUID
    day: date
    ended: tuple[Ended, ...] = ()
    close_id: UUID | None = None
    reopened: Reopened | None = None


class CloseUndoState(PageState):
    """The last thing that was done; what was done before it stays."""

    _last: Deed | None = None

    @rx.event
    @policy(permission="day:close")
    async def undo(self) -> EventSpec | list[EventSpec]:
        """Take back what was done last on this page, as long as nobody has gone on from there."""
        from app.state.close import CloseState

        last, self._last = self._last, None
        if last is None:
            return say("info", N_("There is nothing to undo here."), key=KEY)
        try:
            said = await (_opened(last) if last.ended else _turned(last))
        except ClinicError as error:
            if isinstance(error, Overloaded):
                self._last = last
            return refused(error)
        return await (await self.get_state(CloseState))._show_after(said)

    def _said(self, message: str, deed: Deed | None, *, level: str = "success", **named: int) -> EventSpec:
        """Say what was done, with its way back if it has one."""
        self._last = deed
        offered = {"undo": N_("Undo")} if deed else {}
        return say(level, message, key=KEY, **offered, **named)


async def _turned(deed: Deed) -> EventSpec:
    """Open a day that was closed, or let the close of one that was opened stand again."""
    place = await ask(place_of, location_id=deed.location_id)
    asked = {"place": place, "day": deed.day, "now": utc_now()}
    if deed.reopened is None:
        await ask(reopen_day, **asked, close_id=deed.close_id)
        return say("success", N_("The day is open again."), key=KEY)
    await ask(restore_close, **asked, reopened=deed.reopened)
    return say("success", N_("The day is closed."), key=KEY)


async def _opened(deed: Deed) -> EventSpec:
    """Open the visits again that were closed."""
    stuck = await do(open_all, visits=deed.ended, now=utc_now())
    count = len(deed.ended) - len(stuck)
    if not stuck:
        return say("success", OPEN_AGAIN, key=KEY, n=count)
    if not count:
        return say("error", N_("Nothing was undone."), detail=stuck[0].reason, key=KEY)
    message = N_("Open again: {n}. Not possible: {refused}.")
    return say("warning", message, detail=stuck[0].reason, key=KEY, n=count, refused=len(stuck))

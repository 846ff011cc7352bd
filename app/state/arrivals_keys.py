"""The keys of the page of arrivals: what a letter means for the row under the keyboard."""

import reflex as rx
from reflex.event import EventSpec

from app.state.arrivals_acts import CHOOSE_FIRST, ArrivalsActs
from app.state.arrivals_undo import KEY, ArrivalsUndoState
from app.state.arrivals_walk_in import WalkInState
from app.state.base import PageState, policy, say
from app.state.parse import text_from

WRITE = "queue:write"


class KeyState(PageState):
    """Hands a key on to what its button does."""

    @rx.event
    @policy(permission=WRITE)
    async def press_key(self, action: str, of: str, version: int) -> EventSpec | None:
        """Do what the key stands for; a letter for a row needs one under the keyboard."""
        acts = await self.get_state(ArrivalsActs)
        wanted = text_from(action)
        if wanted == "next":
            return await acts._call_next(acts.press)
        if wanted == "undo":
            return await (await self.get_state(ArrivalsUndoState))._undo_last()
        if wanted == "walk-in":
            return await (await self.get_state(WalkInState))._begin()
        if wanted not in ("arrive", "room") or not of:
            return say("info", CHOOSE_FIRST, key=KEY)
        return await acts._act(wanted, of, version, acts.press)

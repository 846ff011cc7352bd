"""The calendars' keys: the days that they turn to, and what they do to the card under the keyboard."""

import reflex as rx
from reflex.event import EventSpec

from app.state.base import PageState, policy
from app.state.board_pane import PaneState
from app.state.board_visit import VisitState
from app.state.calendar import CalendarState
from app.state.parse import text_from

TURNS = ("today", "previous", "next")


class CalendarKeyState(PageState):
    """Hands a key on to what its button does."""

    @rx.event
    @policy(permission="appointments:read")
    async def press_key(self, action: str, of: str, version: int) -> EventSpec | None:
        """Do what the key stands for, to the card under the keyboard or else to the one that is open."""
        wanted = text_from(action)
        if wanted in TURNS:
            return await (await self.get_state(CalendarState))._turn(wanted)
        pane, visit = await self.get_state(PaneState), await self.get_state(VisitState)
        return await visit._press(wanted, text_from(of) or pane.selected)

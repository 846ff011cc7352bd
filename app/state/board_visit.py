"""A visit on its way through the clinic, from the board: its steps, its room, and the keys for them."""

from functools import partial

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board.steps import Step, take
from app.state.base import PageState, policy, refused, say
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_park import ParkState
from app.state.parse import id_from, text_from
from app.words import N_

WRITE = "appointments:write"
SAID = {
    Step.ARRIVE: N_("{patient} has arrived."),
    Step.CHECK_IN: N_("{patient} is checked in."),
    Step.ENTER_ROOM: N_("{patient} is in the room."),
    Step.COMPLETE: N_("The visit of {patient} is done."),
    Step.NO_SHOW: N_("{patient} did not come. The time is free again."),
    Step.UNDO: N_("Undone for {patient}."),
}
NOT_NOW = N_("This is not possible for this appointment now.")
CHOOSE_FIRST = N_("Choose an appointment first.")


class VisitState(PageState):
    """Which visit a room is being chosen for."""

    room_for: str = ""

    @rx.event
    @policy(permission=WRITE)
    async def step(self, wanted: str) -> EventSpec | None:
        """Take one of the steps that the open appointment offers."""
        return await self._step(text_from(wanted))

    @rx.event
    @policy(permission=WRITE)
    async def lead(self, wanted: str, version: int, clicks: int) -> EventSpec | None:
        """Take the next step that was seen on the open appointment; into a room only after one was chosen.

        A double click takes one step, whether the page showed what came of its first click before the second or not.
        """
        visit = (await self.get_state(PaneState)).visit
        if clicks not in (0, 1) or (wanted, version) != (visit["next"], visit["version"]):
            return None
        if wanted == Step.ENTER_ROOM:
            self.room_for = visit["id"]
            return None
        return await self._step(wanted)

    @rx.event
    @policy(permission=WRITE)
    async def choose_room(self, is_choosing: bool) -> None:
        """Show the free rooms for the open appointment, or put them away."""
        pane = await self.get_state(PaneState)
        self.room_for = pane.visit["id"] if is_choosing else ""

    @rx.event
    @policy(permission=WRITE)
    async def enter_room(self, room_id: str) -> EventSpec | None:
        """Bring the patient into a room; without one the room stays as planned, or unnamed."""
        pane = await self.get_state(PaneState)
        try:
            chosen = id_from("room_id", room_id) if room_id else None
        except ClinicError as error:
            return refused(error)
        self.room_for = ""
        enter = partial(take, step=Step.ENTER_ROOM, room_id=chosen)
        return await pane._change(enter, SAID[Step.ENTER_ROOM], undo="step")

    @rx.event
    @policy(permission=WRITE)
    async def press(self, action: str, card_id: str) -> EventSpec | None:
        """Do what a key asks for, to the card under the keyboard or the one that is open."""
        return await self._press(action, card_id)

    async def _press(self, action: str, card_id: str) -> EventSpec | None:
        pane = await self.get_state(PaneState)
        if action == "undo":
            return await pane._undo_last()
        if not card_id:
            return say("info", CHOOSE_FIRST, key="choose")
        try:
            if action == "park":
                return await (await self.get_state(ParkState))._park(text_from(card_id))
            if card_id != pane.selected or pane.pane != "visit":
                await pane._open(card_id, "visit")
        except ClinicError as error:
            return refused(error)
        return await self._act(pane, text_from(action))

    async def _act(self, pane: PaneState, action: str) -> EventSpec | None:
        visit = pane.visit
        if action == "arrive":
            return await self._step(Step.ARRIVE)
        if action == "room" and Step.ENTER_ROOM in visit["steps"]:
            self.room_for = visit["id"]
            return None
        if action == "cancel" and visit["can_change"]:
            await pane._ask_to_cancel(True)
            return None
        if action in ("move", "cut", "take") and visit["can_move"]:
            return await (await self.get_state(MovingState))._start()
        return say("info", NOT_NOW, key="not-now")

    async def _step(self, name: str) -> EventSpec | None:
        pane = await self.get_state(PaneState)
        if name not in pane.visit["steps"]:
            return say("info", NOT_NOW, key="not-now")
        step = Step(name)
        self.room_for = ""
        return await pane._change(partial(take, step=step), SAID[step], undo="" if step is Step.UNDO else "step")

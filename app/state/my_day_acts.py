"""What a practitioner does to a visit of their own: start, finish, one step back; by button and by key."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.booking.answer import Answer
from app.services.clock import utc_now
from app.services.own_day.steps import finish, send_back, start, step_back
from app.services.queue.desk import act
from app.state import my_day_live
from app.state.ask import do
from app.state.base import PageState, policy, refused, say
from app.state.my_day_late import OwnLateState
from app.state.my_day_patient import MyDayPatient
from app.state.my_day_undo import KEY, Deed, OwnUndoState, left_by
from app.state.parse import id_from, number_from, text_from
from app.state.presses import Presses
from app.state.visitor import acting
from app.words import N_

WRITE = "appointments:write"
CHOOSE_FIRST = N_("Choose a patient first: the arrow keys go from one to the next.")


@dataclass(frozen=True, slots=True)
class Act:
    """What a button does: its verb, and what is said."""

    verb: Any
    said: str


ACTS = {
    "start": Act(start, N_("The visit has begun.")),
    "finish": Act(finish, N_("The visit is done.")),
    "back": Act(step_back, N_("Taken back.")),
    "leave-room": Act(send_back, N_("Taken back.")),
}


class MyDayActs(Presses, PageState):
    """Takes the steps that are pressed."""

    @rx.event
    @policy(permission=WRITE)
    async def act(self, action: str, of: str, version: int, press: int) -> EventSpec | None:
        """Take one step with one visit, as it stood on the reader's page."""
        return await self._act(text_from(action), of, version, press)

    @rx.event
    @policy(permission=WRITE)
    async def press_key(self, action: str, of: str, version: int) -> EventSpec | list[EventSpec] | None:
        """Do what a key stands for, with the visit under the keyboard or the open one."""
        wanted = text_from(action)
        if wanted == "undo":
            return await (await self.get_state(OwnUndoState))._undo_last()
        if wanted == "late":
            (await self.get_state(OwnLateState))._turn(is_open=True)
            return None
        if wanted in ("start", "finish"):
            return await self._act(wanted, of, version, self.press)
        return await (await self.get_state(MyDayPatient))._show_part(wanted, of)

    async def _act(self, action: str, of: str, version: int, press: int) -> EventSpec | None:
        found = ACTS.get(action)
        if found is None or not of:
            return say("info", CHOOSE_FIRST, key=KEY)
        try:
            seen = number_from("version", version)
            answer = await self._do(found, id_from("id", of), seen, press)
        except ClinicError as error:
            return refused(error)
        undo = await self.get_state(OwnUndoState)
        if action in ("back", "leave-room"):
            undo._forget()
            return say("success", found.said, key=KEY)
        # One press may take several steps, each of which made a version.
        steps = answer.body["version"] - seen
        said = undo._said(Deed("step", {**left_by(answer), "steps": steps}), found.said)
        refusal = await (await self.get_state(MyDayPatient))._open(of) if action == "start" else None
        return refusal or said

    async def _do(self, found: Act, appointment_id: UUID, version: int, press: int) -> Answer:
        key = self._key(press, appointment_id)
        # The next press is another one, whatever becomes of this.
        self.press += 1
        answer = await do(act, found.verb, key=key, now=utc_now(), appointment_id=appointment_id, version=version)
        my_day_live.wake(acting().clinic_id)
        return answer

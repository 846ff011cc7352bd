"""What is changed where it stands: an appointment's length, its room and its referral; and who a card is about."""

from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board import moves
from app.services.board.details import appointment_details
from app.services.board.referral import set_referral_at_desk
from app.services.clock import utc_now
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.board_pane import PaneState
from app.state.board_views import flags_of, visit_view
from app.state.parse import id_from, number_from, text_from
from app.words import N_, NN_

WRITE = "appointments:write"
STEP_MINUTES = 15


class PlaceState(PageState):
    """The hover card's content, and which card is about to be taken out as a mistake."""

    peek: dict[str, Any] = {}
    correcting: str = ""

    @rx.event
    @policy(permission="patients:read", automatic=True)
    async def look(self, card_id: str) -> EventSpec | None:
        """Read who a card is about, for the hover card; it counts as seen."""
        try:
            found = await ask(appointment_details, appointment_id=id_from("card_id", card_id), now=utc_now())
        except ClinicError as error:
            return refused(error)
        seen = visit_view(found)
        shown = ("id", "patient", "birth_date", "phone", "service", "status", "alert")
        self.peek = {**{name: seen[name] for name in shown}, "flags": flags_of(seen)}  # type: ignore[literal-required]
        return None

    @rx.event
    @policy(permission=WRITE)
    async def resize(self, card_id: str, minutes: int) -> EventSpec | None:
        """Make a card longer or shorter."""
        try:
            pane = await self._opened(card_id)
            wanted = number_from("minutes", minutes)
        except ClinicError as error:
            return refused(error)
        return await _resized(pane, wanted)

    @rx.event
    @policy(permission=WRITE)
    async def lengthen(self, steps: int) -> EventSpec | None:
        """Make the open appointment some quarters of an hour longer, or shorter."""
        pane = await self.get_state(PaneState)
        return await _resized(pane, pane.visit["minutes"] + STEP_MINUTES * (1 if steps > 0 else -1))

    @rx.event
    @policy(permission=WRITE)
    async def change_room(self, card_id: str, room_id: str) -> EventSpec | None:
        """Plan a card into the room on whose column it was dropped."""
        try:
            pane = await self._opened(card_id)
            verb = partial(moves.change_room, room_id=id_from("room_id", room_id))
        except ClinicError as error:
            return refused(error)
        return await pane._change(verb, N_("{patient} has another room now."), undo="room")

    @rx.event
    @policy(permission=WRITE)
    async def mark_referral(self, has_referral: bool) -> EventSpec | None:
        """Keep whether the open appointment's referral has come."""
        pane = await self.get_state(PaneState)
        verb = partial(set_referral_at_desk, has_referral=bool(has_referral))
        there, missing = N_("The referral of {patient} is there."), N_("The referral of {patient} is missing.")
        return await pane._change(verb, there if has_referral else missing, undo="referral")

    @rx.event
    @policy(permission="appointments:correct")
    async def ask_to_correct(self, is_correcting: bool) -> None:
        """Ask why the open appointment is a mistake, or stop asking."""
        pane = await self.get_state(PaneState)
        self.correcting = pane.visit["id"] if is_correcting else ""

    @rx.event
    @policy(permission="appointments:correct")
    async def correct(self, form: dict[str, Any]) -> EventSpec | None:
        """Take the appointment that was asked about out of the book as a mistake, for good; never another one."""
        pane = await self.get_state(PaneState)
        if not self.correcting or self.correcting != pane.visit["id"]:
            return None
        verb = partial(moves.correct, reason=text_from(form.get("reason")))
        said = await pane._change(verb, N_("The entry for {patient} is marked as an error."))
        # Refused, it is asked on: what was typed stays.
        if pane.visit["status"] == "entered-in-error":
            self._forget()
        return said

    def _forget(self) -> None:
        self.correcting = ""

    async def _opened(self, card_id: str) -> PaneState:
        """Open the card, so that it is changed as it is now."""
        pane = await self.get_state(PaneState)
        if text_from(card_id) != pane.visit["id"] or pane.pane != "visit":
            await pane._open(text_from(card_id), "visit")
        return pane


async def _resized(pane: PaneState, minutes: int) -> EventSpec:
    verb = partial(moves.change_length, minutes=minutes)
    message = NN_("The visit of {patient} lasts {n} minute now.", "The visit of {patient} lasts {n} minutes now.")
    return await pane._change(verb, message, undo="length", said={"n": minutes})

"""A stretch of empty time on the board: book it, or block it with a reason; and blocked time that is opened again."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board.blocks import Stretch, block, preview_block, unblock
from app.services.clock import utc_now
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_deeds import Deed
from app.state.board_pane import PaneState
from app.state.board_views import iso
from app.state.parse import id_from, instant_from, text_from
from app.words import N_

READ = "board:read"


class DisplacedView(TypedDict):
    """Somebody whose visit lies in the time that would be blocked."""

    id: str
    patient: str
    starts_at: str


class BlockState(PageState):
    """The stretch that was drawn, and whom blocking it would displace."""

    starts_at: str = ""
    ends_at: str = ""
    practitioner: str = ""
    displaced: list[DisplacedView] = []
    wrong_reason: str = ""
    may_block: bool = False

    _practitioner_id: str = ""

    @rx.event
    @policy(permission=READ)
    async def draw(self, practitioner_id: str, starts_at: str, ends_at: str) -> EventSpec | None:
        """Offer to book or to block a stretch; who may not block it is only offered to book."""
        board, pane = await self.get_state(BoardState), await self.get_state(PaneState)
        await pane._close()
        self._practitioner_id = text_from(practitioner_id)
        self.starts_at, self.ends_at, self.wrong_reason = text_from(starts_at), text_from(ends_at), ""
        self.practitioner = next((one["name"] for one in board.people if one["id"] == self._practitioner_id), "")
        try:
            found = await ask(preview_block, stretch=await self._stretch(), now=utc_now())
        except InvalidField as error:
            return refused(error)
        except ClinicError:
            self.may_block, self.displaced = False, []
        else:
            self.may_block = True
            self.displaced = [
                DisplacedView(id=str(one.appointment_id), patient=one.patient, starts_at=iso(one.starts_at))
                for one in found.displaced
            ]
        pane.pane, pane.picked = "stretch", [self._practitioner_id, self.starts_at]
        return None

    @rx.event
    @policy(permission="appointments:write")
    async def book_here(self) -> EventSpec | None:
        """Book the beginning of the stretch instead."""
        return await (await self.get_state(BookingState))._pick(self._practitioner_id, self.starts_at)

    @rx.event
    @policy(permission=READ)
    async def block(self, form: dict[str, Any]) -> EventSpec | None:
        """Block the stretch with the reason that was given."""
        pane = await self.get_state(PaneState)
        try:
            outcome = await do(
                block, stretch=await self._stretch(), reason=text_from(form.get("reason")), now=utc_now()
            )
        except InvalidField as error:
            self.wrong_reason = str(error)
            return None
        except ClinicError as error:
            return refused(error)
        if not outcome.was_there:
            pane._remember(Deed(kind="block", id=str(outcome.entry_id), version=0, patient=""))
        await pane._close()
        message = N_("The time is blocked.")
        if outcome.effect.displaced:
            message = N_("The time is blocked. Who had a visit then is on the displaced worklist.")
        offered = {} if outcome.was_there else {"undo": N_("Undo")}
        return say("success", message, key="undo", **offered)

    @rx.event
    @policy(permission=READ)
    async def unblock(self, block_id: str) -> EventSpec | None:
        """Open blocked time again."""
        pane = await self.get_state(PaneState)
        try:
            was = await do(unblock, exception_id=id_from("block_id", block_id), now=utc_now())
        except ClinicError as error:
            return refused(error)
        pane._remember(
            Deed(kind="unblock", id=text_from(block_id), version=0, patient="", stretch=was.stretch, reason=was.reason)
        )
        return say("success", N_("The time is open again."), undo=N_("Undo"), key="undo")

    async def _stretch(self) -> Stretch:
        board = await self.get_state(BoardState)
        return Stretch(
            id_from("practitioner_id", self._practitioner_id),
            id_from("location_id", board.location_id),
            instant_from("starts_at", self.starts_at),
            instant_from("ends_at", self.ends_at),
            board.zone,
        )

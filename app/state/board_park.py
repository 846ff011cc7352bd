"""The parking strip under the board: what this user has put there."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board.parking import Parked, park, parked, unpark
from app.services.clock import utc_now
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.board_deeds import Deed
from app.state.board_views import iso
from app.state.parse import id_from, text_from
from app.words import N_

WRITE = "appointments:write"


class ParkedView(TypedDict):
    """One card on the strip."""

    id: str
    patient: str
    starts_at: str
    zone: str


class ParkState(PageState):
    """What is parked."""

    cards: list[ParkedView] = []

    @rx.event
    @policy(permission=WRITE)
    async def unpark(self, card_id: str) -> EventSpec | None:
        """Take a card off the strip; it stays where it is in the book."""
        try:
            await self._unpark(text_from(card_id))
        except ClinicError as error:
            return refused(error)
        return None

    async def _load(self) -> None:
        if WRITE in self.permissions:
            self._show(await ask(parked, now=utc_now()))

    async def _park(self, card_id: str) -> EventSpec:
        appointment_id = id_from("card_id", card_id)
        self._show(await ask(park, appointment_id=appointment_id, now=utc_now()))
        name = next((one["patient"] for one in self.cards if one["id"] == card_id), "")
        if not name:
            return say("info", N_("Only what is booked or held can be parked."), key="park")
        message = N_("{patient} is parked and keeps the place until it is dropped.")
        # It imports this module.
        from app.state.board_pane import PaneState

        # It has no id of its own: to park changes nothing of the appointment.
        deed = Deed(kind="park", id="", version=0, patient=name, card_id=card_id)
        (await self.get_state(PaneState))._remember(deed)
        return say("success", message, undo=N_("Undo"), key="undo", patient=name)

    async def _unpark(self, card_id: str) -> None:
        if any(one["id"] == card_id for one in self.cards):
            self._show(await ask(unpark, appointment_id=id_from("card_id", card_id), now=utc_now()))

    def _show(self, found: list[Parked]) -> None:
        self.cards = [
            ParkedView(id=str(one.id), patient=one.patient, starts_at=iso(one.starts_at), zone=one.timezone)
            for one in found
        ]

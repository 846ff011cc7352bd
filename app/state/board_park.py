"""The parking strip under the board: what this user has put there."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board.parking import Parked, park, parked, unpark
from app.services.clock import utc_now
from app.state.ask import ask
from app.state.base import PageState, policy, refused, say
from app.state.board_deeds import NOT_PARKED, Deed
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
        # It imports this module.
        from app.state.board_pane import PaneState

        name = self._name_of(text_from(card_id))
        try:
            await self._unpark(text_from(card_id))
        except ClinicError as error:
            return refused(error)
        if not name:
            return None
        (await self.get_state(PaneState))._remember(_deed("unpark", text_from(card_id), patient=name))
        message = N_("{patient} is off the strip and keeps the place.")
        return say("success", message, undo=N_("Undo"), key="undo", patient=name)

    async def _load(self) -> None:
        if WRITE in self.permissions:
            self._show(await ask(parked, now=utc_now()))

    async def _park(self, card_id: str) -> EventSpec:
        appointment_id = id_from("card_id", card_id)
        self._show(await ask(park, appointment_id=appointment_id, now=utc_now()))
        name = self._name_of(card_id)
        if not name:
            return say("info", NOT_PARKED, key="park")
        message = N_("{patient} is parked and keeps the place until it is dropped.")
        # It imports this module.
        from app.state.board_pane import PaneState

        (await self.get_state(PaneState))._remember(_deed("park", card_id, patient=name))
        return say("success", message, undo=N_("Undo"), key="undo", patient=name)

    async def _unpark(self, card_id: str) -> None:
        if any(one["id"] == card_id for one in self.cards):
            self._show(await ask(unpark, appointment_id=id_from("card_id", card_id), now=utc_now()))

    def _name_of(self, card_id: str) -> str:
        return next((one["patient"] for one in self.cards if one["id"] == card_id), "")

    def _show(self, found: list[Parked]) -> None:
        self.cards = [
            ParkedView(id=str(one.id), patient=one.patient, starts_at=iso(one.starts_at), zone=one.timezone)
            for one in found
        ]


def _deed(kind: str, card_id: str, *, patient: str) -> Deed:
    # It has no id of its own: the strip changes nothing of the appointment.
    return Deed(kind=kind, id="", version=0, patient=patient, card_id=card_id)

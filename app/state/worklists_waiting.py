"""The waitlist: who waits in which order, the offers that run, and what the desk does about both."""

from functools import partial
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.infra.live import publish_clinic
from app.services.booking.answer import Answer
from app.services.booking.once import once
from app.services.clock import utc_now
from app.services.displaced.other_places import named
from app.services.waitlist.accept import accept
from app.services.waitlist.by_hand import offer_by_hand, suited_places
from app.services.waitlist.decline import decline
from app.services.waitlist.desk import take_off
from app.services.waitlist.lines import offer_lines, waiting_lines
from app.settings import settings
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.parse import id_from
from app.state.waitlist_views import OfferView, SuitedView, WishView, offer_view, suited_view, wish_view
from app.state.worklists_deeds import Deed
from app.state.worklists_undo import KEY
from app.state.worklists_views import place_choice
from app.words import N_
from models.principal import Principal

READ, WRITE, OFFER = "appointments:read", "appointments:write", "waitlist:offer"


class WaitingState(PageState):
    """Who waits, what was offered, and the entry in the pane."""

    wishes: list[WishView] = []
    total: int = 0
    # Offers that run, and those of the last month that are over.
    running: list[OfferView] = []
    history: list[OfferView] = []
    # The rules that protect people: how long an offer lasts, how many a day, when nobody is written to.
    offer_minutes: int = 0
    offers_a_day: int = 0
    quiet_from: str = ""
    quiet_until: str = ""
    opened: str = ""
    suited: list[SuitedView] = []
    # Why nothing can be offered by hand, and whether that was asked.
    suited_reason: str = ""
    is_looked: bool = False
    is_asking: bool = False

    @rx.event
    @policy(permission=READ)
    def open(self, entry_id: str) -> None:
        """Show one entry in the pane."""
        self._close()
        self.opened = str(entry_id) if entry_id in {one["id"] for one in self.wishes} else ""

    @rx.event
    @policy(permission=READ)
    def close(self) -> None:
        """Put the pane away."""
        self._close()

    @rx.event
    @policy(permission=OFFER)
    async def look(self) -> EventSpec | None:
        """Look for free places that can be offered to the open entry now."""
        try:
            self.suited, self.suited_reason = await ask(_suited, entry_id=id_from("id", self.opened))
        except ClinicError as error:
            return refused(error)
        self.is_looked = True
        return None

    @rx.event
    @policy(permission=OFFER)
    async def offer(self, slot_id: str) -> EventSpec | None:
        """Offer a place to the open entry: it is held, and a letter goes out."""
        ids = {"entry_id": id_from("id", self.opened), "slot_id": id_from("slot_id", slot_id)}
        message = N_("Offered to {patient}. The time is held until it is answered.")
        return await self._act(partial(do, offer_by_hand, **ids, now=utc_now()), message)

    @rx.event
    @policy(permission=WRITE)
    async def accept_for(self, offer_id: str) -> EventSpec | None:
        """Take an offer for a patient on the telephone."""
        verb = partial(do, _answer, said=accept, offer_id=id_from("id", offer_id))
        return await self._act(verb, N_("Booked for {patient}."), offer_id=offer_id)

    @rx.event
    @policy(permission=WRITE)
    async def decline_for(self, offer_id: str) -> EventSpec | None:
        """Decline an offer for a patient on the telephone: the place passes on."""
        verb = partial(do, _answer, said=decline, offer_id=id_from("id", offer_id))
        message = N_("Declined for {patient}. The time passes on to the next.")
        return await self._act(verb, message, offer_id=offer_id)

    @rx.event
    @policy(permission=READ)
    def ask_to_remove(self, is_asking: bool) -> None:
        """Ask once more before an entry is removed, or stop asking."""
        self.is_asking = bool(is_asking)

    @rx.event
    @policy(permission=WRITE)
    async def remove(self) -> EventSpec | None:
        """Take the open entry off the waitlist, with what is held for it."""
        wish = self._wish(self.opened)
        if wish is None:
            return None
        entry_id = id_from("id", wish["id"])
        try:
            answer = await do(take_off, entry_id=entry_id, version=wish["version"], now=utc_now())
        except ClinicError as error:
            await self._read_again()
            return refused(error)
        about = {"entry_id": entry_id, "version": answer.body["version"]}
        await self._did(Deed("removed", wish["patient"], about), answer)
        return say("success", N_("{patient} is off the waitlist."), patient=wish["patient"], undo=N_("Undo"), key=KEY)

    async def _read(self, location_id: UUID | None) -> None:
        now = utc_now()
        found = await ask(waiting_lines, location_id=location_id, now=now)
        self.wishes, self.total = [wish_view(one) for one in found.lines], found.total
        offers = [offer_view(one) for one in await ask(offer_lines, location_id=location_id, now=now)]
        self.running = [one for one in offers if one["status"] == "open"]
        self.history = [one for one in offers if one["status"] != "open"]
        self.offer_minutes, self.offers_a_day = settings().waitlist_offer_minutes, settings().waitlist_offers_a_day
        # A wall-clock time, whichever day it is.
        self.quiet_from, self.quiet_until = (
            f"2000-01-01T{at:%H:%M}:00Z" for at in (settings().waitlist_quiet_from, settings().waitlist_quiet_until)
        )
        if self._wish(self.opened) is None:
            self._close()

    async def _act(self, verb: Any, message: str, *, offer_id: str = "") -> EventSpec | None:
        whose = next((one["patient"] for one in self.running if one["id"] == offer_id), "")
        opened = self._wish(self.opened)
        patient = whose or (opened["patient"] if opened else "")
        try:
            await verb()
        except ClinicError as error:
            await self._read_again()
            return refused(error)
        await self._read_again()
        self.suited, self.is_looked, self.is_asking = [], False, False
        await do(_tell)
        return say("success", message, patient=patient, key="waitlist")

    async def _did(self, deed: Deed, after: Any) -> None:
        """Keep what was done to an entry, and show the lists as they are now."""
        from app.state.worklists_displaced import DisplacedState

        displaced = await self.get_state(DisplacedState)
        displaced._remember(deed, after)
        await displaced._read_all()

    async def _read_again(self) -> None:
        from app.state.worklists import WorklistsState

        await self._read((await self.get_state(WorklistsState))._location())

    def _wish(self, entry_id: str) -> WishView | None:
        return next((one for one in self.wishes if one["id"] == entry_id), None)

    def _close(self) -> None:
        self.opened, self.suited, self.suited_reason = "", [], ""
        self.is_looked, self.is_asking = False, False


def _suited(session: Any, principal: Principal, *, entry_id: UUID) -> tuple[list[SuitedView], str]:
    found = suited_places(session, principal, entry_id=entry_id, now=utc_now())
    choices = {one.start.id: place_choice(one) for one in named(session, principal, [p.start for p in found.places])}
    views = [suited_view(one, choices[one.start.id]) for one in found.places if one.start.id in choices]
    return views, found.reason


def _answer(principal: Principal, *, said: Any, offer_id: UUID) -> Answer:
    return once(principal, partial(said, offer_id=offer_id), name="worklist-answer", now=utc_now())


def _tell(principal: Principal) -> None:
    publish_clinic(principal.clinic_id)

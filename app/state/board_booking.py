"""Booking from the board: a start, a service, a patient found as one types or made in place; and overbooking."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board import desk
from app.services.board.offers import Start, start_at
from app.services.clock import utc_now
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board import BoardState
from app.state.board_booking_views import OfferView, offer_views
from app.state.board_deeds import deed_of
from app.state.board_pane import PaneState
from app.state.board_views import NO_SESSION, NO_VISIT, iso
from app.state.parse import id_from, instant_from, text_from
from app.state.patient_booking import PatientBookingState
from app.state.patient_finder import PatientFinder
from app.state.patient_views import NO_MATCH, MatchView
from app.words import N_

WRITE = "appointments:write"
OVERBOOK = "appointments:overbook"
# The pane's contents that ask who is to be booked.
BOOKS = frozenset({"start", "join"})


class BookingState(PageState):
    """What is being booked: the start, its service, and for whom."""

    starts_at: str = ""
    practitioner: str = ""
    offers: list[OfferView] = []
    service_id: str = ""
    # The chosen service does not fit here: it can only be overbooked.
    is_beyond: bool = False
    patient: MatchView = NO_MATCH
    # What is wrong in the form: the field's name, and why.
    wrong_field: str = ""
    wrong_reason: str = ""

    _slot_id: str = ""
    _practitioner_id: str = ""

    @rx.event
    @policy(permission=WRITE)
    async def pick(self, practitioner_id: str, starts_at: str) -> EventSpec | None:
        """Choose a free start and offer what fits there."""
        return await self._pick(practitioner_id, starts_at)

    @rx.event
    @policy(permission=OVERBOOK)
    async def overbook_here(self) -> EventSpec | None:
        """Choose the time of the open appointment for another one beside it."""
        visit = (await self._pane()).visit
        return await self._pick(visit["practitioner_id"], visit["slot_starts_at"], overbooking=True)

    @rx.event
    @policy(permission=WRITE)
    async def book_again(self) -> EventSpec | None:
        """Look for another time for the patient of the open appointment and the same service."""
        pane = await self._pane()
        try:
            wanted = await self.get_state(PatientBookingState)
            await wanted._find(pane.visit["patient_id"], pane.visit["service_id"])
        except ClinicError as error:
            return refused(error)
        await pane._close()
        return None

    @rx.event
    @policy(permission=WRITE)
    async def join_session(self) -> EventSpec | None:
        """Book a place in the open session, beyond its places when all are taken."""
        pane = await self._pane()
        session = pane.session
        if not session["id"]:
            return None
        await self._forget_patient()
        self._slot_id, self.service_id, self.offers = session["id"], "", []
        self.starts_at, self.practitioner = session["starts_at"], session["practitioner"]
        self.is_beyond = session["is_full"]
        pane.pane, pane.picked = "join", []
        return None

    @rx.event
    @policy(permission=WRITE)
    def choose_service(self, service_id: str) -> None:
        """Choose one of the services that fit, or that may be overbooked."""
        chosen = next((offer for offer in self.offers if offer["id"] == service_id), None)
        if chosen is not None and (chosen["fits"] or chosen["may_overbook"]):
            self.service_id, self.is_beyond = service_id, not chosen["fits"]

    @rx.event
    @policy(permission="patients:read")
    async def take_chosen(self) -> None:
        """Take the patient who was found or made."""
        chosen = (await self.get_state(PatientFinder)).chosen
        # A second press finds nobody, and does not let go whom the first took.
        if chosen["id"]:
            self.patient = chosen

    @rx.event
    @policy(permission="patients:read")
    async def other_patient(self) -> None:
        """Go back to the search."""
        await self._forget_patient()

    @rx.event
    @policy(permission=WRITE)
    async def book(self) -> EventSpec | None:
        """Book the start for the patient at once."""
        return await self._claim(desk.book, N_("Booked for {patient}."))

    @rx.event
    @policy(permission=WRITE)
    async def hold(self) -> EventSpec | None:
        """Keep the start for the patient while the desk still asks."""
        return await self._claim(desk.hold_start, N_("Held for {patient}. Confirm before the time runs out."))

    @rx.event
    @policy(permission=OVERBOOK)
    async def overbook(self, form: dict[str, Any]) -> EventSpec | None:
        """Book a time that is taken, with the reason that was given."""
        reason = text_from(form.get("overbook_reason"))
        return await self._claim(desk.book, N_("Overbooked for {patient}."), overbook_reason=reason)

    @rx.event
    @policy(permission=WRITE)
    async def confirm(self) -> EventSpec | None:
        """Book what is held."""
        return await (await self._pane())._change(desk.confirm_held, N_("Confirmed for {patient}."), undo="confirm")

    @rx.event
    @policy(permission=WRITE)
    async def cancel(self) -> EventSpec | None:
        """Cancel the open appointment, or release what is only held."""
        pane = await self._pane()
        if pane.visit["status"] == "pending":
            released = N_("Released for {patient}. The time is free again.")
            return await pane._change(desk.cancel_at_desk, released, undo="release")
        message = N_("Cancelled for {patient}. The time is free again.")
        return await pane._change(desk.cancel_at_desk, message, undo="step", tell=pane.is_telling)

    async def _pane(self) -> PaneState:
        return await self.get_state(PaneState)

    async def _pick(self, practitioner_id: str, starts_at: str, *, overbooking: bool = False) -> EventSpec | None:
        board, pane = await self.get_state(BoardState), await self._pane()
        try:
            start = await ask(
                start_at,
                location_id=id_from("location_id", board.location_id),
                practitioner_id=id_from("practitioner_id", practitioner_id),
                starts_at=instant_from("starts_at", starts_at),
                now=utc_now(),
                overbooking=overbooking,
            )
        except ClinicError as error:
            return refused(error)
        # Whoever is on the phone asks for another time as they like; the desk finds them once.
        is_other_time = pane.pane in BOOKS and self.patient["id"] != ""
        await self._offer(start, keeps_patient=is_other_time)
        self._practitioner_id = practitioner_id
        self.practitioner = next((one["name"] for one in board.people if one["id"] == practitioner_id), "")
        pane.picked, pane.pane, pane.selected = [practitioner_id, starts_at], "start", ""
        pane.visit, pane.session = NO_VISIT, NO_SESSION
        return None

    async def _claim(self, verb: Any, message: str, **more: Any) -> EventSpec | None:
        pane = await self._pane()
        try:
            service_id = pane.session["service_id"] if pane.pane == "join" else self.service_id
            answer = await do(
                verb,
                slot_id=id_from("slot_id", self._slot_id),
                service_id=id_from("service_id", service_id),
                patient_id=id_from("patient_id", self.patient["id"]),
                now=utc_now(),
                **more,
            )
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        patient = self.patient["name"]
        await self._forget_patient()
        await pane._follow(answer)
        pane._remember(deed_of("book", pane.visit, answer.body, tell=True))
        return say("success", message, undo=N_("Undo"), key="undo", patient=patient)

    async def _offer(self, start: Start, *, keeps_patient: bool) -> None:
        if self._slot_id != str(start.slot_id) and not keeps_patient:
            await self._forget_patient()
        await self._take_wanted()
        self._slot_id, self.starts_at = str(start.slot_id), iso(start.starts_at)
        self.offers = offer_views(start)
        fitting = [offer["id"] for offer in self.offers if offer["fits"]]
        beyond = [offer["id"] for offer in self.offers if offer["may_overbook"]]
        possible = fitting or beyond
        self.service_id = self.service_id if self.service_id in possible else (possible or [""])[0]
        self.is_beyond = not fitting

    async def _take_wanted(self) -> None:
        """Book for whoever was taken along from their file."""
        wanted, service_id = (await self.get_state(PatientBookingState))._hand_over()
        if wanted["id"]:
            self.patient, self.service_id = wanted, service_id or self.service_id

    async def _take_along(self) -> None:
        """Let who is being booked be booked on another day, too."""
        if self.patient["id"]:
            (await self.get_state(PatientBookingState))._carry(self.patient, self.service_id)

    async def _forget_patient(self) -> None:
        (await self.get_state(PatientFinder))._empty()
        self.patient, self.wrong_field, self.wrong_reason = NO_MATCH, "", ""

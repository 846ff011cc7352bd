"""The pane beside the board: the appointment, session, start or move that is open, and how it is kept up to date."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, Overloaded
from app.services.board.attendees import session_details
from app.services.board.details import appointment_details
from app.services.booking.answer import Answer
from app.services.booking.history import history
from app.services.clock import utc_now
from app.state import live_board
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board_booking_views import NO_MOVE, MoveView
from app.state.board_deeds import MOST, Deed, changed_by, deed_of, followed, stuck_notice, take_back, those_left
from app.state.board_park import ParkState
from app.state.board_views import (
    NO_SESSION,
    NO_VISIT,
    EntryView,
    SessionView,
    VisitView,
    entry_view,
    iso,
    session_view,
    visit_view,
)
from app.state.parse import id_from
from app.state.patient_booking import PatientBookingState
from app.words import N_, NN_, Words

READ = "appointments:read"


class PaneState(PageState):
    """What is open beside the board."""

    # "", "visit", "session", "start" (a time that is being booked), "stretch" (time that may be blocked), "join",
    # "move", "series" or "series-move".
    pane: str = ""
    selected: str = ""
    visit: VisitView = NO_VISIT
    session: SessionView = NO_SESSION
    is_asking: bool = False
    picked: list[str] = []
    moving: MoveView = NO_MOVE
    entries: list[EntryView] = []
    is_history_open: bool = False

    # Whether the patient gets a letter of what the desk is about to cancel.
    is_telling: bool = True

    # What was done on this page, the last at the end, so that it can be taken back one by one.
    _deeds: list[Deed] = []

    @rx.event
    @policy(permission=READ)
    async def open_card(self, card_id: str, kind: str) -> EventSpec | None:
        """Show a card's details beside the board."""
        try:
            await self._open(card_id, kind)
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=READ, automatic=True)
    async def card_changed(self, card_id: str) -> EventSpec | None:
        """Read the open card again: somebody changed it."""
        return await self._refresh() if card_id == self.selected else None

    @rx.event
    @policy(permission=READ)
    async def ask_to_cancel(self, is_asking: bool) -> None:
        """Ask once more before an appointment is cancelled, or stop asking."""
        await self._ask_to_cancel(bool(is_asking))

    @rx.event
    @policy(permission=READ)
    def tell_patient(self, is_telling: bool) -> None:
        """Choose whether a letter is sent of what is about to be cancelled."""
        self.is_telling = bool(is_telling)

    @rx.event
    @policy(permission=READ)
    async def show_history(self, is_open: bool) -> EventSpec | None:
        """Show who did what to the open appointment, or put it away."""
        self.is_history_open = bool(is_open)
        try:
            await self._read_history()
        except ClinicError as error:
            return refused(error)
        return None

    @rx.event
    @policy(permission=READ)
    async def give_up(self) -> None:
        """Leave what is open, also a start or a move, as it is, and book nobody."""
        (await self.get_state(PatientBookingState))._hand_over()
        await self._close()

    @rx.event
    @policy(permission=READ)
    def back_to_card(self) -> None:
        """Show the open appointment again, as it is."""
        self.pane = "visit"

    @rx.event
    @policy(permission="appointments:write")
    async def undo_last(self) -> EventSpec | None:
        """Take back what was done last on this page, whatever it was; once more takes back what was before it."""
        return await self._undo_last()

    async def _undo_last(self) -> EventSpec | None:
        if not self._deeds:
            return say("info", N_("There is nothing to undo here."), key="undo")
        *before, last = self._deeds
        self._deeds = before
        try:
            answer = await take_back(last)
        except ClinicError as error:
            if isinstance(error, Overloaded):
                self._deeds = [*before, last]
            await self._refresh()
            return self._stuck(last, error)
        if not isinstance(answer, Answer):
            if answer is not None:
                self._deeds = [followed(one, changed_by(last, answer)) for one in before]
            await (await self.get_state(ParkState))._load()
            await self._close()
            return say("success", N_("Undone."), key="undo")
        now = changed_by(last, answer)
        self._deeds = [followed(one, now) for one in before]
        await self._follow(answer, card_id=last.get("card_id", ""))
        if len(now) == 1:
            return say("success", N_("Undone for {patient}."), key="undo", patient=last["patient"])
        message = NN_(
            "{n} appointment of {patient} is where it was.", "{n} appointments of {patient} are where they were."
        )
        return say("success", message, key="undo", patient=last["patient"], n=len(now))

    def _stuck(self, deed: Deed, error: ClinicError) -> EventSpec:
        """Say why nothing was undone; of several, which cannot go back, and the others still can if it is wished."""
        stuck, free = those_left(deed.get("left", ()), error)
        if not stuck:
            return refused(error)
        if free:
            self._deeds = [*self._deeds, {**deed, "left": free}]
        times = [{"at": iso(one.starts_at), "zone": one.timezone, "day": True} for one in stuck]
        return stuck_notice(error, stuck=times, free=len(free), key="undo")

    def _remember(self, deed: Deed) -> None:
        """Keep what was done, so that it can be taken back; what was done before to the same is of its past."""
        earlier = [followed(one, changed_by(deed)) for one in self._deeds]
        self._deeds = [*earlier, deed][-MOST:]

    async def _ask_to_cancel(self, is_asking: bool) -> None:
        await self._forget_choices()
        self.is_asking, self.is_telling = is_asking, True

    async def _open(self, card_id: str, kind: str) -> None:
        now = utc_now()
        is_same = str(card_id) == self.selected
        if kind == "session":
            slot_id = id_from("card_id", card_id)
            self.session = session_view(await ask(session_details, slot_id=slot_id, now=now), now=now)
        else:
            appointment_id = id_from("card_id", card_id)
            self.visit = visit_view(await ask(appointment_details, appointment_id=appointment_id, now=now))
        self.pane = "session" if kind == "session" else "visit"
        self.selected, self.is_asking, self.picked = str(card_id), False, []
        self.is_history_open = self.is_history_open and is_same
        if not is_same:
            await self._forget_choices()
        await self._read_history()

    async def _forget_choices(self) -> None:
        """Forget what was being asked about a card: about another one it is asked anew."""
        # They import this module.
        from app.state.board_place import PlaceState
        from app.state.board_series_change import SeriesChangeState

        for state in (PlaceState, SeriesChangeState):
            (await self.get_state(state))._forget()

    async def _read_history(self) -> None:
        if not self.is_history_open:
            self.entries = []
            return
        found = await ask(history, appointment_id=id_from("card_id", self.visit["id"]), now=utc_now())
        zone = self.visit["zone"]
        self.entries = [entry_view(entry, number=number, zone=zone) for number, entry in enumerate(found)]

    async def _refresh(self) -> EventSpec | None:
        if self.pane not in ("visit", "session") or not self.selected:
            return None
        is_asking = self.is_asking
        try:
            await self._open(self.selected, self.pane)
        except ClinicError:
            await self._close()
        self.is_asking = is_asking
        return None

    async def _turn_away(self) -> None:
        """Close what belongs to the day or the place that is left; who is being booked is taken along."""
        # It imports this module.
        from app.state.board_booking import BOOKS, BookingState

        if self.pane in BOOKS:
            await (await self.get_state(BookingState))._take_along()
        await self._close()

    async def _close(self) -> None:
        # They import this module.
        from app.state.board_booking import BookingState
        from app.state.board_move import MovingState
        from app.state.board_series import SeriesState

        await (await self.get_state(BookingState))._forget_patient()
        for state in (MovingState, SeriesState):
            (await self.get_state(state))._forget()
        await self._forget_choices()
        self.pane, self.selected, self.picked = "", "", []
        self.visit, self.session, self.moving, self.is_asking = NO_VISIT, NO_SESSION, NO_MOVE, False
        self.entries, self.is_history_open = [], False

    async def _change(
        self, verb: Any, message: Words, *, undo: str = "", said: dict[str, Any] | None = None, **asked: Any
    ) -> EventSpec:
        """Run a verb on the open appointment as the reader sees it, and show what it has become.

        `undo` is the kind of deed that this is; `said` are more values for the words.
        """
        visit = self.visit
        try:
            appointment_id = id_from("card_id", visit["id"])
            answer = await do(verb, appointment_id=appointment_id, version=visit["version"], now=utc_now(), **asked)
        except ClinicError as error:
            await self._refresh()
            return refused(error)
        if undo:
            self._remember(deed_of(undo, visit, answer.body, tell=asked.get("tell", True)))
        await self._follow(answer)
        offered = {"undo": N_("Undo"), "key": "undo"} if undo else {}
        return say("success", message, **offered, patient=visit["patient"], **(said or {}))

    async def _follow(self, answer: Answer, *, card_id: str = "") -> None:
        """Show the appointment as it is now: on the board before all, then in the pane."""
        await live_board.bring(self.router.session.client_token, answer.changes)
        await self._open(card_id or str(answer.body["id"]), "visit")

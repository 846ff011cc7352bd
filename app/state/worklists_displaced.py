"""The displaced worklist: where everybody could go, moved in one go, kept or cancelled one by one, and called."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.booking.answer import Answer
from app.services.booking.reschedule_many import Move
from app.services.clock import utc_now
from app.services.displaced import desk
from app.services.displaced.calls import to_call
from app.services.displaced.lines import displaced_lines
from app.services.displaced.other_places import named, other_places
from app.services.displaced.proposals import Proposal, propose
from app.state.ask import ask, do
from app.state.background import PageLeft, senders_page
from app.state.base import PageState, policy, refused, report_exception, say
from app.state.parse import day_from, id_from
from app.state.worklists_deeds import Deed
from app.state.worklists_undo import KEY, DeedVars
from app.state.worklists_views import (
    CallView,
    LineView,
    PlaceChoice,
    call_view,
    line_view,
    moved_to,
    place_choice,
    refusal_words,
    without_place,
)
from app.words import N_, NN_
from models.principal import Principal

READ, WRITE = "appointments:read", "appointments:write"
LOOKING, MOVING = "looking", "moving"
MOVED = NN_("Moved {n}. They get a letter in a few minutes.", "Moved {n}. Each of them gets a letter in a few minutes.")
MOVED_UNREACHED = NN_(
    "Moved {all}. {n} of them gets no letter and is in the list to call.",
    "Moved {all}. {n} of them get no letter: they are in the list to call.",
)
NOBODY_MOVED = NN_(
    "Nobody was moved: {n} time of {all} cannot be had. Look for a new one, or leave it out.",
    "Nobody was moved: {n} times of {all} cannot be had. Look for new ones, or leave these out.",
)
Proposed = dict[UUID, PlaceChoice | None]


class DisplacedState(DeedVars, PageState):
    """Who is displaced, where each would go, and what is being done for them."""

    lines: list[LineView] = []
    total: int = 0
    calls: list[CallView] = []
    # What takes longer than a moment: "looking", "moving" or "returning", and for how many.
    busy: str = ""
    busy_with: int = 0
    # The line in the pane, the day that is looked at for it, and what is free then.
    opened: str = ""
    day: str = ""
    choices: list[PlaceChoice] = []
    is_asking: bool = False

    @rx.var
    def ready(self) -> int:
        """How many would be moved now."""
        return sum(1 for line in self.lines if line["slot_id"] and not line["is_left_out"])

    @rx.var
    def left_out(self) -> int:
        """How many are left out of the move."""
        return sum(1 for line in self.lines if line["is_left_out"])

    @rx.event(background=True)
    @policy(permission=WRITE)
    async def find(self) -> AsyncIterator[EventSpec | None]:
        """Look for the best new place of everybody who is not placed by hand."""
        async with self:
            wanted = [one["id"] for one in self.lines if one["can_move"] and not one["is_by_hand"]]
            if not wanted or not self._begins(LOOKING, len(wanted)):
                return
        async for event in self._long(partial(self._propose, wanted)):
            yield event

    @rx.event(background=True)
    @policy(permission=WRITE)
    async def move_all(self) -> AsyncIterator[EventSpec | None]:
        """Move everybody who is not left out to the place shown, all or none."""
        async with self:
            moving = [one for one in self.lines if one["slot_id"] and not one["is_left_out"]]
            if not moving or not self._begins(MOVING, len(moving)):
                return
            self.lines = [{**one, "problem": ""} for one in self.lines]
        moves = [Move(id_from("id", one["id"]), id_from("slot_id", one["slot_id"])) for one in moving]
        async for event in self._long(partial(self._move, moves)):
            yield event

    @rx.event
    @policy(permission=READ)
    def leave_out(self, appointment_id: str, is_left_out: bool) -> None:
        """Leave somebody out of the move, or take them in."""
        self._change(appointment_id, lambda line: {**line, "is_left_out": bool(is_left_out)})

    @rx.event
    @policy(permission=READ)
    def leave_all_out(self, is_left_out: bool) -> None:
        """Leave everybody out of the move, or take everybody in."""
        self.lines = [{**line, "is_left_out": bool(is_left_out)} for line in self.lines]

    @rx.event
    @policy(permission=WRITE)
    async def open(self, appointment_id: str) -> EventSpec | None:
        """Show one visit in the pane, with what is free on the day that is proposed for it, or on its own."""
        line = self._line(appointment_id)
        if line is None:
            return None
        self.opened, self.is_asking = line["id"], False
        at, zone = (line["new_at"], line["new_zone"]) if line["new_at"] else (line["starts_at"], line["zone"])
        return await self._look(datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date().isoformat())

    @rx.event
    @policy(permission=WRITE)
    async def choose_day(self, day: str) -> EventSpec | None:
        """Look at what is free on another day."""
        return await self._look(day) if day else None

    @rx.event
    @policy(permission=WRITE)
    def choose_place(self, slot_id: str) -> None:
        """Take another place for the open visit than the one that was proposed."""
        choice = next((one for one in self.choices if one["slot_id"] == slot_id), None)
        if choice is not None:
            self._change(self.opened, partial(moved_to, choice=choice, is_by_hand=True))

    @rx.event
    @policy(permission=READ)
    def close(self) -> None:
        """Put the pane away."""
        self._close()

    @rx.event
    @policy(permission=READ)
    def ask_to_cancel(self, is_asking: bool) -> None:
        """Ask once more before a visit is cancelled, or stop asking."""
        self.is_asking = bool(is_asking)

    @rx.event
    @policy(permission=WRITE)
    async def keep(self) -> EventSpec | None:
        """Leave the open visit where it is, outside the schedule."""
        return await self._decide(desk.keep, N_("{patient} stays where they are."))

    @rx.event
    @policy(permission=WRITE)
    async def cancel(self) -> EventSpec | None:
        """Cancel the open visit for the clinic."""
        message = N_("Cancelled for {patient}. A letter tells them, if they have an address.")
        return await self._decide(desk.cancel, message)

    @rx.event
    @policy(permission=WRITE)
    async def mark_called(self, row_id: str, is_called: bool) -> EventSpec | None:
        """Tick that somebody was called, or take the tick back."""
        try:
            await do(desk.tick_called, row_id=id_from("id", row_id), is_called=bool(is_called), now=utc_now())
        except ClinicError as error:
            return refused(error)
        self.calls = [{**one, "is_called": bool(is_called)} if one["id"] == row_id else one for one in self.calls]
        return None

    async def _read(self, location_id: UUID | None) -> None:
        now = utc_now()
        found = await ask(displaced_lines, location_id=location_id, now=now)
        before = {line["id"]: line for line in self.lines}
        self.lines = [line_view(line, before.get(str(line.visit.appointment_id))) for line in found.lines]
        self.total = found.total
        self.calls = [call_view(one) for one in await ask(to_call, location_id=location_id, now=now)]
        if self._line(self.opened) is None:
            self._close()

    def _begins(self, busy: str, count: int) -> bool:
        if self.busy:
            return False
        self.busy, self.busy_with = busy, count
        return True

    async def _long(self, work: Callable[[], Any]) -> AsyncIterator[EventSpec | None]:
        """Run what takes long outside the tab's lock; whatever happens, the page is not left waiting."""
        event: EventSpec | None = None
        try:
            event = await work()
        except PageLeft:
            return
        except ClinicError as error:
            event = refused(error)
        except Exception as error:
            event = report_exception(error)
        with suppress(PageLeft):
            async with senders_page(self):
                self.busy = ""
            yield event

    async def _propose(self, wanted: list[str]) -> EventSpec | None:
        ids = [id_from("id", one) for one in wanted]
        found: Proposed = await ask(_proposed, appointment_ids=ids, now=utc_now())
        async with senders_page(self):
            # What was agreed on the phone meanwhile stands.
            by_hand = {line["id"] for line in self.lines if line["is_by_hand"]}
            for appointment_id, choice in found.items():
                if str(appointment_id) not in by_hand:
                    place = partial(moved_to, choice=choice, is_by_hand=False) if choice else without_place
                    self._change(str(appointment_id), place)
        left = sum(1 for choice in found.values() if choice is None)
        if left:
            return say("warning", N_("For {n} of {all} no free time was found."), n=left, all=len(found), key="found")
        return say("success", N_("There is a time for everybody."), key="found")

    async def _move(self, moves: list[Move]) -> EventSpec | None:
        try:
            answer = await do(desk.move, moves=moves, now=utc_now())
        except ClinicError as refusal:
            failed = {one["appointment_id"]: one["code"] for one in refusal.details.get("refused", [])}
            async with senders_page(self):
                for appointment_id, code in failed.items():
                    self._change(appointment_id, lambda line, code=code: {**line, "problem": refusal_words(code)})
            if not failed:
                raise
            return say("error", NOBODY_MOVED, n=len(failed), all=len(moves), key=KEY)
        unreached = len(answer.body["unreached"])
        async with senders_page(self):
            self._remember(Deed("left", left=answer.left, names=self._by_appointment()))
            await self._read_again()
        if unreached:
            return say("success", MOVED_UNREACHED, undo=N_("Undo"), key=KEY, all=len(moves), n=unreached)
        return say("success", MOVED, undo=N_("Undo"), key=KEY, n=len(moves))

    async def _decide(self, verb: Callable[..., Any], message: str) -> EventSpec | None:
        line = self._line(self.opened)
        if line is None:
            return None
        about = {"appointment_id": id_from("id", line["id"])}
        try:
            done = await do(verb, **about, now=utc_now())
            if isinstance(done, Answer):
                self._remember(Deed("left", left=done.left, names=self._by_appointment()))
            elif done:
                self._remember(Deed("kept", line["patient"], about))
            await self._read_again()
        except ClinicError as error:
            return refused(error)
        # Somebody else was faster: what they did is not this page's to take back.
        offered = {"undo": N_("Undo")} if done else {}
        return say("success", message, **offered, patient=line["patient"], key=KEY)

    async def _look(self, day: str) -> EventSpec | None:
        self.day, self.choices = day, []
        try:
            found = await ask(
                other_places,
                appointment_id=id_from("id", self.opened),
                day=day_from("day", day),
                now=utc_now(),
            )
        except ClinicError as error:
            return refused(error)
        self.choices = [place_choice(one) for one in found]
        return None

    async def _read_again(self) -> None:
        from app.state.worklists import WorklistsState

        await self._read((await self.get_state(WorklistsState))._location())

    def _by_appointment(self) -> dict[str, str]:
        return {line["id"]: line["patient"] for line in self.lines}

    def _line(self, appointment_id: str) -> LineView | None:
        return next((line for line in self.lines if line["id"] == appointment_id), None)

    def _change(self, appointment_id: str, change: Callable[[LineView], LineView]) -> None:
        self.lines = [change(line) if line["id"] == appointment_id else line for line in self.lines]

    def _close(self) -> None:
        self.opened, self.day, self.choices, self.is_asking = "", "", [], False


def _proposed(session: Any, principal: Principal, *, appointment_ids: list[UUID], now: datetime) -> Proposed:
    found: list[Proposal] = propose(session, principal, appointment_ids=appointment_ids, now=now)
    starts = named(session, principal, [one.start for one in found if one.start])
    choices = {place.start.id: place_choice(place) for place in starts}
    return {one.visit.appointment_id: choices.get(one.start.id) if one.start else None for one in found}
